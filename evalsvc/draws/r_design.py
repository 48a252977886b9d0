"""A draw's main sample as the columns from which R's package survey rebuilds the design.

R knows strata, units and fractions stage by stage, and no certainties: a unit of probability 1 has to leave its stratum
and to become one, its next stage's units its PSUs. So every row is shifted past the certainties above it. Degrees of
freedom and variance are then those of `sampling.estimate`.

Nor does R know units that were drawn several times. Their rows are repeated for each draw, which is the design down to
that stage; what the stages below add (docs/estimate-plan.md, Draws with replacement) is a design of its own for each of
them, whose variances are added.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod
from typing import Literal

from sampling.empty_units import empty_units
from sampling.errors import Complaint, SamplingError, complain
from sampling.listing import not_listed
from sampling.manifest import Manifest, ManifestStage, ManifestUnit
from sampling.repeated_draws import below_repeated

Kind = Literal["fraction", "probability", "replacement"]
RESERVE = "reserve"
JOIN = "|"
"""Joins labels: what R is given as a unit or stratum is unique over the whole sample."""
ALMOST_NONE = 1e-12
"""The fraction of units with replacement beside or below others without: R takes no "none" there."""
IN_R = {"brewer": "brewer", "hartley-rao": "brewer", "with-replacement": "replacement"}
"""Joint methods that R computes; Hartley and Rao's in Yates and Grundy's form is Brewer's."""
STAND_INS: Mapping[str, Kind] = {
    "hajek": "probability",
    "exact": "probability",
    "independent": "probability",
    "successive-differences": "replacement",
}
"""Joint methods without an equivalent for designs of several stages: what the script takes in their place."""


@dataclass(frozen=True)
class StageForm:
    """How one stage enters R's design."""

    name: str
    kind: Kind
    joint_method: str | None
    repeats: bool = False
    """Whether units can be drawn several times, so that none of them is a certainty."""


@dataclass(frozen=True)
class RRow:
    """One household of the main sample: unit, stratum and chance of each stage, as drawn and as R is given them."""

    path: tuple[str, ...]
    """Its unit at each stage, the household last."""
    strata: tuple[str, ...]
    chances: tuple[float, ...]
    """Probability of each unit given its parent."""
    populations: tuple[int, ...]
    weight: float
    sample_type: str
    columns: tuple["RColumn", ...]
    """What R is given, stage by stage; those of stages inside repeated units stand last."""


@dataclass(frozen=True)
class RColumn:
    """One stage of a row as R is given it: labels unique over the whole sample, fraction, draws of the unit."""

    unit: str
    stratum: str
    fraction: float
    draws: int = 1


@dataclass(frozen=True)
class RDesign:
    """The rows, the stages, and what a reader of the script has to know."""

    stages: tuple[StageForm, ...]
    rows: tuple[RRow, ...]
    depth: int
    """How many stages the design has: those down to the first that is wholly taken with replacement."""
    inside: int
    """How many stages below add to the variance by designs of their own: all, where units were drawn several times."""
    notes: tuple[Complaint, ...]

    @property
    def with_replacement(self) -> bool:
        """Tell whether what comes first is taken with replacement everywhere, so that the design has no fractions."""
        return all(row.columns[0].fraction == ALMOST_NONE for row in self.rows)

    @property
    def adding(self) -> list[int]:
        """List the stages, counted from 1, whose own designs add variance; one that is taken in full R refuses."""
        columns = range(self.depth, self.depth + self.inside)
        return [place + 1 for place in columns if any(row.columns[place].fraction < 1 for row in self.rows)]

    def by_probability(self, stages: Sequence[int]) -> bool:
        """Tell whether fractions of these stages, counted from 1, are probabilities that differ."""
        return any(self.stages[stage - 1].kind == "probability" for stage in stages)

    @property
    def repeated(self) -> bool:
        """Tell whether some unit was drawn more than once."""
        return any(column.draws > 1 for row in self.rows for column in row.columns)


