"""Compile one stage of a design: nest its labels, find its certainties, and write down its variance form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from sampling.estimate.errors import Complaint
from sampling.estimate.stages import unequal as forms
from sampling.estimate.stages.pairs import Paired, Pairing, PairMatrix, StageUnits
from sampling.estimate.table import BoolArray, FloatArray, IntArray, numbered, numbered_pairs, sums
from sampling.repeated_draws import below_repeated

UnequalMethod = Literal[
    "brewer",
    "overton",
    "hartley-rao",
    "poisson",
    "with-replacement",
    "joint",
    "successive-differences",
    "hajek",
    "balanced",
    "spread",
]
OVER_PAIRS: tuple[UnequalMethod, ...] = ("joint", "successive-differences", "hajek", "balanced", "spread")
SAME = 1e-9  # relative difference below which two stated numbers are the same
FIRST_ROW = 2  # row of a file that holds the first record, under the header
CERTAIN = 1e-7  # a stratum whose fpc 1 - n/N is below this is taken in full (the bound R survey uses)


@dataclass(frozen=True)
class UnequalSpec:
    """Name the variance of unequal-probability stages; ht and yg are the Horvitz-Thompson and Yates-Grundy forms.

    ``with-replacement`` is for draws that are treated as made with replacement: only certainties are kept apart;
    ``joint`` names the file of joint probabilities.
    """

    method: UnequalMethod
    psum: float | None = None
    variance: Literal["ht", "yg"] = "ht"
    joint: str | None = None


@dataclass(frozen=True)
class Stage:
    """Hold one compiled stage; the product of the sampling fractions above is already inside `alpha` and `row_sum`.

    Attributes
    ----------
    number : int, 0 = outermost
    unit : (rows,) unit of each row; `unit_stratum` : (units,) its stratum; `stratum_parent` : (strata,) the unit above.
    draws : (units,) how often each unit was drawn with replacement; None stands for once
    alpha, row_sum : (units,) coefficients of the form of sampling.estimate.stages.unequal
    counted : (units,) 1 for the units the stratum mean is taken over, 0 for certainties
    size : (strata,) number of drawn units that the stratum mean is taken over, each with its draws
    centre : (strata,) 1 where the mean is subtracted, 0 where it is not
    heard : (strata,) False below a unit with replacement that was drawn once: there nothing is added
    lonely : (strata,) True where a single unit stands for a stratum that was not taken in full
    pairs : the form over pairs of units, to which alpha then only adds the lone ones; None for sums over units
    pi, carried : (units,) probability given the parent, and the product of the sampling fractions above
    """

    number: int
    unit: IntArray
    unit_stratum: IntArray
    stratum_parent: IntArray
    draws: FloatArray | None
    alpha: FloatArray
    row_sum: FloatArray | None
    counted: FloatArray
    size: FloatArray
    centre: FloatArray
    heard: BoolArray
    lonely: BoolArray
    alpha_total: FloatArray
    row_sum_total: FloatArray | None
    pairs: PairMatrix | None
    pi: FloatArray
    carried: FloatArray


@dataclass(frozen=True)
class CompiledStage:
    """Hold a compiled stage and, unit by unit, what the stages below and the weights need from it.

    Attributes
    ----------
    unit : (rows,) unit of each row; all else is (units,)
    certainty, full : units taken surely, and units of strata taken in full; draws : how often each was drawn
    carried : product of the factors of this stage and of those above: what the next stage's variance is multiplied by
    base_weight : inverse of the probability given the unit above
    """

    stage: Stage | None
    unit: IntArray
    stratum: IntArray
    certainty: BoolArray
    full: BoolArray
    draws: FloatArray
    carried: FloatArray
    base_weight: FloatArray
    complaints: tuple[Complaint, ...]


@dataclass(frozen=True)
class _Nest:
    unit: IntArray
    unit_stratum: IntArray
    stratum: IntArray
    stratum_parent: IntArray
    first_row: IntArray


def _renumber(outer: IntArray, inner: IntArray | None) -> tuple[IntArray, IntArray]:
    """Number the pairs (outer, inner) from 0; give the number of each row and the first row of each pair."""
    return numbered(outer) if inner is None else numbered_pairs(outer, inner)


def _nest(parent: IntArray, strata: IntArray | None, cluster: IntArray | None) -> _Nest:
    stratum, stratum_first = _renumber(parent, strata)
    if cluster is None:
        every = np.arange(parent.size, dtype=np.int64)
        return _Nest(every, stratum, stratum, parent[stratum_first], every)
    unit, unit_first = _renumber(stratum, cluster)
    return _Nest(unit, stratum[unit_first], stratum, parent[stratum_first], unit_first)


def compile_stage(  # noqa: PLR0913 - one call site, every argument named
    number: int,
    parent: IntArray,
    strata: IntArray | None,
    cluster: IntArray | None,
    *,
    population: FloatArray | None,
    probability: FloatArray | None,
    draws: FloatArray | None,
    carried: FloatArray,
    lonely_psu: str,
    unequal: UnequalSpec | None,
    pairing: Pairing | None,
    levels: tuple[str, ...],
    last: bool,
) -> CompiledStage:
    """Compile one stage below the units `parent` of the stage above.

    Parameters
    ----------
    parent : (rows,) ; carried : (units above,) product of the sampling fractions so far; zero ends the recursion
    pairing : makes the form where it looks at pairs of units; levels : what the codes of `cluster` stand for
    last : whether no stage follows
    """
    nest = _nest(parent, strata, cluster)
    pi, complaints = _probabilities(number, nest, population, probability, equal=unequal is None)
    times = np.ones(nest.unit_stratum.size) if draws is None else draws[nest.first_row]
    complaints += [] if draws is None else _uneven(number, nest, draws, times)
    by_probability = probability is not None
    # Without a stage below, a certainty of an equal-probability design stays in its stratum, as in R survey.
    certain = (pi >= 1.0) & (by_probability and (unequal is not None or not last))
    form = unequal if by_probability else None
    with_replacement = population is None and probability is None
    base = np.ones_like(pi) if with_replacement else 1.0 / pi
    above = carried[parent[nest.first_row]]
    if form is not None and form.method == "with-replacement":
        # The others of their stratum count as drawn with replacement: no fraction, and nothing from the stages below.
        pi, form = certain.astype(np.float64), None
    stage = None
    if not complaints and bool((carried > 0).any()):
        draw = _Draw(pi, certain, times, above)
        paired = Paired(None)
        if pairing is not None and form is not None:
            labels = None if cluster is None else tuple(levels[code] for code in cluster[nest.first_row])
            paired = pairing(_units(number, nest, draw, labels))
            complaints += paired.complaints
        stage = _form(number, nest, draw, lonely_psu=lonely_psu, unequal=form, over_pairs=paired.form)
    draws_of_stratum = sums(nest.unit_stratum, times, nest.stratum_parent.size)[nest.unit_stratum]
    return CompiledStage(
        stage=stage,
        unit=nest.unit,
        stratum=nest.unit_stratum,
        certainty=certain,
        full=taken_in_full(nest.unit_stratum, nest.stratum_parent.size, pi)[nest.unit_stratum],
        draws=times,
        carried=above * (below_repeated(times, draws_of_stratum) if with_replacement else pi),
        base_weight=base,
        complaints=tuple(complaints),
    )


def _units(number: int, nest: _Nest, draw: _Draw, labels: tuple[str, ...] | None) -> StageUnits:
    place = f"design.stages.{number}"
    return StageUnits(place, nest.unit, nest.first_row, nest.unit_stratum, draw.pi, ~draw.certain, labels)


def taken_in_full(unit_stratum: IntArray, strata: int, pi: FloatArray) -> BoolArray:
    """Mark the strata whose every unit was taken: they add nothing to the variance of their stage."""
    open_units = sums(unit_stratum, (1.0 - pi > CERTAIN).astype(np.float64), strata)
    return np.asarray(open_units == 0, dtype=np.bool_)


def _probabilities(
    number: int, nest: _Nest, population: FloatArray | None, probability: FloatArray | None, *, equal: bool
) -> tuple[FloatArray, list[Complaint]]:
    """Give each unit's probability given its parent: n / N, or as stated, or 0 for sampling with replacement."""
    given = population if population is not None else probability
    if given is None:
        return np.zeros(nest.unit_stratum.size), []
    place = f"design.stages.{number}"
    stated = given[nest.first_row]
    complaints = _uneven(number, nest, given, stated)
    if complaints:
        return stated, complaints
    if population is None and not equal:
        return stated, []
    shared = np.empty(nest.stratum_parent.size)
    shared[nest.unit_stratum[::-1]] = stated[::-1]  # the first unit's value stays
    uneven = np.flatnonzero(np.abs(shared[nest.unit_stratum] - stated) > SAME * stated)
    if uneven.size:
        code = "estimate.population_varies" if population is not None else "estimate.probability_varies"
        row = int(nest.first_row[uneven[0]]) + FIRST_ROW
        return stated, [Complaint(code, {"place": place, "row": row})]
    return _fractions(place, nest, shared) if population is not None else (stated, [])


