"""Tables as Parquet with their real types; what the codebook says stands in the metadata of each column."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from forms.dataset.variables import Missing, Row, Schema, Table, Variable
from forms.dataset.writing import FileForEachTable, Telling, Wish

if TYPE_CHECKING:
    import pyarrow as pa

COMPRESSION = "zstd"


def parquet_writer(schema: Schema, wish: Wish) -> FileForEachTable:
    """Open one Parquet file for each table."""
    return FileForEachTable(schema, lambda table: _ParquetFile(table, wish))


class _ParquetFile:
    """One table: a row group for each batch, so that memory holds no more than one."""

    def __init__(self, table: Table, wish: Wish) -> None:
        from pyarrow import parquet  # noqa: PLC0415 (a fifth of a second, which other formats need not wait for)

        self._schema = arrow_schema(table)
        self._writer = parquet.ParquetWriter(
            wish.folder / f"{table.name}.parquet", self._schema, compression=COMPRESSION
        )

    def add(self, rows: Sequence[Row]) -> None:
        """Write some rows."""
        self._writer.write_batch(_batch(self._schema, rows))

    def close(self, tell: Telling) -> None:
        """Finish the file."""
        self._writer.close()

    def abandon(self) -> None:
        """Let go of a file that will not be finished."""
        self._writer.close()


def arrow_schema(table: Table) -> pa.Schema:
    """Give the columns with their types and what they mean."""
    import pyarrow as pa  # noqa: PLC0415 (as above)

    types: Mapping[str, pa.DataType] = {
        "integer": pa.int64(),
        "decimal": pa.float64(),
        "date": pa.date32(),
        "time": pa.time64("us"),
        "datetime": pa.timestamp("us", tz="UTC"),
        "text": pa.string(),
        "choice": pa.dictionary(pa.int32(), pa.string()),
        "flag": pa.int8(),
    }
    return pa.schema([pa.field(each.name, types[each.kind], metadata=_meaning(each)) for each in table.variables])


def _meaning(variable: Variable) -> dict[str, str]:
    """Give label, path and values as JSON, which readers of any language find beside the type."""
    values = {each.value: dict(each.labels) for each in variable.values}
    found: dict[str, Any] = {"labels": dict(variable.labels), "path": variable.path, "values": values}
    return {name: json.dumps(value, ensure_ascii=False) for name, value in found.items() if value}


def _batch(schema: pa.Schema, rows: Sequence[Row]) -> pa.RecordBatch:
    import pyarrow as pa  # noqa: PLC0415 (as above)

    columns = zip(*rows, strict=True)
    arrays = [
        pa.array([None if isinstance(cell, Missing) else cell for cell in column], field.type)
        for field, column in zip(schema, columns, strict=True)
    ]
    return pa.record_batch(arrays, schema=schema)
