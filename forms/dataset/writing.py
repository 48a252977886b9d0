"""What the writers of files have in common: what they are told, what they promise, words that fit into a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from forms.dataset.variables import Missing, Row, Rows, Schema, Table, ValueLabel

Telling = Callable[[int, int], None]
"""Called with how much of the work is done and how much there is in all; what it raises ends the work."""
BATCH = 2_000
"""Rows that wait in memory before they are written."""


@dataclass(frozen=True)
class Wish:
    """How files are to be written."""

    folder: Path
    language: str = "zh"
    """Language of the labels in files that hold one label for each variable."""
    mark_bytes: bool = True
    """Whether CSV begins with the byte order mark that Excel needs to read Chinese."""
    missing_labels: Mapping[Missing, str] | None = None
    """What the kinds of missing are called, where a file names them."""


class DatasetWriter(Protocol):
    """Write a release into files of one format, interview by interview."""

    def write(self, rows: Rows) -> None:
        """Write the rows of one interview."""

    def close(self, tell: Telling) -> None:
        """Finish the files."""

    def abandon(self) -> None:
        """Let go of files that will not be finished; whoever made their folder removes it."""


class TableFile(Protocol):
    """Write the rows of one table into a file of its own."""

    def add(self, rows: Sequence[Row]) -> None:
        """Write some rows."""

    def close(self, tell: Telling) -> None:
        """Finish the file."""

    def abandon(self) -> None:
        """Let go of a file that will not be finished."""


class FileForEachTable:
    """Write every table into a file of its own, in batches."""

    def __init__(self, schema: Schema, opened: Callable[[Table], TableFile]) -> None:
        self._files = {table.name: opened(table) for table in schema.tables}
        self._waiting: dict[str, list[Row]] = {table.name: [] for table in schema.tables}

    def write(self, rows: Rows) -> None:
        """Write the rows of one interview."""
        for name, found in rows.items():
            waiting = self._waiting[name]
            waiting += found
            if len(waiting) >= BATCH:
                self._flush(name)

    def _flush(self, name: str) -> None:
        """Write what waits; ten thousand rows of one interview are several batches too."""
        waiting, self._waiting[name] = self._waiting[name], []
        for start in range(0, len(waiting), BATCH):
            self._files[name].add(waiting[start : start + BATCH])

    def close(self, tell: Telling) -> None:
        """Finish the files."""
        for name, file in self._files.items():
            self._flush(name)
            file.close(tell)

    def abandon(self) -> None:
        """Let go of files that will not be finished."""
        for file in self._files.values():
            file.abandon()


def one_line(text: str) -> str:
    """Put a label into one line."""
    return " ".join(text.split())


def label_in_bytes(text: str, most: int) -> str:
    """Cut a label to the bytes that a format allows, between two signs."""
    data = one_line(text).encode("utf-8")
    return data.decode("utf-8") if len(data) <= most else data[: most - 3].decode("utf-8", "ignore") + "…"


def value_label(each: ValueLabel, language: str) -> str:
    """Give a value's label in a language, else in any, else the value."""
    return each.labels.get(language) or next((text for text in each.labels.values() if text), "") or each.value