def _uneven(number: int, nest: _Nest, given: FloatArray, stated: FloatArray) -> list[Complaint]:
    """Name the first row that says another number of its unit than the unit's first row."""
    uneven = np.flatnonzero(given != stated[nest.unit])
    if not uneven.size:
        return []
    row = int(uneven[0]) + FIRST_ROW
    return [Complaint("estimate.varies_within_unit", {"place": f"design.stages.{number}", "row": row})]


def _fractions(place: str, nest: _Nest, population: FloatArray) -> tuple[FloatArray, list[Complaint]]:
    """Give n / N of each unit's stratum; a population smaller than its sample is refused."""
    drawn = np.bincount(nest.unit_stratum, minlength=population.size).astype(np.float64)
    short = np.flatnonzero(drawn > population * (1 + SAME))
    if short.size == 0:
        return np.minimum(drawn / population, 1.0)[nest.unit_stratum], []
    unit = int(np.flatnonzero(nest.unit_stratum == short[0])[0])
    details: dict[str, str | int | float | bool | None] = {
        "place": place,
        "row": int(nest.first_row[unit]) + FIRST_ROW,
        "population": float(population[short[0]]),
        "drawn": int(drawn[short[0]]),
    }
    return np.ones(nest.unit_stratum.size), [Complaint("estimate.population_too_small", details)]


