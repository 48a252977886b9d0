"""The tables that cross from fieldwork to estimation: one frozen dataclass a row, one CSV form for all of them."""

import csv
import io
import typing
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, fields
from typing import TypeVar

from sampling.errors import Complaint, complain

BOTH_ENDS = "\r\n"


@dataclass(frozen=True)
class FieldworkRow:
    """One household of the draw and what came of it."""

    unit_id: str
    parent: str
    stratum: str
    sample_type: str
    opened: bool
    replaces: str
    reason: str
    disposition: str
    instance_id: str


@dataclass(frozen=True)
class InterviewRow:
    """One interview as it was received; its answers stand in the bytes that were sent."""

    instance_id: str
    unit_id: str
    form_id: str
    version: str
    sha256: str
    received_at: str
    disposition: str
    complaints: int
    sequence: int
    """Its place in the running hash that the public log names, from 1."""
    replaces: str = ""
    """The instance that it corrects, as its deprecatedID says; empty for a first version."""
    rejected: str = ""
    """The reason code for which it was rejected; empty where it was not."""


@dataclass(frozen=True)
class CaseRow:
    """One suspected case and its state."""

    case_id: str
    instance_id: str
    unit_id: str
    kind: str
    persons: int
    standard: str
    state: str


@dataclass(frozen=True)
class JudgementRow:
    """What one judge decided on one case."""

    case_id: str
    judge: str
    verdict: str
    reason: str
    evidence_sha256: str
    judged_at: str


Record = TypeVar("Record", FieldworkRow, InterviewRow, CaseRow, JudgementRow)


def columns_of(kind: type[Record]) -> tuple[str, ...]:
    """Return the columns of a table in the order of its file."""
    return tuple(field.name for field in fields(kind))


def write_records(kind: type[Record], rows: Iterable[Record]) -> bytes:
    """Write a table as CSV: UTF-8, header, line feeds; the same rows give the same bytes."""
    return write_table(columns_of(kind), ([_as_text(value) for value in astuple(row)] for row in rows))


def read_records(kind: type[Record], data: bytes, file: str) -> tuple[list[Record], list[Complaint]]:
    """Read a table back; every cell that cannot be read is named with row and column, and its row left out."""
    header, body, complaints = read_table(data, file)
    expected = columns_of(kind)
    if complaints or tuple(header) != expected:
        return [], complaints or [
            complain("results.header", file=file, row=1, expected=",".join(expected), found=",".join(header))
        ]
    hints = typing.get_type_hints(kind)
    made: list[Record] = []
    for number, row in enumerate(body, start=2):
        values = {name: _from_text(text, hints[name]) for name, text in zip(expected, row, strict=True)}
        bad = [name for name, value in values.items() if value is None]
        complaints += [
            complain("results.cell", file=file, row=number, column=name, value=row[expected.index(name)])
            for name in bad
        ]
        if not bad:
            made.append(kind(**values))  # type: ignore[arg-type]  # the hints above gave the types
    return made, complaints


def write_table(header: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """Write any table of texts in the same CSV form: what is written reads back to the same texts."""
    lines = _Lines()
    # This line end makes the writer quote both signs at which a reader ends a row; one of them is taken off again.
    writer = csv.writer(lines, lineterminator=BOTH_ENDS)
    writer.writerow(header)
    writer.writerows(rows)
    return "".join(lines.written).encode("utf-8")


class _Lines:
    """Take what a CSV writer writes, a row at a time, and end every row with a line feed."""

    def __init__(self) -> None:
        self.written: list[str] = []

    def write(self, line: str) -> None:
        """Keep one row."""
        self.written.append(line.removesuffix(BOTH_ENDS) + "\n")


def read_table(data: bytes, file: str) -> tuple[list[str], list[list[str]], list[Complaint]]:
    """Read header and rows of a CSV file; a row of another length than the header is named."""
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        row = data.count(b"\n", 0, error.start) + 1
        return [], [], [complain("results.encoding", file=file, row=row)]
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
    except csv.Error as error:
        return [], [], [complain("results.not_csv", file=file, problem=str(error))]
    if not rows:
        return [], [], [complain("results.empty", file=file)]
    header, body = rows[0], rows[1:]
    uneven = [
        complain("results.row_length", file=file, row=number, expected=len(header), found=len(row))
        for number, row in enumerate(body, start=2)
        if len(row) != len(header)
    ]
    return header, body, uneven


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)


def _from_text(text: str, kind: type) -> object | None:
    """Read a cell as its column's type; None when it is not of that type."""
    if kind is bool:
        return {"0": False, "1": True}.get(text)
    if kind is int:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else None
    return text
