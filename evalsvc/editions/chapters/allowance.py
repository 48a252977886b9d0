"""How much one report may take: a text from a stranger is laid out too, by everybody who checks a report.

Measured with the layout of a report that is otherwise small: docs/service.md, Checks by strangers.
"""

from collections import Counter
from collections.abc import Mapping
from types import MappingProxyType

from evalsvc.editions.chapters.faults import TextFault

MOST: Mapping[str, int] = MappingProxyType(
    {
        "turns": 20_000,
        "signs": 250_000,
        "marks": 30_000,
        "cells": 30_000,
        "blocks": 4_000,
        "notes": 300,
    }
)
"""Turns of loops; signs of rendered texts; figures and names; cells of tables; blocks and items of lists; notes."""
CODES: Mapping[str, str] = MappingProxyType(
    {
        "turns": "report_text.many_turns",
        "signs": "report_text.much_output",
        "marks": "report_text.many_marks",
        "cells": "report_text.many_cells",
        "blocks": "report_text.many_blocks",
        "notes": "report_text.many_notes",
    }
)
ROWS_OF_CHART = 8
"""What a row of a chart takes, in cells."""


class Allowance:
    """Count what a report takes of each, and refuse what is too much."""

    def __init__(self) -> None:
        self._spent: Counter[str] = Counter()

    def spend(self, name: str, amount: int, row: int | None = None) -> None:
        """Take an amount.

        Raises
        ------
        TextFault
            When the report has taken more than it may.
        """
        self._spent[name] += amount
        if self._spent[name] > MOST[name]:
            raise TextFault(CODES[name], row, most=MOST[name])
