"""Find the few texts that make a column of numbers text, and the marks of other programs for what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow.compute as pc

from sampling.estimate.stages.stage import FIRST_ROW
from sampling.estimate.statement import Plan, Statement
from sampling.estimate.table import Column, as_table

NUMBER = r"^\s*[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?\s*$"
MARKS = frozenset({"NA", "N/A", "#N/A", "NaN", "nan", "<NA>", "NULL", "null", "None", ".", "-"})
"""What R, pandas, Stata, SPSS and spreadsheets write where a value is missing."""
VALUES_IN_A_MESSAGE = 5


@dataclass(frozen=True)
class StrayText:
    """Hold what stands out in one text column.

    Attributes
    ----------
    values : the first texts that are no numbers among numbers, or marks among other texts
    count, row : how many rows hold one of all such texts, and the first of them as a spreadsheet numbers it
    among_numbers : whether most non-empty values of the column are numbers
    """

    column: str
    values: tuple[str, ...]
    count: int
    row: int
    among_numbers: bool

    @property
    def quoted(self) -> str:
        """Write the values as a sentence does."""
        more = "" if len(self.values) < VALUES_IN_A_MESSAGE else " …"
        return "".join(f"“{value}”" for value in self.values) + more


def stray_texts(plan: Plan, table: Mapping[str, Any]) -> list[StrayText]:
    """List the text columns, named by the plan's statements, that were perhaps meant to have gaps instead of texts."""
    data = as_table(table)
    named = dict.fromkeys(name for statement in plan.statements for name in _columns(statement))
    found = (stray_text(data[name]) for name in named if name in data)
    return [stray for stray in found if stray is not None]


def stray_text(column: Column) -> StrayText | None:
    """Find the stray texts of one column, None where there are none."""
    if not column.is_text:
        return None
    encoded = column.texts.dictionary_encode()
    codes = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    rows = np.bincount(codes, minlength=len(encoded.dictionary) + 1)[:-1]
    is_number = pc.match_substring_regex(encoded.dictionary, NUMBER).to_numpy(zero_copy_only=False)
    among_numbers = bool(2 * rows[is_number].sum() > rows.sum())
    levels: list[str] = encoded.dictionary.to_pylist()
    stray = ~is_number if among_numbers else np.array([level in MARKS for level in levels], dtype=np.bool_)
    if not stray.any():
        return None
    first = int(np.argmax(np.append(stray, False)[codes])) + FIRST_ROW
    values = tuple(levels[number] for number in np.flatnonzero(stray)[:VALUES_IN_A_MESSAGE])
    return StrayText(column.name, values, int(rows[stray].sum()), first, among_numbers)


def _columns(statement: Statement) -> Iterator[str]:
    yield from statement.columns
    yield from statement.by
    if statement.where is not None:
        yield from sorted(statement.where.columns)
