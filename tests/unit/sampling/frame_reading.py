"""What tests of importing frames share: the list's columns, and what a reading that failed told."""

from collections.abc import Callable

from sampling.errors import Complaint
from sampling.frame import FrameReading

Say = Callable[[Complaint], tuple[str, str]]

LEVELS = """
levels:
  - {name: county, id: county_code, columns: {county: text, remaining: integer}}
  - {name: village, id: village_code, columns: {village: text, village_kind: text, area: decimal(2)}}
  - {name: household, id: household_id, columns: {household_class: text, persons: integer}}
"""


def told(reading: FrameReading, say: Say) -> list[tuple[str, int | None, str | None]]:
    """Codes, rows and columns; nothing may be half imported and every sentence must fill."""
    assert reading.frame is None
    assert reading.profile is None
    for complaint in reading.complaints:
        zh, en = say(complaint)
        assert "%(" not in zh + en
        assert complaint.file == "名册.csv" or complaint.file is None or "." in complaint.file
    return [(one.code, one.row, one.column) for one in reading.complaints]


def table_of(rows: tuple[str, ...], header: str) -> tuple[list[str], list[list[str]]]:
    return header.split(","), [row.split(",") for row in rows]


HEADER = "county_code,county,remaining,village_code,village,village_kind,area,household_id,household_class,persons"
