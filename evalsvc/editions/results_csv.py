"""The results of an edition as one flat table: a row for each estimate, codes beside words, and the text as printed."""

import csv
import io
from collections.abc import Iterable, Mapping
from typing import Any

from evalsvc.editions.figures import Figures, Row
from evalsvc.planning.indicators import OPEN_FOR, indicator_of_row
from evalsvc.words import sentence
from reports.number_format import percent

THRESHOLD = {"value": "threshold", "side": "side", "alpha": "alpha", "planned_deff": "planned_deff"}
"""Parts of a threshold, and the columns that they stand in."""
NUMBERS = ("p", "estimate", "se", "low", "high", "df", "n", "n_effective", "deff", "statistic", "p_value")
PRINTED = ("estimate", "se", "low", "high", "df", "n", "n_effective", "deff", "bound")
"""Figures that a report prints: their text has a column of its own."""


def results_csv(facts: Mapping[str, Any]) -> bytes:
    """Write results.csv from the facts of an edition; the same facts give the same bytes."""
    rows: list[Row] = list(facts["estimates"])
    by = tuple(dict.fromkeys(name for row in rows for name in row["domain"]))
    figures = Figures(facts)
    names = {county.code: county.name for county in figures.counties}
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(_columns(by))
    for row in rows:
        writer.writerow([_cell(value) for value in _values(row, by, figures, names)])
    return buffer.getvalue().encode("utf-8")


def _columns(by: Iterable[str]) -> list[str]:
    printed = [f"printed_{name}" for name in PRINTED]
    head = ["id", "indicator", "indicator_en", "open_cases_counted", "variable", "level", *by, "domain"]
    return [
        *head,
        *NUMBERS,
        *THRESHOLD.values(),
        "bound",
        "verdict",
        *printed,
        "flags",
        "reason",
        "remarks",
        "remarks_en",
    ]


def _values(row: Row, by: Iterable[str], figures: Figures, names: Mapping[str, str]) -> list[Any]:
    indicator = indicator_of_row(row["id"])
    threshold = row["threshold"] or {}
    codes = [*(f"estimate.flag.{flag}" for flag in row["flags"]), *([row["reason"]] if row["reason"] else [])]
    return [
        row["id"],
        "" if indicator is None else indicator.chinese,
        "" if indicator is None else indicator.english,
        OPEN_FOR in row["id"],
        row["variable"],
        row["level"],
        *(row["domain"].get(name) for name in by),
        " ".join(names.get(value, value) for value in row["domain"].values()),
        *(row[name] for name in NUMBERS),
        *(threshold.get(name) for name in THRESHOLD),
        row["bound"],
        row["verdict"],
        *(_printed(row, name, figures) for name in PRINTED),
        " ".join(row["flags"]),
        row["reason"],
        *(" ".join(sentence(code, {}, language) for code in codes) for language in ("zh", "en")),
    ]


def _printed(row: Row, name: str, figures: Figures) -> str | None:
    """Return a figure's text as the report prints it, nothing where there is no figure."""
    if row[name] is None:
        return None
    return percent(row[name], places=figures.decimals) if name in ("low", "high") else figures.text(row, name)


def _cell(value: object) -> str:
    """Write one value: the shortest text that reads back to the same number, 1 and 0 for yes and no."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    return repr(value) if isinstance(value, float) else str(value)
