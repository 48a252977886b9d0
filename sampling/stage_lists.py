"""Read the list of every group of a stage, in the order in which its method walks along it."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from sampling.design import Stage
from sampling.engine import Engine
from sampling.methods.group import GroupList
from sampling.steps import number_columns
from sampling.tickets import Tickets

GroupKey = tuple[str, str]
"""Parent and stratum; empty text where there is none."""


def read_lists(engine: Engine, stage: Stage, source: Tickets, units: str) -> Iterator[tuple[GroupKey, GroupList]]:
    """Give parent, stratum and list of every group, in order of parent and stratum.

    Parameters
    ----------
    units : str
        Name of the table that ``units_step`` made.
    """
    names = number_columns(stage)
    size = "size" if stage.size is not None else "1"
    extra = "".join(f", n{i}" for i in range(len(names)))
    table = engine.table(
        f"SELECT parent, stratum, id, CAST({size} AS BIGINT) AS size{extra} FROM {units} ORDER BY parent, stratum, id"
    )
    parents, strata, ids, sizes = (table.column(i).to_pylist() for i in range(4))
    columns = [table.column(4 + i).to_numpy() for i in range(len(names))]
    numbers: NDArray[np.float64] = np.column_stack(columns) if columns else np.empty((len(ids), 0))
    for key, begin, end in _slices(list(zip(parents, strata, strict=True))):
        yield key, _list(stage, source, ids[begin:end], sizes[begin:end], numbers[begin:end])


def _slices(keys: list[GroupKey]) -> Iterator[tuple[GroupKey, int, int]]:
    """Find where each run of equal keys begins and ends."""
    begins = [0, *(i for i, (one, other) in enumerate(pairwise(keys), start=1) if one != other), len(keys)]
    if keys:
        yield from ((keys[begin], begin, end) for begin, end in pairwise(begins))


def _list(stage: Stage, source: Tickets, ids: list[str], sizes: list[int], numbers: NDArray[np.float64]) -> GroupList:
    """Put one group in order; code-point order of the ids is frame order."""
    made = source.of_units(ids)
    order: Any = range(len(ids))
    if stage.order == "ticket":
        order = sorted(order, key=lambda i: (source.number(made[i]), made[i], ids[i]))
    picked = numbers[list(order)]
    columns = len(stage.balance)
    return GroupList(
        ids=[ids[i] for i in order],
        tickets=[made[i] for i in order],
        numbers=[source.number(made[i]) for i in order],
        sizes=[sizes[i] for i in order],
        balancing=picked[:, :columns] if stage.balance else None,
        coordinates=_plane(stage, picked[:, columns:]) if stage.coordinates else None,
    )


def _plane(stage: Stage, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give places in one unit of length: degrees of longitude shrink with the cosine of the group's mean latitude."""
    if stage.coordinates is None or stage.coordinates.kind == "plane":
        return places
    shrink = float(np.cos(np.deg2rad(places[:, 1].mean())))
    return np.column_stack([places[:, 0] * shrink, places[:, 1]])
