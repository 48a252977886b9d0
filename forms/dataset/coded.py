"""Rows as SPSS and Stata hold them: everything that is no text is a number, absences are numbers too."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from forms.dataset.metadata import STAGE, WEIGHT, WEIGHT_COARSE
from forms.dataset.variables import MOMENTS, Cell, Missing, Row, Table, Variable
from forms.dataset.writing import label_in_bytes, one_line, value_label

if TYPE_CHECKING:
    import pyarrow as pa

CUT = "…"
WITH_CHANCE = frozenset({WEIGHT, WEIGHT_COARSE, STAGE})
"""What the server adds and may not know for a reason."""


@dataclass(frozen=True)
class Coding:
    """How one program counts time, and how long its texts and labels may be."""

    first_day: date
    days: int
    """Units of a day in a date."""
    seconds: float
    """Units of a second in a date and time, and in a time."""
    formats: Mapping[str, str]
    longest_text: int
    """Bytes."""
    longest_label: int
    """Signs and bytes of a variable's label."""
    longest_label_bytes: int
    longest_value_label: int
    """Bytes."""


SPSS = Coding(
    date(1582, 10, 14), 86_400, 1, {"date": "SDATE10", "datetime": "DATETIME20", "time": "TIME8"}, 32_767, 256, 250, 120
)
STATA = Coding(
    date(1960, 1, 1), 1, 1000, {"date": "%td", "datetime": "%tc", "time": "%tcHH:MM:SS"}, 1_000_000, 80, 320, 30_000
)


def coded_schema(table: Table) -> pa.Schema:
    """Give the columns: texts, whole codes, and numbers."""
    import pyarrow as pa  # noqa: PLC0415 (a fifth of a second, which other formats need not wait for)

    types = {"text": pa.string(), "choice": pa.int32(), "flag": pa.int32()}
    return pa.schema([(each.name, types.get(each.kind, pa.float64())) for each in table.variables])


def coded_batch(schema: pa.Schema, table: Table, coding: Coding, rows: Sequence[Row]) -> pa.RecordBatch:
    """Give some rows by columns."""
    import pyarrow as pa  # noqa: PLC0415 (as above)

    columns = zip(*rows, strict=True)
    arrays = []
    for variable, field, column in zip(table.variables, schema, columns, strict=True):
        code = coder(variable, coding)
        arrays.append(pa.array([code(cell) for cell in column], field.type))
    return pa.record_batch(arrays, schema=schema)


def coder(variable: Variable, coding: Coding) -> Callable[[Cell], str | int | float | None]:
    """Give what turns a cell into a number or a text."""
    if variable.kind == "text":
        return lambda cell: _text(cell, coding.longest_text)
    if variable.kind in MOMENTS:
        return lambda cell: _moment(cell, coding)
    codes = variable.code_of

    def code(cell: Cell) -> int | float | None:
        if isinstance(cell, Missing):
            return cell.code
        if isinstance(cell, str):
            return codes[cell]
        return None if cell is None else float(cell) if variable.kind in ("integer", "decimal") else int(cell)  # type: ignore[arg-type]

    return code


def _text(cell: Cell, most: int) -> str:
    """Give a text, the empty one for what is missing: neither program has another absence of a text."""
    if not isinstance(cell, str):
        return ""
    data = cell.encode("utf-8")
    return cell if len(data) <= most else data[: most - 3].decode("utf-8", "ignore") + CUT


def _moment(cell: Cell, coding: Coding) -> float | None:
    if isinstance(cell, datetime):
        first = datetime.combine(coding.first_day, time(), UTC)
        return (cell - first).total_seconds() * coding.seconds
    if isinstance(cell, date):
        return float((cell - coding.first_day).days * coding.days)
    if isinstance(cell, time):
        seconds = cell.hour * 3600 + cell.minute * 60 + cell.second + cell.microsecond / 1_000_000
        return seconds * coding.seconds
    return None


def has_codes_of_missing(variable: Variable) -> bool:
    """Tell whether the absences of a variable are told apart: of texts and moments they are not."""
    if variable.role:
        return variable.role in WITH_CHANCE and variable.kind != "text"
    return variable.kind != "text" and variable.kind not in MOMENTS


def column_labels(table: Table, language: str, coding: Coding) -> list[str]:
    """Give the labels of the variables."""
    cut = (one_line(each.label(language))[: coding.longest_label] for each in table.variables)
    return [label_in_bytes(text, coding.longest_label_bytes) for text in cut]


def value_labels(
    table: Table, language: str, coding: Coding, of_missing: Mapping[int, str]
) -> dict[str, dict[int | float, str]]:
    """Give the labels of values and, for variables that tell absences apart, of these."""
    found: dict[str, dict[int | float, str]] = {}
    for variable in table.variables:
        labels = {each.code: value_label(each, language) for each in variable.values}
        if has_codes_of_missing(variable):
            labels |= of_missing
        if labels:
            found[variable.name] = {
                code: label_in_bytes(text, coding.longest_value_label) for code, text in labels.items()
            }
    return found


def formats(table: Table, coding: Coding) -> dict[str, str]:
    """Give the formats in which dates and times are shown."""
    return {each.name: coding.formats[each.kind] for each in table.variables if each.kind in coding.formats}
