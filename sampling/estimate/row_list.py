"""List the rows of a file that something is wrong with, as a spreadsheet numbers them."""

from __future__ import annotations

import numpy as np

from sampling.estimate.errors import Detail
from sampling.estimate.stages.stage import FIRST_ROW
from sampling.estimate.table import BoolArray

ROWS_IN_A_MESSAGE = 5


def row_list(bad: BoolArray) -> dict[str, Detail]:
    """Give what a sentence says of the rows marked, of which there is one at least: the first ones and their count."""
    rows = np.flatnonzero(bad)
    shown = ", ".join(str(row + FIRST_ROW) for row in rows[:ROWS_IN_A_MESSAGE])
    more = ", …" if rows.size > ROWS_IN_A_MESSAGE else ""
    return {"rows": shown + more, "count": int(rows.size), "row": int(rows[0] + FIRST_ROW)}
