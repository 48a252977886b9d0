"""Work out how many units each group takes: a group is one stratum inside one parent."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from fractions import Fraction

from sampling.allocate import Precision, StratumMeasure, allocate, bounds, precision_total
from sampling.stages import Stage
from sampling.takes import ALL, Planned, Take, TakeEach, TakeTotal, share_of


@dataclass(frozen=True)
class Group:
    """Count one stratum of one parent.

    Parameters
    ----------
    parent : str or None
        Id of the taken unit of the stage above; None at the first stage.
    stratum : str
        Values of the strata columns joined by ``/``; empty where there are none.
    population : int
        Units N.
    total_size : int or None
        Total of sizes under an unequal method.
    available : int
        Units that can be taken: all, or those of positive size.
    values : mapping
        Columns that take rules may ask for, with their one value.
    alike : int
        How many groups this stands for, which differ in their parents alone; one, unless they were counted so.
    times : int
        How often the parent was drawn; more than once with replacement alone.
    """

    parent: str | None
    stratum: str
    population: int
    total_size: int | None
    available: int
    values: Mapping[str, str]
    alike: int = 1
    times: int = 1


@dataclass(frozen=True)
class GroupTake:
    """Give the main units and the reserves a group takes; ``short`` of main units, or of reserves alone.

    Parameters
    ----------
    share : Fraction or None
        The share of the group that was asked for, where an amount is one: Bernoulli sampling takes it as it stands.
    """

    group: Group
    main: int
    reserves: int
    short: bool = False
    short_of_reserves: bool = False
    share: Fraction | None = None


@dataclass(frozen=True)
class Shortage:
    """Name a group, or a set of groups sharing a total, that has fewer units than are asked for."""

    parent: str | None
    stratum: str
    asked: int
    available: int
    minimum: bool = False
    alike: int = 1


@dataclass(frozen=True)
class TakePlan:
    """Hold what every group takes and where units are lacking."""

    takes: tuple[GroupTake, ...]
    shortages: tuple[Shortage, ...]


def plan_takes(stage: Stage, groups: Sequence[Group]) -> TakePlan:
    """Work out main units and reserves of every group, in the order given; what is lacking is cut and named.

    A group whose parent was drawn k times takes k times as many, together and without replacement (Cochran 1977,
    section 11.9), or all it has: what is named as lacking is lacking of a single take.
    """
    available = [group.available for group in groups]
    # A unit can be drawn again and again with replacement: there no group has too few.
    most = [group.available * group.times for group in groups] if stage.method == "with_replacement" else available
    main = _each_time(groups, _numbers(stage.take, groups, available), most)
    left = [max(free - number, 0) for free, number in zip(available, main.given, strict=True)]
    reserves = _without_whole(stage.take, groups, _numbers(stage.reserves, groups, left))
    reserves = _each_time(groups, reserves, left)
    lacking = {
        (group.parent, group.stratum): Shortage(
            group.parent, group.stratum, first + then, group.available, alike=group.alike
        )
        for group, first, then in zip(groups, main.asked, reserves.asked, strict=True)
        if first + then > group.available
    }
    share = _shares(stage) if stage.method == "bernoulli" else None  # other methods take whole numbers
    takes = [
        GroupTake(group, number, extra, first > number, first <= number and then > extra, share and share(group))
        for group, number, extra, first, then in zip(
            groups, main.given, reserves.given, main.asked, reserves.asked, strict=True
        )
    ]
    return TakePlan(tuple(takes), (*lacking.values(), *main.shortages, *reserves.shortages))


def _without_whole(take: Take, groups: Sequence[Group], reserves: "_Numbers") -> "_Numbers":
    """Ask no reserves of groups that are taken whole: there is nothing left to stand by, and nothing lacks."""
    if not isinstance(take, TakeEach) or ALL not in (take.each, *(line.take for line in take.by)):
        return reserves
    asked = [
        0 if take.amount(group.values) == ALL else number for group, number in zip(groups, reserves.asked, strict=True)
    ]
    return replace(reserves, asked=asked)


@dataclass(frozen=True)
class _Numbers:
    """Hold what each group is asked for and gives, and the sets of groups that cannot give their total."""

    asked: Sequence[int]
    given: Sequence[int]
    shortages: Sequence[Shortage] = ()


def _numbers(take: Take, groups: Sequence[Group], available: Sequence[int]) -> _Numbers:
    """Give each group its number within what is available."""
    if isinstance(take, TakeTotal):
        return _shared_numbers(take, groups, available)
    if isinstance(take.each, int) and not take.by:
        asked = [take.each] * len(groups)
    else:
        pairs = zip(groups, available, strict=True)
        asked = [take.number(group.values, group.population, free) for group, free in pairs]
    return _Numbers(asked, [min(number, limit) for number, limit in zip(asked, available, strict=True)])


def _each_time(groups: Sequence[Group], numbers: "_Numbers", most: Sequence[int]) -> "_Numbers":
    """Multiply what a group gives by how often its parent was drawn, up to the most that it can give."""
    if all(group.times == 1 for group in groups):
        return numbers
    given = [min(group.times * number, limit) for group, number, limit in zip(groups, numbers.given, most, strict=True)]
    return replace(numbers, given=given)


def _shares(stage: Stage) -> Callable[[Group], Fraction | None] | None:
    """Give what finds the share that a group's amount is; None where bounds may have changed it, or none is a share."""
    take = stage.take
    if not isinstance(take, TakeEach) or take.minimum is not None or take.maximum is not None:
        return None
    if all(isinstance(amount, int) for amount in (take.each, *(line.take for line in take.by))):
        return None

    def share(group: Group) -> Fraction | None:
        once = share_of(take.amount(group.values))
        return None if once is None else min(once * group.times, Fraction(1))

    return share


