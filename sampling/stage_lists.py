"""Read the list of every group of a stage, in the order in which its method walks along it."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from sampling.design import Stage
from sampling.engine import Engine
from sampling.groups import Group
from sampling.long_lists import long_list
from sampling.methods.group import GroupList
from sampling.methods.systematic_arrays import sum_exactly
from sampling.steps import number_columns, rule_columns
from sampling.tickets import Tickets

if TYPE_CHECKING:
    import pyarrow as pa

LONG = ("systematic", "pps_systematic")
"""Methods that walk along the list of a whole country and look closely only at what they take."""
GroupKey = tuple[str, str]
"""Parent and stratum; empty text where there is none."""


def lists_of(rows: "Rows", stage: Stage, source: Tickets) -> Iterator[tuple[GroupKey, GroupList]]:
    """Give parent, stratum and list of every group of the rows."""
    sizes = rows.table.column("size").to_numpy()
    columns = [rows.table.column(f"n{i}").to_numpy() for i in range(len(number_columns(stage)))]
    numbers: NDArray[np.float64] = np.column_stack(columns) if columns else np.empty((len(sizes), 0))
    make = long_list if stage.method in LONG else _list
    for number, key in enumerate(rows.keys):
        begin, end = rows.bounds[number : number + 2].tolist()
        yield key, make(stage, source, rows.ids[begin:end], sizes[begin:end], numbers[begin:end])


def groups_of(rows: "Rows", stage: Stage) -> list[Group]:
    """Count the groups of the rows, as ``sampling.steps.read_groups`` does of a table."""
    names, begins = rule_columns(stage), rows.bounds[:-1]
    sizes, unequal = rows.table.column("size").to_numpy(), stage.size is not None
    values = [rows.table.column(f"c{i}").take(begins).to_pylist() for i in range(len(names))]
    counts = np.diff(rows.bounds).tolist()
    positive = np.add.reduceat((sizes > 0).astype(np.int64), begins).tolist() if counts else []
    totals = (
        [sum_exactly(sizes[one:other]) for one, other in pairwise(rows.bounds.tolist())]
        if unequal
        else [None] * len(counts)
    )
    return [
        Group(
            parent or None,
            stratum,
            counts[i],
            totals[i],
            positive[i] if unequal else counts[i],
            {name: column[i] for name, column in zip(names, values, strict=True)},
        )
        for i, (parent, stratum) in enumerate(rows.keys)
    ]


@dataclass(frozen=True)
class Rows:
    """Hold the units of a stage, and where the runs of one parent and stratum begin; the last bound is their end."""

    table: "pa.Table"
    ids: "pa.StringArray"
    bounds: NDArray[np.int64]
    keys: Sequence[GroupKey]

    @classmethod
    def of(cls, table: "pa.Table", *, inside: bool) -> Self:
        """Find the runs."""
        other = np.zeros(max(table.num_rows - 1, 0), dtype=bool)
        named = ("parent", "stratum") if inside else ("stratum",)
        for name in named:
            column = table.column(name).combine_chunks()
            other |= pc.not_equal(column[:-1], column[1:]).to_numpy(zero_copy_only=False)
        begins = np.concatenate([np.zeros(min(table.num_rows, 1), dtype=np.int64), np.flatnonzero(other) + 1])
        texts = [table.column(name).take(begins).to_pylist() for name in named]
        keys = list(zip(*([] if inside else [[""] * len(begins)]), *texts, strict=True))
        return cls(table, table.column("id").combine_chunks(), np.append(begins, table.num_rows), keys)

    @property
    def in_order(self) -> bool:
        """Tell whether rows stand in order; Arrow compares texts by their bytes, which is code-point order."""
        if any(one >= other for one, other in pairwise(self.keys)):
            return False
        rising = pc.less(self.ids[:-1], self.ids[1:]).to_numpy(zero_copy_only=False)
        rising[self.bounds[1:-1] - 1] = True
        return bool(rising.all())


def read_rows(engine: Engine, stage: Stage, units: str, *, inside: bool) -> Rows:
    """Fetch the units in order of parent, stratum and id.

    A frame's file is in that order as a rule; to see that it is takes less time than to sort it once more.
    """
    size = "size" if stage.size is not None else "1"
    keys = ["parent", "stratum", "id"] if inside else ["stratum", "id"]
    asked = [f"c{i}" for i in range(len(rule_columns(stage)))] + [f"n{i}" for i in range(len(number_columns(stage)))]
    step = f"SELECT {', '.join([*keys, f'CAST({size} AS BIGINT) AS size', *asked])} FROM {units}"
    rows = Rows.of(engine.table(step), inside=inside)
    return rows if rows.in_order else Rows.of(engine.table(f"{step} ORDER BY {', '.join(keys)}"), inside=inside)


def _list(
    stage: Stage, source: Tickets, texts: "pa.StringArray", amounts: NDArray[np.int64], numbers: NDArray[np.float64]
) -> GroupList:
    """Put one group in order; code-point order of the ids is frame order."""
    ids, sizes = texts.to_pylist(), amounts.tolist()
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
        coordinates=plane(stage, picked[:, columns:]) if stage.coordinates else None,
    )


def plane(stage: Stage, places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give places in one unit of length: degrees of longitude shrink with the cosine of the group's mean latitude."""
    if stage.coordinates is None or stage.coordinates.kind == "plane":
        return places
    shrink = float(np.cos(np.deg2rad(places[:, 1].mean())))
    return np.column_stack([places[:, 0] * shrink, places[:, 1]])
