"""Rows of a client's file in batches of text, whatever kind of file they stand in, and why a file gives none."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from sampling.complaint_list import ComplaintList
from sampling.errors import Complaint, complain
from sampling.frame_columns import Columns

FIRST_DATA_ROW = 2
"""The header is row 1; Parquet files, which have no header row, count the same way."""

BATCH_ROWS = 65_536
"""Rows that are in memory at a time."""

LONGEST_PROBLEM = 200
"""Characters of another program's error that are passed on."""

_LONG_NUMBER = re.compile(r"\d{15,}[\dXx]?")


class FileRefusedError(Exception):
    """Stop at a file that cannot be read as a list; the complaints say why."""

    def __init__(self, *complaints: Complaint) -> None:
        super().__init__(complaints)
        self.complaints = complaints


@dataclass(frozen=True)
class TextBatch:
    """Hold some rows of a file: its mapped columns as text, untidied, plain or as a dictionary.

    Parameters
    ----------
    columns : mapping
        Frame column: its texts.
    rows : numpy.ndarray, shape (number of rows,), int64
        Row of the file that each of them stands in.
    """

    columns: Mapping[str, pa.Array]
    rows: NDArray[np.int64]


@dataclass(frozen=True)
class OpenedFile:
    """Hold a file whose header holds what is wanted; its rows are read once, as they are asked for.

    Parameters
    ----------
    columns : Columns
        Where they stand; ``columns.unused`` are not taken in.
    encoding : str or None
        ``utf-8`` or ``gb18030`` for CSV.
    batches : callable
        Takes the list for complaints about rows; raises FileRefusedError where the file cannot be read further.
    """

    columns: Columns
    encoding: str | None
    batches: Callable[[ComplaintList], Iterator[TextBatch]]


def unreadable(file: str, problem: str) -> Complaint:
    """Complain in another program's words, without the numbers of persons that they may repeat."""
    line = (problem.strip().splitlines() or [""])[0]
    return complain("frame.file_unreadable", file=file, problem=_LONG_NUMBER.sub("…", line)[:LONGEST_PROBLEM])


def following_rows(first: int, count: int) -> NDArray[np.int64]:
    """Number rows that follow one another."""
    return np.arange(first, first + count, dtype=np.int64)
