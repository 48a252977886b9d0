"""Weigh the opened households: base weights with opened reserves, adjustment for non-response in classes."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, inf

from sampling.errors import Complaint, complain


@dataclass(frozen=True)
class OpenedUnit:
    """Describe one opened unit of the last stage, main or reserve, with what fieldwork found.

    Parameters
    ----------
    unit_id, parent, stratum : str
        As in the manifest; ``parent`` is None in a one-stage draw.
    parent_probability : float
        Product of the conditional probabilities of the stages above, in (0, 1]; 1 in a one-stage draw.
    population : float
        Units N of the stratum in the parent. Under unequal probabilities (n + m) / pi, the unit's own probability pi
        belonging to n + m drawn units: then (main + opened) / population is pi * released / (n + m).
    main, opened : int
        Main units and opened reserves of the stratum in the parent.
    eligible : bool
        False for 空挂, 已故 and 重复.
    responded : bool
        True for a completed interview.
    adjustment_classes : tuple of str
        Classes in which non-response is adjusted, from the finest to the coarsest; all units name equally many.
    """

    unit_id: str
    parent: str | None
    stratum: str
    parent_probability: float
    population: float
    main: int
    opened: int
    eligible: bool
    responded: bool
    adjustment_classes: tuple[str, ...]


@dataclass(frozen=True)
class ClassAdjustment:
    """Hold one class: eligible units, those who responded, and the factor; None when nobody responded."""

    name: str
    eligible: int
    responded: int
    factor: float | None


@dataclass(frozen=True)
class Weights:
    """Hold weights in the order of the units.

    Parameters
    ----------
    base, adjusted : tuple of float, shape (n,)
        Base weight 1 / probability; final weight: base times the class's factor for respondents, 0 for eligible
        non-respondents, the base weight for ineligible units (which enter the variance with value 0).
    classes : tuple of ClassAdjustment
        In code-point order of the names; of several classes a unit, those of the coarsest that was needed.
    complaints : tuple of Complaint
        ``weight.empty_class`` for a class whose eligible units all failed to respond, where there is no coarser class
        left that could carry its weight.
    """

    base: tuple[float, ...]
    adjusted: tuple[float, ...]
    classes: tuple[ClassAdjustment, ...]
    complaints: tuple[Complaint, ...]


def base_weight(parent_probability: float, population: float, main: int, opened: int) -> float:
    """Give 1 / (parent probability * (main + opened) / N); Särndal, Swensson and Wretman (1992), formula 4.3.10.

    The operations stand in the order in which the manifest's weights are made, so that with no opened reserve the two
    agree to the last bit.

    Raises
    ------
    ValueError
        A probability that is none or more units than the population. That of the parent may exceed 1: it is an expected
        number of draws, divided by their number, where units are drawn with replacement.
    """
    probability = (main + opened) / population if population else 0.0
    if not 0 < parent_probability < inf or not 0 < probability <= 1 + 1e-12:
        raise ValueError(f"no probability: parent {parent_probability}, {main} + {opened} of {population}")
    return 1.0 / (parent_probability * probability)


def stopped_weights(
    parent_probability: float, population: float, main: int, opened: int, interviewed: int
) -> tuple[float, float]:
    """Give the weights of the interviewed and of the other opened units of a group by Murthy's estimator.

    Reserves are opened one by one until the group has as many interviews as main units, or no reserve is left. Where
    that number is reached by a reserve, the last unit opened is known to be an interview, so that N / (main + opened)
    counts interviews for too many. Given which units were opened, but not in which order, Murthy's estimator
    (Salehi and Seber 2001, Australian and New Zealand Journal of Statistics 43, 281-286; 2004, ibid. 46, 483-494) has,
    with n interviews of K opened units, the weights N (n - 1) / (n (K - 1)) and N / (K - 1), which sum to N. It is
    unbiased for every total of the group. In every other case both weights are N / K.

    Parameters
    ----------
    parent_probability : float
        Product of the conditional probabilities of the stages above.
    population : float
        Units N of the group.
    main, opened, interviewed : int
        Main units, opened reserves, and interviews among both. With a single main unit, whose interview would weigh
        nothing, N / K is kept.

    Raises
    ------
    ValueError
        As ``base_weight`` does.
    """
    plain = base_weight(parent_probability, population, main, opened)
    if not opened or interviewed != main or main == 1:
        return plain, plain
    others = population / ((main + opened - 1) * parent_probability)
    return others * (main - 1) / main, others


def household_weights(units: Sequence[OpenedUnit]) -> Weights:
    """Weigh opened units; sums of a class are exact (fsum), so their order does not matter.

    Within a class the weights of eligible non-respondents pass to the respondents: the weighting-class estimator of
    Oh and Scheuren (1983). Ineligible units keep their base weight.
    """
    base = [base_weight(unit.parent_probability, unit.population, unit.main, unit.opened) for unit in units]
    eligible, responded = [unit.eligible for unit in units], [unit.responded for unit in units]
    steps = list(zip(*(unit.adjustment_classes for unit in units), strict=True))
    return adjust_in_steps(base, eligible, responded, steps)


def adjust_in_steps(
    base: Sequence[float], eligible: Sequence[bool], responded: Sequence[bool], steps: Sequence[Sequence[str]]
) -> Weights:
    """Adjust in the finest classes; one without respondents passes its weight on to those of the next coarser class.

    Units of a class that has respondents keep their class's factor: one silent village does not undo the adjustment of
    the others.

    Parameters
    ----------
    steps : sequence, each of shape (n,)
        The units' classes, the finest step first; every class lies inside one of the next step.
    """
    weights = Weights(tuple(base), tuple(base), (), ())
    for names in steps:
        found = adjust_nonresponse(weights.adjusted, eligible, responded, names)
        silent = {each.name for each in found.classes if each.factor is None}
        moved = zip(weights.adjusted, found.adjusted, eligible, names, strict=True)
        waiting = tuple(old if able and name in silent else new for old, new, able, name in moved)
        weights = Weights(tuple(base), waiting, found.classes, found.complaints)
        if not silent:
            break
    return weights


def adjust_nonresponse(
    base: Sequence[float], eligible: Sequence[bool], responded: Sequence[bool], classes: Sequence[str]
) -> Weights:
    """Adjust base weights for eligible non-response in classes; all arguments of shape (n,).

    Raises
    ------
    ValueError
        A unit that responded though it is not eligible.
    """
    if any(answered and not allowed for answered, allowed in zip(responded, eligible, strict=True)):
        raise ValueError("an ineligible unit cannot have responded")
    members: dict[str, list[int]] = {}
    for i, name in enumerate(classes):
        if eligible[i]:
            members.setdefault(name, []).append(i)
    adjusted = list(base)
    found: list[ClassAdjustment] = []
    complaints: list[Complaint] = []
    for name in sorted(members):
        answered = [i for i in members[name] if responded[i]]
        total, kept = fsum(base[i] for i in members[name]), fsum(base[i] for i in answered)
        factor = total / kept if answered else None
        found.append(ClassAdjustment(name, len(members[name]), len(answered), factor))
        if factor is None:
            complaints.append(complain("weight.empty_class", name=name, eligible=len(members[name])))
        for i in members[name]:
            adjusted[i] = base[i] * factor if responded[i] and factor is not None else 0.0
    return Weights(tuple(base), tuple(adjusted), tuple(found), tuple(complaints))
