"""Make the file of a dataset from the interviews as they were sent, outside of any writing transaction."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.orm import Session

from evalsvc.durable import sync_directory
from evalsvc.instruments.dataset_package import Medium, pack, plain_file_name, scratch_folder
from evalsvc.instruments.dataset_readme import Circumstances, missing_labels, write_readmes
from evalsvc.interviews.datasets import queries
from evalsvc.interviews.datasets.sampled import Sampled, sampled
from evalsvc.interviews.datasets.values import DatasetWish
from evalsvc.interviews.datasets.variance_lines import variance_paragraphs
from evalsvc.store import Store
from evalsvc.words import LANGUAGES
from forms.dataset.making import Plan, Source, make_dataset
from forms.dataset.metadata import Envelope
from forms.dataset.release import deidentified_release, full_release
from forms.dataset.schema import schema_of
from forms.dataset.variables import INTERVIEWS
from forms.dataset.writing import Telling, Wish
from forms.instance import Instance, parse_instance

KEY_BYTES = 32


@dataclass(frozen=True)
class MadeFile:
    """What was made."""

    size: int
    interviews: int


@dataclass(frozen=True)
class Interviews:
    """The interviews of one evaluation, in one state of the database throughout."""

    session: Session
    store: Store
    evaluation_id: str

    def submissions(self, wish: DatasetWish, drawn: Sampled) -> Iterator[tuple[Instance, Envelope]]:
        """Read them from the bytes as they were sent."""
        found = queries.envelopes(self.session, self.evaluation_id, wish.form_id, wish.scope, drawn)
        for _, sha256, envelope in found:
            yield parse_instance(self.store.get(sha256)), envelope

    def media(self, wish: DatasetWish) -> Iterator[Medium]:
        """Find the files that came with them."""
        for instance_id, name, sha256 in queries.media_of(
            self.session, self.evaluation_id, wish.form_id, wish.scope
        ):  # fmt: skip
            yield Medium(plain_file_name(instance_id), name, self.store.path(sha256))


def make_file(interviews: Interviews, wish: DatasetWish, target: Path, tell: Telling) -> MadeFile:
    """Make the ZIP of a dataset; until it is whole nothing of it is seen under its name."""
    definitions = queries.definitions_of(interviews.session, interviews.store, interviews.evaluation_id, wish.form_id)
    drawn = sampled(interviews.session, interviews.store, interviews.evaluation_id)
    schema = schema_of(definitions, drawn.stages)
    # The key is forgotten with this function: nobody can join the pseudonyms of two files.
    release = full_release(schema) if wish.full else deidentified_release(schema, os.urandom(KEY_BYTES))
    count = queries.count(interviews.session, interviews.evaluation_id, wish.form_id, wish.scope)
    with scratch_folder(target.parent) as scratch:
        tables = scratch / "tables"
        tables.mkdir()
        source = Source(definitions, interviews.submissions(wish, drawn), count)
        options = Wish(tables, wish.language, missing_labels=missing_labels(wish.language))
        book = make_dataset(source, Plan(schema, release, wish.format, options), tell)
        told_of = drawn.among(
            queries.draws_told_of(interviews.session, interviews.evaluation_id, wish.form_id, wish.scope)
        )
        variance = {each: variance_paragraphs(told_of, each, wish.format, full=wish.full) for each in LANGUAGES}
        circumstances = Circumstances(wish.format, wish.scope, weighted=True, media=wish.media, variance=variance)
        write_readmes(book, circumstances, tables)
        packed = scratch / target.name
        pack(tables, _heeded(interviews.media(wish), tell, count) if wish.media else (), packed)
        _put(packed, target)
    rows = {table["name"]: table["rows"] for table in book.content["tables"]}
    return MadeFile(target.stat().st_size, rows[INTERVIEWS])


def _heeded(media: Iterator[Medium], tell: Telling, count: int) -> Iterator[Medium]:
    """Let the work be stopped while photos are packed too."""
    for medium in media:
        tell(count, count)
        yield medium


def _put(packed: Path, target: Path) -> None:
    with packed.open("rb") as file:
        os.fsync(file.fileno())
    packed.replace(target)
    sync_directory(target.parent)
