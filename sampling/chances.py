"""Work out, without a seed, how likely every unit of a stage is to be in the sample."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from math import fsum, prod, sqrt

from sampling.design import Stage
from sampling.engine import Engine
from sampling.groups import GroupTake
from sampling.methods.probabilities import inclusion, inclusion_probabilities

Above = Mapping[str | None, float]
"""Probability of every possible parent to be in the sample; of None, at the first stage, 1."""


@dataclass(frozen=True)
class RandomSize:
    """Say how many units a group gives whose size is left to chance, for a single draw of its parent.

    Parameters
    ----------
    expected, deviation : float
        Mean and standard deviation of the number, the sum of p and the root of the sum of p (1 - p).
    empty : float
        Chance that it gives none, the product of 1 - p.
    """

    parent: str | None
    expected: float
    deviation: float
    empty: float


@dataclass(frozen=True)
class GroupChances:
    """Hold what the units of one group have: conditional on the parent, and with the draw of all stages above.

    Parameters
    ----------
    certainties, without : int
        Units whose conditional probability is 1, and those that cannot be taken at all.
    dissolved : int
        Units that would be certain without reserves, and are not beside them: a reserve may stand where they stood.
    expected : float
        Units expected in the sample, over the draw of all stages above; different ones, where a unit may be drawn
        several times.
    least, most : float or None
        Smallest and largest probability of the units that can be taken; None where there are none.
    expected_reserves : float
        Reserves expected in the sample, over the draw of all stages above.
    random : RandomSize or None
        Where chance decides how many units are taken.
    expected_empty : float
        How likely the parent is drawn and the group gives nothing; too large where parents may be drawn several times,
        each of which gives the group another chance.
    """

    certainties: int
    dissolved: int
    without: int
    expected: float
    least: float | None
    most: float | None
    expected_reserves: float = 0.0
    random: RandomSize | None = None
    expected_empty: float = 0.0


@dataclass(frozen=True)
class StageChances:
    """Hold a stage's groups in the order of its takes, and the units' probabilities where a lower stage needs them.

    Parameters
    ----------
    draws : mapping
        Expected number of draws of the units of a stage with replacement; empty under other methods, where it is the
        probability.
    """

    groups: tuple[GroupChances, ...]
    units: Above
    draws: Above = field(default_factory=dict)

    def parent_of(self, take: GroupTake) -> "_Parent":
        """Give what is known of the unit that a group lies in."""
        sampled = self.units.get(take.group.parent, 0.0)
        return _Parent(sampled, self.draws.get(take.group.parent, sampled))


TOP = StageChances((), {None: 1.0})
"""What the first stage lies in."""


@dataclass(frozen=True)
class _Parent:
    """Hold how likely a parent is in the sample, and how many draws of it are expected."""

    sampled: float
    draws: float

    def times(self, amount: float, most: float = 1.0) -> float:
        """Expect an amount for each draw, and at most ``most`` for all of them together.

        Never too small. Exact for a parent that is drawn once at most. Below one that may be drawn several times exact
        where a draw adds the whole amount up to the bound, and too large where it cannot: of units that may be drawn
        again themselves, those that several draws of the parent have in common are counted for each.
        """
        return min(self.draws * amount, self.sampled * most)


def stage_chances(
    engine: Engine, stage: Stage, takes: Sequence[GroupTake], above: StageChances, units: str, *, last: bool
) -> StageChances:
    """Work out a stage; at a last stage of equal probability no unit is read.

    Parameters
    ----------
    above : StageChances
        Of the possible parents; ``TOP`` at the first stage.
    units : str
        Name of the table that ``units_step`` made.
    """
    if last and stage.size is None:
        return StageChances(tuple(_alike(stage, take, above.parent_of(take)) for take in takes), {})
    lists = _lists(engine, stage, units)
    groups: list[GroupChances] = []
    chances: dict[str | None, float] = {}
    often: dict[str | None, float] = {}
    for take in takes:
        ids, sizes = lists[take.group.parent or "", take.group.stratum]
        conditional = _conditional(stage, take, sizes)
        parent = above.parent_of(take)
        chances |= {unit_id: parent.times(own) for unit_id, own in zip(ids, conditional, strict=True)}
        if stage.method == "with_replacement":
            each = parent.draws * take.main / max(sum(sizes), 1)
            often |= {unit_id: each * size for unit_id, size in zip(ids, sizes, strict=True)}
        group = _group(take, conditional, parent, _expected(stage, take, conditional, parent))
        group = replace(group, dissolved=_dissolved(take, sizes))
        groups.append(group if stage.traits.fixed_size else _left_to_chance(group, take, conditional, parent))
    return StageChances(tuple(groups), chances, often)


def _lists(engine: Engine, stage: Stage, units: str) -> dict[tuple[str, str], tuple[list[str], list[int]]]:
    size = "size" if stage.size is not None else "1"
    lists: dict[tuple[str, str], tuple[list[str], list[int]]] = {}
    for parent, stratum, unit_id, amount in engine.rows(f"SELECT parent, stratum, id, {size} FROM {units}"):
        ids, sizes = lists.setdefault((parent, stratum), ([], []))
        ids.append(unit_id)
        sizes.append(int(amount))
    return lists


def _alike(stage: Stage, take: GroupTake, parent: _Parent) -> GroupChances:
    own, population = _share(take), take.group.population
    group = _group(take, [own] * min(1, population), parent, parent.times(own * population, population), population)
    return group if stage.traits.fixed_size else _left_to_chance(group, take, [own], parent, population)


def _left_to_chance(
    group: GroupChances, take: GroupTake, conditional: Sequence[float], parent: _Parent, each: int = 1
) -> GroupChances:
    """Say how far the number of units may be from what is expected."""
    expected, variance = each * fsum(conditional), each * fsum(own * (1.0 - own) for own in conditional)
    empty = prod(1.0 - own for own in conditional) ** each
    size = RandomSize(take.group.parent, expected, sqrt(variance), empty)
    return replace(group, random=size, expected_empty=parent.sampled * empty)


def _expected(stage: Stage, take: GroupTake, conditional: Sequence[float], parent: _Parent) -> float:
    """Give how many units the group gives: its number, unless the method lets chance decide how many there are."""
    random = not stage.traits.fixed_size or stage.method == "with_replacement"
    number = fsum(conditional) if random else float(take.main)
    return parent.times(number, take.group.available)


def _share(take: GroupTake) -> float:
    return float(take.share) if take.share is not None else take.main / take.group.population


def _conditional(stage: Stage, take: GroupTake, sizes: Sequence[int]) -> list[float]:
    """Give the units' probabilities given the parent; of being drawn at least once with replacement."""
    if stage.method == "with_replacement":
        total = sum(sizes)
        return [1.0 - (1.0 - size / total) ** take.main for size in sizes]
    if stage.method == "bernoulli":
        return [_share(take)] * len(sizes)
    together = take.main + take.reserves
    if not together:
        return [0.0] * len(sizes)
    return [own * take.main / together for own in inclusion_probabilities(sizes, together)]


def _dissolved(take: GroupTake, sizes: Sequence[int]) -> int:
    """Count the units that are certain among the main units alone: beside reserves they are main units by chance."""
    return len(inclusion(sizes, take.main).certainties) if take.reserves else 0


def _group(
    take: GroupTake, conditional: Sequence[float], parent: _Parent, expected: float, each: int = 1
) -> GroupChances:
    possible = [parent.times(own) for own in conditional if own > 0.0]
    return GroupChances(
        certainties=each * sum(own == 1.0 for own in conditional),
        dissolved=0,
        without=each * sum(own == 0.0 for own in conditional),
        expected=expected,
        least=min(possible, default=None),
        most=max(possible, default=None),
        expected_reserves=parent.times(take.reserves, take.group.available - take.main),
    )
