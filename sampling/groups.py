"""Work out how many units each group takes: a group is one stratum inside one parent."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sampling.allocate import StratumMeasure, allocate
from sampling.design import Stage, Take, TakeEach, TakeTotal


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
    """

    parent: str | None
    stratum: str
    population: int
    total_size: int | None
    available: int
    values: Mapping[str, str]


@dataclass(frozen=True)
class GroupTake:
    """Give the main units and the reserves a group takes; ``short`` of main units, or of reserves alone."""

    group: Group
    main: int
    reserves: int
    short: bool = False
    short_of_reserves: bool = False


@dataclass(frozen=True)
class Shortage:
    """Name a group, or a set of groups sharing a total, that has fewer units than are asked for."""

    parent: str | None
    stratum: str
    asked: int
    available: int
    minimum: bool = False


@dataclass(frozen=True)
class TakePlan:
    """Hold what every group takes and where units are lacking."""

    takes: tuple[GroupTake, ...]
    shortages: tuple[Shortage, ...]


def plan_takes(stage: Stage, groups: Sequence[Group]) -> TakePlan:
    """Work out main units and reserves of every group, in the order given; what is lacking is cut and named."""
    main = _numbers(stage, stage.take, groups, [group.available for group in groups])
    left = [group.available - number for group, number in zip(groups, main.given, strict=True)]
    reserves = _numbers(stage, stage.reserves, groups, left)
    lacking = {
        (group.parent, group.stratum): Shortage(group.parent, group.stratum, first + then, group.available)
        for group, first, then in zip(groups, main.asked, reserves.asked, strict=True)
        if first + then > group.available
    }
    takes = [
        GroupTake(group, number, extra, first > number, first <= number and then > extra)
        for group, number, extra, first, then in zip(
            groups, main.given, reserves.given, main.asked, reserves.asked, strict=True
        )
    ]
    return TakePlan(tuple(takes), (*lacking.values(), *main.shortages, *reserves.shortages))


@dataclass(frozen=True)
class _Numbers:
    """Hold what each group is asked for and gives, and the sets of groups that cannot give their total."""

    asked: Sequence[int]
    given: Sequence[int]
    shortages: Sequence[Shortage] = ()


def _numbers(stage: Stage, take: Take, groups: Sequence[Group], available: Sequence[int]) -> _Numbers:
    """Give each group its number within what is available."""
    if isinstance(take, TakeTotal):
        return _shared_numbers(stage, take, groups, available)
    asked = [asked_of(take, group.values) for group in groups]
    return _Numbers(asked, [min(number, limit) for number, limit in zip(asked, available, strict=True)])


def asked_of(take: TakeEach, values: Mapping[str, str]) -> int:
    """Find the first line that matches a group's values, else the number for each."""
    for line in take.by:
        if all(values.get(name) == value for name, value in line.when.items()):
            return line.take
    return take.each


def _shared_numbers(stage: Stage, take: TakeTotal, groups: Sequence[Group], available: Sequence[int]) -> _Numbers:
    """Share a total among the groups that agree in parent and ``within`` columns."""
    sets: dict[tuple[str | None, ...], list[int]] = {}
    for i, group in enumerate(groups):
        sets.setdefault((group.parent, *(group.values[name] for name in take.within)), []).append(i)
    numbers = [0] * len(groups)
    shortages: list[Shortage] = []
    for key, members in sets.items():
        limit = sum(available[i] for i in members)
        name = "/".join(str(part) for part in key[1:])
        least = sum(min(take.minimum, available[i]) for i in members)
        if least > take.total:
            shortages.append(Shortage(key[0], name, least, take.total, minimum=True))
            continue
        if take.total > limit:
            shortages.append(Shortage(key[0], name, take.total, limit))
        measures = [_measure(stage, groups[i], available[i]) for i in members]
        shared = allocate(
            take.total, measures, allocation=take.allocation, exponent=take.exponent, minimum=take.minimum
        )
        for i, number in zip(members, shared, strict=True):
            numbers[i] = number
    return _Numbers(numbers, numbers, shortages)


def _measure(stage: Stage, group: Group, available: int) -> StratumMeasure:
    """Shares follow the total of sizes under an unequal method, else the number of units."""
    unequal = stage.method == "pps_systematic" and group.total_size is not None
    return StratumMeasure(group.stratum, group.total_size or 0 if unequal else group.population, available)