def r_design(manifest: Manifest, opened: Collection[str] = ()) -> RDesign:
    """Make the rows of a draw's open units.

    Parameters
    ----------
    manifest : Manifest
        The draw.
    opened : collection of str, optional
        Reserves that were opened: with them a group's fraction is (main + opened) / N, and so is its weight.

    Raises
    ------
    SamplingError
        ``r.reserves_by_size``, ``r.reserves_second_phase`` when reserves are opened whose weight cannot be told;
        ``r.nothing_drawn`` when no unit has a probability.
    """
    forms = tuple(_form(stage) for stage in manifest.stages)
    if opened and forms[-1].kind != "fraction":
        raise SamplingError("r.reserves_by_size", stage=forms[-1].name)
    if opened and manifest.design.get("first_phase"):
        raise SamplingError("r.reserves_second_phase")
    reached: dict[str | None, _Reached] = {None: _Reached()}
    rows: list[_Reached] = []
    for number, (stage, form) in enumerate(zip(manifest.stages, forms, strict=True)):
        last = number == len(forms) - 1
        taken = _taken(stage, opened if last else ())
        below: dict[str | None, _Reached] = {unit.id: step for unit, step in _steps(stage, form, taken, reached)}
        rows = list(below.values()) if last else rows
        reached = {None: _Reached(), **below}
    weights = {unit.id: unit.weight for unit in manifest.stages[-1].units}
    if not rows:
        raise SamplingError("r.nothing_drawn")
    cut = _cut(forms, rows)
    inside = len(forms) - cut - 1 if any(each.carried[cut + 1] > 0 for each in rows) else 0
    made = tuple(_row(each, forms, cut + 1, inside, weights, changed=bool(opened)) for each in rows)
    return RDesign(forms, made, cut + 1, inside, tuple(_notes(manifest, forms, inside)))


@dataclass(frozen=True)
class _Reached:
    """What a unit carries down: its labels, chances, populations and draws from the first stage on."""

    path: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    chances: tuple[float, ...] = ()
    populations: tuple[int, ...] = ()
    draws: tuple[int, ...] = ()
    carried: tuple[float, ...] = (1.0,)
    """Before each stage and after the last: what the variance of that stage is multiplied by."""
    sample_type: str = ""


def _cut(forms: Sequence[StageForm], rows: Sequence[_Reached]) -> int:
    """Find the first stage taken with replacement that no certainty passes on to its own next stage; else the last."""
    ending = (
        place
        for place, form in enumerate(forms)
        if form.kind == "replacement" and not any(_certain(row, forms, place) for row in rows)
    )
    return next(ending, len(forms) - 1)


def _form(stage: ManifestStage) -> StageForm:
    joint = stage.strata[0].joint_method if stage.strata else None
    repeats = bool(stage.strata) and stage.strata[0].method == "with_replacement"
    if joint is None:
        return StageForm(stage.name, "fraction", None)
    if joint in STAND_INS:
        return StageForm(stage.name, STAND_INS[joint], joint)
    return StageForm(stage.name, "replacement" if IN_R.get(joint) == "replacement" else "probability", joint, repeats)


def _taken(stage: ManifestStage, opened: Collection[str]) -> list[ManifestUnit]:
    """List the units that count: those with a probability, and reserves that were opened."""
    return [unit for unit in stage.units if unit.probability is not None or unit.id in opened]


def _steps(
    stage: ManifestStage, form: StageForm, taken: Sequence[ManifestUnit], reached: Mapping[str | None, _Reached]
) -> list[tuple[ManifestUnit, _Reached]]:
    populations = {(each.parent, each.stratum): each.population for each in stage.strata}
    counts = Counter[tuple[str | None, str]]()
    for unit in taken:
        counts[unit.parent, unit.stratum] += unit.times or 1
    steps = []
    for unit in taken:
        above = reached.get(unit.parent)
        if above is None:  # below a purposive unit nothing has a chance
            continue
        group = (unit.parent, unit.stratum)
        chance = counts[group] / populations[group] if form.kind == "fraction" else float(unit.probability or 0)
        times = unit.times or 1
        if form.repeats:
            fraction = below_repeated(float(times), float(counts[group]))
        else:
            fraction = chance if form.kind != "replacement" or chance >= 1 else 0.0
        steps.append(
            (
                unit,
                _Reached(
                    (*above.path, unit.id),
                    (*above.strata, unit.stratum),
                    (*above.chances, chance),
                    (*above.populations, populations[group]),
                    (*above.draws, times),
                    (*above.carried, above.carried[-1] * fraction),
                    unit.sample_type,
                ),
            )
        )
    return steps


def _row(
    reached: _Reached,
    forms: Sequence[StageForm],
    depth: int,
    inside: int,
    weights: Mapping[str, float | None],
    *,
    changed: bool,
) -> RRow:
    stated = weights[reached.path[-1]]
    below = [_alone(reached, forms, place) for place in range(depth, depth + inside)]
    return RRow(
        path=reached.path,
        strata=reached.strata,
        chances=reached.chances,
        populations=reached.populations,
        weight=_weight(reached) if changed or stated is None else stated,
        sample_type=reached.sample_type,
        columns=(*_shifted(reached, forms[:depth]), *below),
    )


