"""Find labels that begin or end with a blank: to a reader they are the same as those without, to the design others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow.compute as pc

from sampling.estimate.statement import Plan
from sampling.estimate.table import as_table


@dataclass(frozen=True)
class BlankLabel:
    """Hold the first such label of a column, how many there are, and whether it also stands without the blank."""

    column: str
    label: str
    count: int
    twin: bool


def blank_labels(plan: Plan, table: Mapping[str, Any]) -> list[BlankLabel]:
    """List the columns of labels with such ones: clusters, strata, rounds, `by`, categories and conditions."""
    data = as_table(table)
    found = []
    for name in dict.fromkeys(_labelled(plan)):
        if name not in data or not data[name].is_text:
            continue
        labels = data[name].texts.unique().drop_null()
        trimmed = pc.utf8_trim_whitespace(labels)
        blank = labels.filter(pc.not_equal(labels, trimmed)).to_pylist()
        if blank:
            twin = bool(pc.is_in(pc.utf8_trim_whitespace(blank[0]), labels).as_py())
            found.append(BlankLabel(name, blank[0], len(blank), twin))
    return found


def _labelled(plan: Plan) -> Iterator[str]:
    two_phase = plan.design.two_phase
    for stage in (*plan.design.stages, *(() if two_phase is None else two_phase.stages)):
        yield from (name for name in (stage.cluster, stage.strata) if name is not None)
    for statement in plan.statements:
        yield from (*statement.by, *statement.columns)
        if statement.where is not None:
            yield from sorted(statement.where.columns)
