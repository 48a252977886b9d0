"""Texts that make a column of numbers text are found, and marks for what is missing among texts."""

from __future__ import annotations

import pytest

from sampling.estimate.remarks.stray_text import stray_text
from sampling.estimate.table import Column


@pytest.mark.parametrize(
    ("values", "found"),
    [
        (["1", "NA", " 2.5 ", None, "-3e2", "."], (("NA", "."), 2, 3, True)),
        (["1", "2", "n/a?"], (("n/a?",), 1, 4, True)),
        (["poor", "NA", "", "-", "rich", "12"], (("NA", "-"), 2, 3, False)),
        (["1", "a"], None),
        (["poor", "rich"], None),
        (["1", "2", ""], None),
        ([None, None], None),
        (["1", "inf", "2"], (("inf",), 1, 3, True)),
    ],
)
def test_stray_texts(values: list[str | None], found: tuple[tuple[str, ...], int, int, bool] | None) -> None:
    stray = stray_text(Column("x", values))
    assert (None if stray is None else (stray.values, stray.count, stray.row, stray.among_numbers)) == found