def _alone(reached: _Reached, forms: Sequence[StageForm], place: int) -> RColumn:
    """Give a stage that is a design of its own.

    Its variance c (1 - f) n / (n - 1) sum (t - mean)^2, c being what the stages above multiply it by, is that of a
    stage with the fraction 1 - c (1 - f); where c is 0 it is taken in full.
    """
    column = _column(reached, forms, place)
    return replace(column, fraction=1.0 - reached.carried[place] * (1.0 - column.fraction))


def _weight(reached: _Reached) -> float:
    """Give 1 / product of the probabilities, from the first stage inwards, as the manifest does."""
    product = 1.0
    for chance in reached.chances:
        product *= chance
    return prod(reached.draws) / product


def _shifted(reached: _Reached, forms: Sequence[StageForm]) -> tuple[RColumn, ...]:
    """Give the stages of a row with the certainties above it left out.

    Leading certainties, and below them strata taken in full, supply neither variance nor degrees of freedom: the stage
    below them comes first. A certainty further down becomes a stratum of its own. What is missing at the end is filled
    with the household itself, taken in full.
    """
    columns: list[RColumn] = []
    for place in range(len(forms)):
        if columns or not _certain(reached, forms, place):
            columns.append(_column(reached, forms, place))
    while len(columns) < len(forms):
        alone = JOIN.join((*_label(reached, forms), "alone", reached.path[-1], str(len(columns))))
        columns.append(RColumn(alone, alone, 1.0))
    return tuple(columns)


def _column(reached: _Reached, forms: Sequence[StageForm], place: int) -> RColumn:
    """Give one stage; a certainty is a stratum by itself."""
    label = _label(reached, forms[: place + 1])
    certain = _certain(reached, forms, place)
    stratum = label if certain else label[:-1]
    fraction = ALMOST_NONE if forms[place].kind == "replacement" and not certain else reached.chances[place]
    return RColumn(JOIN.join(label), JOIN.join(stratum), fraction, reached.draws[place])


def _label(reached: _Reached, forms: Sequence[StageForm]) -> tuple[str, ...]:
    """Name strata and units from the first stage on."""
    return tuple(part for i, form in enumerate(forms) for part in (f"{form.name}:{reached.strata[i]}", reached.path[i]))


def _certain(reached: _Reached, forms: Sequence[StageForm], place: int) -> bool:
    """Tell whether a unit leaves its stratum; those of a first stage taken in full stay, as in R."""
    form = forms[place]
    return reached.chances[place] >= 1 and not form.repeats and (form.kind != "fraction" or place > 0)


def _stage_notes(form: StageForm, stage: ManifestStage) -> Iterator[Complaint]:
    if form.joint_method in STAND_INS:
        code = "r.stand_in_replacement" if form.kind == "replacement" else "r.stand_in_brewer"
        code = "r.stand_in_independent" if form.joint_method == "independent" else code
        yield complain(code, stage=form.name, method=form.joint_method)
    if form.joint_method == "hartley-rao":
        yield complain("r.hartley_rao", stage=form.name)
    if any((unit.times or 1) > 1 for unit in stage.units):
        yield complain("r.drawn_often", stage=form.name)
    without = sum(unit.probability is None and unit.sample_type != RESERVE for unit in stage.units)
    if without:
        yield complain("r.purposive", stage=form.name, units=without)


def _empty_notes(manifest: Manifest) -> list[Complaint]:
    """Tell of drawn units without a row: R knows what it is given rows of, and takes the others for not drawn."""
    empty = empty_units(manifest.stages, {unit.parent for unit in manifest.stages[-1].units})
    counts = Counter(manifest.stages[number].name for number, _ in empty)
    return [complain("r.empty_units", stage=stage, units=units) for stage, units in counts.items()]


def _notes(manifest: Manifest, forms: Sequence[StageForm], inside: int) -> list[Complaint]:
    notes = [note for form, stage in zip(forms, manifest.stages, strict=True) for note in _stage_notes(form, stage)]
    if inside:
        notes.append(complain("r.inside_repeated", stages=", ".join(form.name for form in forms[-inside:])))
    elif forms[0].kind == "replacement" and len(forms) > 1:
        notes.append(complain("r.first_stage_alone", stage=forms[0].name))
    if manifest.design.get("first_phase"):
        notes.append(complain("r.first_phase"))
    awaited = not_listed(manifest)
    notes += _empty_notes(manifest) if awaited is None else [awaited]
    if any(unit.sample_type == RESERVE for unit in manifest.stages[-1].units):
        notes.append(complain("r.reserves"))
    return notes
