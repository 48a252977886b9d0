"""Two at once on PostgreSQL: one has done its work and not committed when the other comes."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from sqlalchemy import text
from sqlalchemy.orm import Session

from evalsvc.db import Database
from evalsvc.errors import EvalsvcError

WAITING = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
Work = Callable[[Session], Any]


@dataclass
class Came:
    """What the one who came second got: a value, or the code of a refusal."""

    value: Any = None
    code: str = ""
    fault: BaseException | None = field(default=None, repr=False)


Beside = Callable[[Work, Work], Came]


@pytest.fixture
def database_url(empty_postgresql: str) -> str:
    """URL of the database of a real server; SQLite has one writer at a time, who begins by taking the lock."""
    return empty_postgresql


@pytest.fixture
def beside(database: Database) -> Beside:
    """Run two works at once: beside(first, second); the first commits when the second waits for it or has ended."""

    def run(first: Work, second: Work) -> Came:
        came = Came()
        other = threading.Thread(target=_come, args=(database, second, came))
        with database.transaction() as session:
            first(session)
            other.start()
            _until_it_waits(database, other)
        other.join(10)
        assert not other.is_alive()
        if came.fault is not None:
            raise came.fault
        return came

    return run


def _come(database: Database, work: Work, came: Came) -> None:
    try:
        with database.transaction() as session:
            came.value = work(session)
    except EvalsvcError as error:
        came.code = error.code
    except BaseException as error:
        came.fault = error


def _until_it_waits(database: Database, other: threading.Thread) -> None:
    """Look until the other waits for a lock, or has ended without waiting."""
    with database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        for _ in range(2000):
            if not other.is_alive() or connection.scalar(text(WAITING)):
                return
            other.join(0.005)
    pytest.fail("the second neither waited nor ended")