@dataclass(frozen=True)
class _Draw:
    """Hold how a stage was drawn, unit by unit: probabilities, certainties, draws, product of the fractions above."""

    pi: FloatArray
    certain: BoolArray
    times: FloatArray
    carried: FloatArray


def _form(
    number: int,
    nest: _Nest,
    draw: _Draw,
    *,
    lonely_psu: str,
    unequal: UnequalSpec | None,
    over_pairs: PairMatrix | None,
) -> Stage:
    strata = nest.stratum_parent.size
    size = sums(nest.unit_stratum, np.where(draw.certain, 0.0, draw.times), strata)
    n = size[nest.unit_stratum]
    form = _equal(draw, n) if unequal is None else _unequal(unequal, draw, n, nest.unit_stratum)
    independent = unequal is not None and unequal.method == "poisson"
    full = taken_in_full(nest.unit_stratum, strata, draw.pi)
    # Below units with replacement that were drawn once nothing is added, so nothing lacks there.
    heard = sums(nest.unit_stratum, draw.carried, strata) > 0
    lonely = (size == 1) & ~full & heard & (not independent)
    # A lone unit has no spread of its own: only "adjust" gives it one, about the mean of its fellow strata.
    alone = lonely[nest.unit_stratum]
    alpha = np.where(alone, (1.0 - draw.pi) if lonely_psu == "adjust" else 0.0, form.alpha) * draw.carried
    closed = draw.certain | full[nest.unit_stratum]
    alpha = np.where(closed, 0.0, alpha)
    row_sum = None
    if form.row_sum is not None:
        row_sum = np.where(draw.certain | alone, 0.0, form.row_sum * draw.carried)
    return Stage(
        number=number,
        unit=nest.unit,
        unit_stratum=nest.unit_stratum,
        stratum_parent=nest.stratum_parent,
        draws=None if bool((draw.times == 1.0).all()) else draw.times,
        alpha=alpha,
        row_sum=row_sum,
        counted=(~draw.certain).astype(np.float64),
        size=size,
        centre=np.zeros(strata) if independent else np.ones(strata),
        heard=heard,
        lonely=lonely,
        alpha_total=sums(nest.unit_stratum, alpha, strata),
        row_sum_total=None if row_sum is None else sums(nest.unit_stratum, row_sum, strata),
        pairs=None if over_pairs is None else over_pairs.scaled(np.where(closed | alone, 0.0, draw.carried)),
        pi=draw.pi,
        carried=draw.carried,
    )


def _equal(draw: _Draw, n: FloatArray) -> forms.Form:
    """Give (1 - n/N) n / (n - 1), Cochran (1977), chapter 2; pi = 0 is sampling with replacement, each draw counts."""
    return forms.Form(draw.times * (1.0 - draw.pi) * n / np.maximum(n - 1.0, 1.0))


def _unequal(spec: UnequalSpec, draw: _Draw, n: FloatArray, stratum: IntArray) -> forms.Form:
    open_pi = np.where(
        draw.certain, 0.0, draw.pi
    )  # certainties leave the list: they take no part in the sums of their stratum
    count = np.maximum(n, 1.0)
    yates_grundy = spec.variance == "yg"
    if spec.method in OVER_PAIRS:
        return forms.Form(np.zeros_like(draw.pi))
    if spec.method == "brewer":
        return forms.brewer(open_pi, count)
    if spec.method == "overton":
        return forms.overton(open_pi, count, stratum, yates_grundy=yates_grundy)
    if spec.method == "poisson":
        return forms.poisson(draw.pi)
    return forms.hartley_rao(open_pi, count, stratum, psum=spec.psum, yates_grundy=yates_grundy)
