"""Put the list of a large group in order without making a text and a ticket of every unit, where few are looked at."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import numpy as np
from numpy.typing import NDArray

from sampling.design import Stage
from sampling.methods.group import GroupList
from sampling.tickets import TICKET_DIGITS, TICKET_RANGE, Tickets

if TYPE_CHECKING:
    import pyarrow as pa

SPARE_BITS = 64 - 4 * TICKET_DIGITS


@dataclass(frozen=True)
class LongList(GroupList):
    """Hold a list of which texts and tickets are made only for the units that are asked for.

    Parameters
    ----------
    source : Tickets
        Makes the tickets.
    texts : pyarrow.Array of string
        Ids in order of their code points.
    order : array, shape (N,), optional
        The order of the list; None where it is that of the ids.
    """

    source: Tickets | None = None
    texts: "pa.StringArray | None" = None
    order: NDArray[np.int64] | None = None

    def keys(self, positions: Sequence[int]) -> list[tuple[int, str, str]]:
        """Give what units are released by: number, then ticket, then id."""
        places = np.array(positions, dtype=np.int64)
        if self.source is None or self.texts is None:
            return []
        ids = self.texts.take(places if self.order is None else self.order[places]).to_pylist()
        source, made = self.source, self.source.of_units(ids)
        return [(source.number(one), one, unit_id) for one, unit_id in zip(made, ids, strict=True)]


def long_list(
    stage: Stage, source: Tickets, ids: "pa.StringArray", sizes: NDArray[np.int64], _numbers: NDArray[np.float64]
) -> GroupList:
    """Put one group in order, for methods that use sizes alone; ids come in code-point order, which is frame order."""
    order = _ticket_order(source, ids) if stage.order == "ticket" else None
    ordered = cast(Sequence[int], sizes if order is None else sizes[order])
    return LongList((), (), (), ordered, source=source, texts=ids, order=order)


def _ticket_order(source: Tickets, ids: "pa.StringArray") -> NDArray[np.int64]:
    """Sort by the tickets' numbers, equal ones by ticket, then id."""
    digests = source.digests(ids.view("binary").to_pylist())
    words = np.frombuffer(digests, dtype=">u8").reshape(-1, 4)[:, 0].astype(np.uint64)
    numbers = ((words >> np.uint64(SPARE_BITS)).astype(np.int64) + source.shift) % TICKET_RANGE
    order = np.argsort(numbers)
    if (np.diff(numbers[order]) == 0).any():
        keys = [(int(numbers[i]), digests[32 * i : 32 * i + 32], text) for i, text in enumerate(ids.to_pylist())]
        order = np.array(sorted(range(len(keys)), key=keys.__getitem__), dtype=np.int64)
    return order
