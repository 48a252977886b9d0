"""Tables as SPSS (.sav) and Stata (.dta), by pyreadstat, which wants a whole table at once.

The rows are laid down in an Arrow file first, in batches; the library then sees that file through the memory map, so
that the machine's memory holds no more of it than is being read.
"""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from forms.dataset.coded import (
    SPSS,
    STATA,
    coded_batch,
    coded_schema,
    column_labels,
    formats,
    has_codes_of_missing,
    value_labels,
)
from forms.dataset.variables import Missing, Row, Schema, Table
from forms.dataset.writing import FileForEachTable, Telling, Wish, label_in_bytes

if TYPE_CHECKING:
    import polars

Program = Literal["sav", "dta"]
LONGEST_TITLE = 60
RANGE: Any = {"lo": min(each.code for each in Missing), "hi": max(each.code for each in Missing)}


def spss_writer(schema: Schema, wish: Wish) -> FileForEachTable:
    """Open one SPSS file for each table."""
    return FileForEachTable(schema, lambda table: _SpooledTable(table, wish, "sav", schema.titles.get("", "")))


def stata_writer(schema: Schema, wish: Wish) -> FileForEachTable:
    """Open one Stata file for each table."""
    title = schema.titles.get("", "")
    return FileForEachTable(schema, lambda table: _SpooledTable(_in_stata(table), wish, "dta", title))


def _in_stata(table: Table) -> Table:
    """Give the table with the names that Stata takes."""
    named = (replace(each, name=each.name_in_stata or each.name) for each in table.variables)
    return replace(table, variables=tuple(named))


class _SpooledTable:
    def __init__(self, table: Table, wish: Wish, program: Program, title: str) -> None:
        import pyarrow as pa  # noqa: PLC0415 (a fifth of a second, which other formats need not wait for)

        self._table, self._wish, self._program = table, wish, program
        self._title = label_in_bytes(title, LONGEST_TITLE)
        self._coding = SPSS if program == "sav" else STATA
        self._schema = coded_schema(table)
        # No name that could stay behind: the file is in the folder that the caller removes when the work fails.
        self._spool = Path(tempfile.mkstemp(".arrow", f"{table.name}-", wish.folder)[1])
        self._file = pa.OSFile(str(self._spool), "wb")
        self._writer = pa.ipc.new_file(self._file, self._schema)

    def add(self, rows: Sequence[Row]) -> None:
        """Lay some rows down."""
        self._writer.write_batch(coded_batch(self._schema, self._table, self._coding, rows))

    def close(self, tell: Telling) -> None:
        """Write the file from what was laid down."""
        import polars  # noqa: PLC0415 (as above)
        import pyarrow as pa  # noqa: PLC0415

        self._writer.close()
        self._file.close()
        tell(0, 0)
        with pa.memory_map(str(self._spool)) as mapped:
            frame: Any = polars.from_arrow(pa.ipc.open_file(mapped).read_all(), rechunk=False)
            if self._program == "sav":
                self._write_sav(frame)
            else:
                self._write_dta(frame)
        self._spool.unlink()

    def abandon(self) -> None:
        """Let go of what was laid down."""
        self._writer.close()
        self._file.close()

    @property
    def _path(self) -> Path:
        return self._wish.folder / f"{self._table.name}.{self._program}"

    def _labels_of_missing(self) -> dict[Missing, str]:
        words = self._wish.missing_labels or {}
        return {each: words.get(each, each.name.lower()) for each in Missing}

    def _write_sav(self, frame: polars.DataFrame) -> None:
        import pyreadstat  # noqa: PLC0415 (as above)

        coded = [each.name for each in self._table.variables if has_codes_of_missing(each)]
        of_missing = {each.code: label for each, label in self._labels_of_missing().items()}
        pyreadstat.write_sav(
            frame,
            self._path,
            file_label=self._title,
            column_labels=column_labels(self._table, self._wish.language, self._coding),  # type: ignore[arg-type]
            row_compress=True,
            variable_value_labels=value_labels(self._table, self._wish.language, self._coding, of_missing),
            missing_ranges={name: [RANGE] for name in coded},
            variable_measure={each.name: _measure(each.kind) for each in self._table.variables},
            variable_format=formats(self._table, self._coding),
        )

    def _write_dta(self, frame: polars.DataFrame) -> None:
        import pyreadstat  # noqa: PLC0415 (as above)

        from forms.dataset.stata_missing import LABEL_OF, mark_missing  # noqa: PLC0415 (loads NumPy)

        of_missing = {LABEL_OF[each]: label for each, label in self._labels_of_missing().items()}
        pyreadstat.write_dta(
            frame,
            self._path,
            file_label=self._title,
            column_labels=column_labels(self._table, self._wish.language, self._coding),  # type: ignore[arg-type]
            variable_value_labels=value_labels(self._table, self._wish.language, self._coding, of_missing),
            variable_format=formats(self._table, self._coding),
        )
        mark_missing(self._path)


def _measure(kind: str) -> str:
    return "nominal" if kind in ("text", "choice", "flag") else "scale"
