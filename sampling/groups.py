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
    """Give the main units and the reserves a group takes; ``short`` when it has fewer than are asked for."""

    group: Group
    main: int
    reserves: int
    short: bool = False


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
    shortages: list[Shortage] = []
    main = _numbers(stage, stage.take, groups, [group.available for group in groups], shortages)
    left = [group.available - number for group, number in zip(groups, main, strict=True)]
    reserves = _numbers(stage, stage.reserves, groups, left, shortages)
    lacking = {(shortage.parent, shortage.stratum) for shortage in shortages}
    takes = [
        GroupTake(group, number, extra, (group.parent, group.stratum) in lacking)
        for group, number, extra in zip(groups, main, reserves, strict=True)
    ]
    return TakePlan(tuple(takes), tuple(shortages))


def _numbers(
    stage: Stage, take: Take, groups: Sequence[Group], available: Sequence[int], shortages: list[Shortage]
) -> list[int]:
    """Give each group its number within what is available, and note what is lacking."""
    if isinstance(take, TakeTotal):
        return _shared_numbers(stage, take, groups, available, shortages)
    numbers = []
    for group, limit in zip(groups, available, strict=True):
        asked = asked_of(take, group.values)
        if asked > limit:
            shortages.append(Shortage(group.parent, group.stratum, asked, limit))
        numbers.append(min(asked, limit))
    return numbers


def asked_of(take: TakeEach, values: Mapping[str, str]) -> int:
    """Find the first line that matches a group's values, else the number for each."""
    for line in take.by:
        if all(values.get(name) == value for name, value in line.when.items()):
            return line.take
    return take.each


def _shared_numbers(
    stage: Stage, take: TakeTotal, groups: Sequence[Group], available: Sequence[int], shortages: list[Shortage]
) -> list[int]:
    """Share a total among the groups that agree in parent and ``within`` columns."""
    sets: dict[tuple[str | None, ...], list[int]] = {}
    for i, group in enumerate(groups):
        sets.setdefault((group.parent, *(group.values[name] for name in take.within)), []).append(i)
    numbers = [0] * len(groups)
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
    return numbers


def _measure(stage: Stage, group: Group, available: int) -> StratumMeasure:
    """Shares follow the total of sizes under an unequal method, else the number of units."""
    unequal = stage.method == "pps_systematic" and group.total_size is not None
    return StratumMeasure(group.stratum, group.total_size or 0 if unequal else group.population, available)
