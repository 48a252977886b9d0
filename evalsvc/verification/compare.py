"""Compare two versions of a file or a value, and say where they differ."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isclose

from evalsvc.results.assembly import AnswersTable
from evalsvc.results.records import read_table
from sampling.errors import Complaint, complain

SAME = 1e-9
"""Figures that agree to nine digits are the same: the last bits of a double may differ between processors."""


class _Absent:
    """What stands for a value that has no counterpart: equal to itself alone, whatever a file holds."""

    def __str__(self) -> str:
        return "—"


ABSENT = _Absent()


@dataclass(frozen=True)
class Difference:
    """One place where two values differ."""

    place: str
    expected: object
    found: object


def differences(expected: object, found: object, place: str = "") -> Iterator[Difference]:
    """Walk two JSON values together and yield every leaf that differs."""
    if isinstance(expected, Mapping) and isinstance(found, Mapping):
        for name in [*expected, *(name for name in found if name not in expected)]:
            inside = f"{place}.{name}" if place else str(name)
            yield from differences(expected.get(name, ABSENT), found.get(name, ABSENT), inside)
    elif isinstance(expected, list | tuple) and isinstance(found, list | tuple):
        for number in range(max(len(expected), len(found))):
            right, stated = (each[number] if number < len(each) else ABSENT for each in (expected, found))
            yield from differences(right, stated, f"{place}[{number}]")
    elif not same(expected, found):
        yield Difference(place, expected, found)


def same(expected: object, found: object) -> bool:
    """Tell whether two leaves are the same; numbers to nine digits."""
    if isinstance(expected, bool) or isinstance(found, bool):
        return expected is found
    if isinstance(expected, int | float) and isinstance(found, int | float):
        return isclose(expected, found, rel_tol=SAME, abs_tol=1e-15)
    return expected == found


def table_differences(right: AnswersTable, data: bytes, file: str) -> Iterator[Complaint]:
    """Compare a table cell by cell with the rebuilt one; rows are known by their first column."""
    header, body, complaints = read_table(data, file)
    yield from complaints
    if complaints:
        return
    if tuple(header) != right.columns:
        yield complain(
            "results.header", file=file, row=1, expected=",".join(right.columns), found=",".join(header)[:2000]
        )
        return
    rebuilt = {row[0]: row for row in right.rows}
    for number, row in enumerate(body, start=2):
        expected = rebuilt.pop(row[0], None)
        if expected is None:
            yield complain("verification.row_extra", file=file, row=number, unit=row[0])
            continue
        yield from _cells(expected, row, right.columns, file, number)
    for unit in rebuilt:
        yield complain("verification.row_missing", file=file, unit=unit)


def _cells(
    expected: tuple[str, ...], row: list[str], columns: tuple[str, ...], file: str, number: int
) -> Iterator[Complaint]:
    for column, right, found in zip(columns, expected, row, strict=True):
        if right != found:
            yield complain(
                "verification.cell_differs",
                file=file,
                row=number,
                column=column,
                unit=row[0],
                expected=right,
                found=found,
            )
