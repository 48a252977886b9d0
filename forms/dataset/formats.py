"""The formats by name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from forms.dataset.csv_file import csv_writer
from forms.dataset.json_file import json_writer
from forms.dataset.parquet_file import parquet_writer
from forms.dataset.spss_stata_file import spss_writer, stata_writer
from forms.dataset.variables import Schema
from forms.dataset.writing import DatasetWriter, Wish
from forms.dataset.xlsx_file import XlsxWriter

FORMATS: Mapping[str, Callable[[Schema, Wish], DatasetWriter]] = {
    "csv": csv_writer,
    "xlsx": XlsxWriter,
    "parquet": parquet_writer,
    "spss": spss_writer,
    "stata": stata_writer,
    "json": json_writer,
}
