"""Pages of rows for BI tools, read from the interviews as they were sent; always de-identified."""

from collections.abc import Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy.orm import Session

from evalsvc.errors import InvalidError
from evalsvc.interviews.datasets import queries
from evalsvc.interviews.datasets.sampled import Sampled, sampled
from evalsvc.interviews.datasets.values import STANDING, Position
from evalsvc.interviews.feed.odata import Query
from evalsvc.interviews.feed.pages import NextPage, PageSeal
from evalsvc.sealing import derived_key
from evalsvc.store import Store
from forms.dataset.json_file import json_value
from forms.dataset.making import readers_of
from forms.dataset.reading import Reader
from forms.dataset.release import Release, deidentified_release
from forms.dataset.schema import schema_of
from forms.dataset.variables import INTERVIEWS, Row
from forms.instance import parse_instance

LOOKED_THROUGH, MOST_ROWS = 500, 5_000
"""Interviews that are read, and rows after which no further one is read, for one page."""


@dataclass(frozen=True)
class Feed:
    """The tables of one form's interviews."""

    session: Session
    store: Store
    evaluation_id: str
    form_id: str
    release: Release
    readers: Mapping[str, Reader]
    drawn: Sampled


@dataclass
class FeedPage:
    """One page: its rows as JSON has them, and where the next one begins."""

    rows: list[Mapping[str, object]] = field(default_factory=list)
    next_token: str | None = None
    count: int | None = None


def open_feed(session: Session, store: Store, evaluation_id: str, form_id: str, secret_key: str) -> Feed:
    """Open the feed of a form; pseudonyms stay the same from day to day, so that readers can refresh what they have.

    Raises
    ------
    NotFoundError
        ``instrument.unknown_form``
    """
    definitions = queries.definitions_of(session, store, evaluation_id, form_id)
    drawn = sampled(session, store, evaluation_id)
    schema = schema_of(definitions, drawn.stages)
    # Another key for every form: what villages answer themselves names them, and must not join households to names.
    purpose = f"evalsvc feed of answers {evaluation_id} {form_id}"
    release = deidentified_release(schema, derived_key(secret_key, purpose.encode("utf-8")))
    return Feed(session, store, evaluation_id, form_id, release, readers_of(schema, definitions), drawn)


def page_of(feed: Feed, query: Query, seal: PageSeal) -> FeedPage:
    """Read one page.

    Raises
    ------
    InvalidError
        ``dataset.feed_count`` where rows could only be counted by reading all of them
    """
    page = FeedPage(count=_count(feed, query) if query.with_count else None)
    skip, left = query.skip, query.top
    found = queries.envelopes(feed.session, feed.evaluation_id, feed.form_id, STANDING, feed.drawn, query.after)
    looked: list[Position] = []
    with closing(found):
        for position, sha256, envelope in found:
            if left == 0:
                break
            if len(looked) == LOOKED_THROUGH or len(page.rows) >= MOST_ROWS:
                page.next_token = seal.written(NextPage(looked[-1], skip, left))
                break
            looked.append(position)
            rows = feed.readers[envelope.version].rows(parse_instance(feed.store.get(sha256)), envelope)
            fitting = [row for row in feed.release.rows(rows)[query.table.name] if query.passes(row)]
            given, skip = fitting[skip:], max(0, skip - len(fitting))
            taken = given if left is None else given[:left]
            left = None if left is None else left - len(taken)
            page.rows += _objects(query, taken)
    return page


def _objects(query: Query, rows: list[Row]) -> Iterator[Mapping[str, object]]:
    names = [query.table.variables[place].name for place in query.columns]
    for row in rows:
        yield {name: json_value(row[place]) for name, place in zip(names, query.columns, strict=True)}


def _count(feed: Feed, query: Query) -> int:
    if query.tests or query.table.name != INTERVIEWS:
        raise InvalidError("dataset.feed_count")
    return queries.count(feed.session, feed.evaluation_id, feed.form_id, STANDING)
