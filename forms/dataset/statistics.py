"""What a codebook says of the released values: counted while they are written, nothing is read twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from forms.dataset.variables import Cell, Missing, Rows, Schema, Variable

LISTED = frozenset({"choice", "flag"})
"""Kinds whose values are counted one by one."""


@dataclass
class Tally:
    """The counts of one variable."""

    valid: int = 0
    missing: Counter[str] = field(default_factory=Counter)
    """By the name of the kind of missing; `unknown` where the server has nothing to say."""
    frequencies: Counter[Cell] = field(default_factory=Counter)
    lowest: Any = None
    highest: Any = None

    def add(self, variable: Variable, cell: Cell) -> None:
        """Count one cell."""
        if cell is None or isinstance(cell, Missing):
            self.missing["unknown" if cell is None else cell.name.lower()] += 1
            return
        self.valid += 1
        if variable.kind in LISTED:
            self.frequencies[cell] += 1
        elif not isinstance(cell, str):
            self._widen(cell)

    def _widen(self, cell: Any) -> None:
        """Move the bounds; one variable has values of one kind, which compare with each other."""
        if self.lowest is None:
            self.lowest = self.highest = cell
        elif cell < self.lowest:
            self.lowest = cell
        elif cell > self.highest:
            self.highest = cell


class Statistics:
    """The counts of all variables of a release."""

    def __init__(self, schema: Schema) -> None:
        self.rows: Counter[str] = Counter()
        self._tallies = {table.name: [(each, Tally()) for each in table.variables] for table in schema.tables}

    def add(self, rows: Rows) -> None:
        """Count the rows of one interview."""
        for name, found in rows.items():
            tallies = self._tallies[name]
            self.rows[name] += len(found)
            for row in found:
                for (variable, tally), cell in zip(tallies, row, strict=True):
                    tally.add(variable, cell)

    def of(self, table: str) -> Mapping[str, Tally]:
        """Give the counts of a table's variables by name."""
        return {variable.name: tally for variable, tally in self._tallies[table]}