def _shared_numbers(take: TakeTotal, groups: Sequence[Group], available: Sequence[int]) -> _Numbers:
    """Share a total among the groups that agree in parent and ``within`` columns."""
    sets: dict[tuple[str | None, ...], list[int]] = {}
    for i, group in enumerate(groups):
        sets.setdefault((group.parent, *(group.values[name] for name in take.within)), []).append(i)
    numbers = [0] * len(groups)
    shortages: list[Shortage] = []
    for key, members in sets.items():
        name = "/".join(str(part) for part in key[1:])
        within = [bounds(available[i], take.minimum, take.maximum) for i in members]
        least, limit = sum(low for low, _ in within), sum(high for _, high in within)
        total = _total(take, [groups[i] for i in members])
        if least > total:
            shortages.append(Shortage(key[0], name, least, total, minimum=True))
            continue
        if total > limit:
            shortages.append(Shortage(key[0], name, total, limit))
        measures = [_measure(take, groups[i], available[i]) for i in members]
        shared = allocate(
            total,
            measures,
            allocation=take.allocation,
            exponent=take.exponent,
            minimum=take.minimum,
            maximum=take.maximum,
        )
        for i, number in zip(members, shared, strict=True):
            numbers[i] = number
    return _Numbers(numbers, numbers, shortages)


def _total(take: TakeTotal, groups: Sequence[Group]) -> int:
    """Give what a set of groups shares: the number stated, or what a precision comes to on their units."""
    if not isinstance(take.total, Precision):
        return take.total
    if take.total.each == 1:
        return precision_total(take.total, sum(group.population for group in groups))
    sizes = [group.total_size for group in groups]
    known = [size for size in sizes if size is not None]
    return precision_total(take.total, sum(known) if len(known) == len(sizes) else None)


def _measure(take: TakeTotal, group: Group, available: int) -> StratumMeasure:
    """Shares follow the total of sizes where units have one, else the number of units."""
    measure = group.population if group.total_size is None else group.total_size
    deviation, cost = (_planned(part, group) for part in (take.deviation, take.cost))
    return StratumMeasure(group.stratum, measure, available, deviation, cost)


def _planned(planned: Planned | None, group: Group) -> Decimal | None:
    value = None if planned is None else planned.value(group.values)
    return None if value is None else Decimal(value)
