"""Hold the units that an equal-probability stage took as columns: a country's sample has millions of them."""

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate, islice
from typing import TYPE_CHECKING, overload

from sampling.groups import GroupTake
from sampling.manifest import ManifestUnit, SampleType

if TYPE_CHECKING:
    import pyarrow as pa

TICKET_LENGTH = 64
BLOCK = 65_536
"""Units whose texts are made at a time."""


def write_unit(
    take: GroupTake,
    place: int,
    unit_id: str,
    ticket: str,
    chance: tuple[int, int],
    *,
    times: int | None = None,
    weight: float | None = None,
) -> ManifestUnit:
    """Write a unit by its place among the main units and reserves of its group, counted from 1.

    Parameters
    ----------
    chance : (int, int)
        Numerator and denominator of a main unit's probability, which is their quotient, rounded once; of the expected
        number of draws where it was drawn ``times`` times with replacement.
    """
    group = take.group
    if place > take.main:
        return ManifestUnit(unit_id, group.parent, group.stratum, ticket, None, "reserve", place - take.main)
    probability = chance[0] / chance[1]
    sample_type: SampleType = "certainty" if probability == 1.0 and times is None else "probability"
    return ManifestUnit(unit_id, group.parent, group.stratum, ticket, probability, sample_type, None, weight, times)


class TakenUnits(Sequence[ManifestUnit]):
    """Hold the main units and reserves of many groups, group after group; a unit is made when it is asked for.

    Parameters
    ----------
    takes : sequence of GroupTake
        The groups, in the order of the manifest, with what each took.
    keys : pyarrow.ChunkedArray of string
        The ticket and, right behind it, the id of every unit: those of the first group in order of tickets, and so on.
    front : int
        Characters before the ticket, which are no part of it.
    weights : sequence of float or None, optional
        Weight of each group's main units; None where they have none.
    """

    def __init__(
        self,
        takes: Sequence[GroupTake],
        keys: "pa.ChunkedArray",
        front: int = 0,
        weights: Sequence[float | None] | None = None,
    ) -> None:
        self._takes, self._keys, self._front, self._weights = takes, keys, front, weights
        self._ends = list(accumulate(take.main + take.reserves for take in takes))

    def __len__(self) -> int:
        return len(self._keys)

    @overload
    def __getitem__(self, index: int) -> ManifestUnit: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[ManifestUnit]: ...
    def __getitem__(self, index: int | slice) -> ManifestUnit | Sequence[ManifestUnit]:
        if isinstance(index, slice):
            return [self[place] for place in range(*index.indices(len(self)))]
        place = index + len(self) if index < 0 else index
        if not 0 <= place < len(self):
            raise IndexError(index)
        group = bisect_right(self._ends, place)
        take = self._takes[group]
        begin = self._ends[group] - take.main - take.reserves
        return self._unit(group, place - begin + 1, self._keys[place].as_py())

    def __iter__(self) -> Iterator[ManifestUnit]:
        keys = self._texts()
        for group, take in enumerate(self._takes):
            for place in range(1, take.main + take.reserves + 1):
                yield self._unit(group, place, next(keys))

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Sequence) or len(self) != len(other):
            return False
        return all(one == another for one, another in zip(self, other, strict=True))

    __hash__ = None  # type: ignore[assignment]

    def ids(self) -> Iterator[str]:
        """Give the ids alone."""
        behind = self._front + TICKET_LENGTH
        return (key[behind:] for key in self._texts())

    def products(self, above: Mapping[str | None, float]) -> Iterator[tuple[str, float]]:
        """Give the id of every main unit with its probability times the product of those above its parent."""
        ids = self.ids()
        for take in self._takes:
            main = list(islice(ids, take.main + take.reserves))[: take.main]
            if take.group.parent in above:
                product = above[take.group.parent] * (take.main / take.group.population)
                yield from ((unit_id, product) for unit_id in main)

    def weighed(self, products: Mapping[str | None, float]) -> "TakenUnits":
        """Give the same units with weights: 1 / (the parent's product of probabilities times the unit's own)."""
        weights = [
            1 / (products[take.group.parent] * (take.main / take.group.population))
            if take.main and take.group.parent in products
            else None
            for take in self._takes
        ]
        return TakenUnits(self._takes, self._keys, self._front, weights)

    def _texts(self) -> Iterator[str]:
        for begin in range(0, len(self._keys), BLOCK):
            yield from self._keys.slice(begin, BLOCK).to_pylist()

    def _unit(self, number: int, place: int, key: str) -> ManifestUnit:
        """Make a unit of a group by its place among main units and reserves."""
        take, behind = self._takes[number], self._front + TICKET_LENGTH
        weight = None if self._weights is None else self._weights[number]
        chance = take.main, take.group.population
        return write_unit(take, place, key[behind:], key[self._front : behind], chance, weight=weight)


def pick(takes: Sequence[GroupTake], found: Sequence["pa.Table"], front: int) -> TakenUnits:
    """Keep as many keys of each group as it takes.

    Parameters
    ----------
    takes : sequence of GroupTake
        The groups that take anything are those of ``found``, in the same order.
    found : sequence of pyarrow.Table
        Columns parent, stratum and keys, the smallest ones of each group in order, at least as many as it takes; each
        table holds a stretch of the groups.
    """
    import pyarrow as pa  # noqa: PLC0415 (a quarter of a second, which whoever draws nothing need not wait for)

    groups = iter(take for take in takes if take.main + take.reserves)
    parts = [_keys(list(islice(groups, table.num_rows)), table) for table in found]
    return TakenUnits(takes, pa.chunked_array(parts, pa.string()), front)


def _keys(takes: Sequence[GroupTake], found: "pa.Table") -> "pa.StringArray":
    """Put the first keys of each group one behind the other."""
    import numpy as np  # noqa: PLC0415 (as above)
    import pyarrow as pa  # noqa: PLC0415 (as above)

    if found.column("parent").to_pylist() != [take.group.parent or "" for take in takes]:
        raise ValueError("the groups that were listed are not those that take")
    lists = found.column("keys").combine_chunks()
    numbers = np.array([take.main + take.reserves for take in takes], dtype=np.int64)
    offsets = lists.offsets.to_numpy().astype(np.int64)
    if np.array_equal(np.diff(offsets), numbers):
        return lists.flatten().cast(pa.string())
    begins = offsets[:-1] - (np.cumsum(numbers) - numbers)
    places = np.repeat(begins, numbers) + np.arange(int(numbers.sum()))
    return lists.values.take(pa.array(places)).cast(pa.string())
