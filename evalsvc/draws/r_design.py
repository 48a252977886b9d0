"""A draw's main sample as the columns from which R's package survey rebuilds the design.

R knows strata, units and fractions stage by stage, and no certainties: a unit of probability 1 has to leave its stratum
and to become one, its next stage's units its PSUs. So every row is shifted past the certainties above it. Degrees of
freedom and variance are then those of `sampling.estimate`.
"""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from sampling.errors import Complaint, SamplingError, complain
from sampling.listing import not_listed
from sampling.manifest import Manifest, ManifestStage, ManifestUnit

Kind = Literal["fraction", "probability", "replacement"]
RESERVE = "reserve"
JOIN = "|"
"""Joins labels: what R is given as a unit or stratum is unique over the whole sample."""
ALMOST_NONE = 1e-12
"""The fraction of a stage with replacement below one without: R takes no "none" there."""
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
    units: tuple[str, ...]
    r_strata: tuple[str, ...]
    r_fractions: tuple[float, ...]


@dataclass(frozen=True)
class RDesign:
    """The rows, the stages, and what a reader of the script has to know."""

    stages: tuple[StageForm, ...]
    rows: tuple[RRow, ...]
    by_probability: bool
    with_replacement: bool
    """Whether the first stage is taken with replacement: the stages below add nothing and are left out."""
    notes: tuple[Complaint, ...]


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
    cut = next((place for place, form in enumerate(forms) if form.kind == "replacement"), len(forms) - 1)
    weights = {unit.id: unit.weight for unit in manifest.stages[-1].units}
    made = tuple(_row(each, forms[: cut + 1], weights, changed=bool(opened)) for each in rows)
    if not made:
        raise SamplingError("r.nothing_drawn")
    notes = tuple(_notes(manifest, forms))
    by_probability = any(form.kind == "probability" for form in forms[: cut + 1])
    return RDesign(forms, made, by_probability, forms[0].kind == "replacement", notes)


@dataclass(frozen=True)
class _Reached:
    """What a unit carries down: its labels, chances and populations from the first stage on."""

    path: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    chances: tuple[float, ...] = ()
    populations: tuple[int, ...] = ()
    times: int = 1
    sample_type: str = ""


def _form(stage: ManifestStage) -> StageForm:
    joint = stage.strata[0].joint_method if stage.strata else None
    if joint is None:
        return StageForm(stage.name, "fraction", None)
    if joint in STAND_INS:
        return StageForm(stage.name, STAND_INS[joint], joint)
    return StageForm(stage.name, "replacement" if IN_R.get(joint) == "replacement" else "probability", joint)


def _taken(stage: ManifestStage, opened: Collection[str]) -> list[ManifestUnit]:
    """List the units that count: those with a probability, and reserves that were opened."""
    return [unit for unit in stage.units if unit.probability is not None or unit.id in opened]


def _steps(
    stage: ManifestStage, form: StageForm, taken: Sequence[ManifestUnit], reached: Mapping[str | None, _Reached]
) -> list[tuple[ManifestUnit, _Reached]]:
    populations = {(each.parent, each.stratum): each.population for each in stage.strata}
    counts = Counter((unit.parent, unit.stratum) for unit in taken)
    steps = []
    for unit in taken:
        above = reached.get(unit.parent)
        if above is None:  # below a purposive unit nothing has a chance
            continue
        group = (unit.parent, unit.stratum)
        chance = counts[group] / populations[group] if form.kind == "fraction" else float(unit.probability or 0)
        steps.append(
            (
                unit,
                _Reached(
                    (*above.path, unit.id),
                    (*above.strata, unit.stratum),
                    (*above.chances, chance),
                    (*above.populations, populations[group]),
                    above.times * (unit.times or 1),
                    unit.sample_type,
                ),
            )
        )
    return steps


def _row(reached: _Reached, forms: Sequence[StageForm], weights: Mapping[str, float | None], *, changed: bool) -> RRow:
    units, strata, fractions = _shifted(reached, forms)
    stated = weights[reached.path[-1]]
    return RRow(
        path=reached.path,
        strata=reached.strata,
        chances=reached.chances,
        populations=reached.populations,
        weight=_weight(reached) if changed or stated is None else stated,
        sample_type=reached.sample_type,
        units=units,
        r_strata=strata,
        r_fractions=fractions,
    )


def _weight(reached: _Reached) -> float:
    """Give 1 / product of the probabilities, from the first stage inwards, as the manifest does."""
    product = 1.0
    for chance in reached.chances:
        product *= chance
    return reached.times / product


def _shifted(
    reached: _Reached, forms: Sequence[StageForm]
) -> tuple[tuple[str, ...], tuple[str, ...], tuple[float, ...]]:
    """Give units, strata and fractions of a row with the certainties above it left out.

    Leading certainties, and below them strata taken in full, supply neither variance nor degrees of freedom: the stage
    below them comes first. A certainty further down becomes a stratum of its own. What is missing at the end is filled
    with the household itself, taken in full.
    """
    units: list[str] = []
    strata: list[str] = []
    fractions: list[float] = []
    label: tuple[str, ...] = ()
    for place, form in enumerate(forms):
        inside = (*label, f"{form.name}:{reached.strata[place]}")
        chance = reached.chances[place]
        label = (*inside, reached.path[place])
        certain = chance >= 1 and form.kind != "replacement" and (form.kind == "probability" or place > 0)
        if certain and not units:
            continue
        units.append(JOIN.join(label))
        strata.append(JOIN.join(label if certain else inside))
        fractions.append(ALMOST_NONE if form.kind == "replacement" else chance)
    while len(units) < len(forms):
        alone = JOIN.join((*label, "alone", reached.path[-1], str(len(units))))
        units.append(alone)
        strata.append(alone)
        fractions.append(1.0)
    return tuple(units), tuple(strata), tuple(fractions)


def _notes(manifest: Manifest, forms: Sequence[StageForm]) -> list[Complaint]:
    notes = []
    for form, stage in zip(forms, manifest.stages, strict=True):
        if form.joint_method in STAND_INS:
            code = "r.stand_in_replacement" if form.kind == "replacement" else "r.stand_in_brewer"
            notes.append(complain(code, stage=form.name, method=form.joint_method))
        if form.joint_method == "hartley-rao":
            notes.append(complain("r.hartley_rao", stage=form.name))
        if any((unit.times or 1) > 1 for unit in stage.units):
            notes.append(complain("r.drawn_often", stage=form.name))
        without = sum(unit.probability is None and unit.sample_type != RESERVE for unit in stage.units)
        if without:
            notes.append(complain("r.purposive", stage=form.name, units=without))
    if forms[0].kind == "replacement" and len(forms) > 1:
        notes.append(complain("r.first_stage_alone", stage=forms[0].name))
    if manifest.design.get("first_phase"):
        notes.append(complain("r.first_phase"))
    awaited = not_listed(manifest)
    if awaited is not None:
        notes.append(awaited)
    if any(unit.sample_type == RESERVE for unit in manifest.stages[-1].units):
        notes.append(complain("r.reserves"))
    return notes
