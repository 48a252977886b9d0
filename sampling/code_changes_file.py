"""Read a table of changed administrative codes: CSV, XLSX or Parquet."""

from pathlib import Path

from sampling.code_changes import CodeChange
from sampling.complaint_list import ComplaintList
from sampling.errors import complain
from sampling.frame_batches import FileRefusedError
from sampling.frame_columns import Wanted
from sampling.frame_files import open_file
from sampling.frame_tidy import tidy_column

COLUMNS = ("old", "new", "year")


def read_changes(path: Path) -> list[CodeChange]:
    """Read a table with columns ``old``, ``new`` and perhaps ``year``.

    Raises
    ------
    FileRefusedError
        It cannot be read, lacks a column, or holds a year that is none.
    """
    complaints = ComplaintList()
    opened = open_file(path, Wanted(COLUMNS, "old", optional=frozenset({"year"})))
    changes = []
    for batch in opened.batches(complaints):
        columns = {name: tidy_column(texts).to_pylist() for name, texts in batch.columns.items()}
        years = columns.get("year") or [None] * len(batch.rows)
        for row, old, new, year in zip(batch.rows.tolist(), columns["old"], columns["new"], years, strict=True):
            if old is None and new is None:
                continue
            if year is not None and not (year.isdigit() and len(year) == 4):
                complaints.add(complain("frame.change_year", file=path.name, row=row, column="year", value=year))
                continue
            changes.append(CodeChange(old or "", new or "", None if year is None else int(year), row))
    if complaints:
        raise FileRefusedError(*complaints.listed())
    return changes
