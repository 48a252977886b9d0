"""From submissions to the files of a dataset, one interview at a time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from forms.dataset.codebook import Codebook, codebook
from forms.dataset.codebook_files import write_codebook
from forms.dataset.formats import FORMATS
from forms.dataset.metadata import Envelope
from forms.dataset.reading import Reader
from forms.dataset.release import Release
from forms.dataset.statistics import Statistics
from forms.dataset.variables import Schema
from forms.dataset.writing import Telling, Wish
from forms.definition import FormDefinition
from forms.instance import Instance

TELL_EVERY = 100
"""Interviews between two words on how far the work is."""


@dataclass(frozen=True)
class Source:
    """The interviews of a dataset: the versions of their form, the oldest first, and the submissions, counted."""

    definitions: Sequence[FormDefinition]
    submissions: Iterable[tuple[Instance, Envelope]]
    """Each is read once; the envelope names the version."""
    count: int


@dataclass(frozen=True)
class Plan:
    """What is made of the interviews: all columns, what is released of them, the name of a format, and how."""

    schema: Schema
    release: Release
    form: str
    """One of FORMATS."""
    wish: Wish


def make_dataset(source: Source, plan: Plan, tell: Telling) -> Codebook:
    """Write the tables and their codebook; what `tell` raises ends the work."""
    release = plan.release
    readers = readers_of(plan.schema, source.definitions)
    writer = FORMATS[plan.form](release.schema, plan.wish)
    statistics = Statistics(release.schema)
    try:
        tell(0, source.count)
        for number, (instance, envelope) in enumerate(source.submissions, start=1):
            rows = release.rows(readers[envelope.version].rows(instance, envelope))
            statistics.add(rows)
            writer.write(rows)
            if number % TELL_EVERY == 0:
                tell(number, source.count)
        writer.close(lambda _done, _all: tell(source.count, source.count))
    except BaseException:
        writer.abandon()
        raise
    book = codebook(release, statistics)
    write_codebook(book, plan.wish.folder)
    return book


def readers_of(schema: Schema, definitions: Sequence[FormDefinition]) -> Mapping[str, Reader]:
    """Give the reader of each version."""
    return {definition.version: Reader(schema, definition) for definition in definitions}


def files_in(folder: Path) -> list[Path]:
    """List the files that were made, in the order of their names."""
    return sorted(path for path in folder.rglob("*") if path.is_file())
