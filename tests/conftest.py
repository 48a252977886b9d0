"""What every test may use: a real PostgreSQL, found or started once a session.

In this order: the server of EVALSVC_TEST_DATABASE_URL, or one that the session starts (benchmarks/postgresql.py), which
listens on a socket in a temporary folder only and goes away with it.
"""

import gc
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from benchmarks.postgresql import running
from tests.demonstrated import Demonstrated, demonstrate_once
from tests.stamping_authority import StampingAuthority, running_authority

FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=60", "shared_buffers=32MB")


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[str]:
    """URL of a server (its maintenance database) in which tests may make databases; a session without one fails."""
    given = os.environ.get("EVALSVC_TEST_DATABASE_URL")
    if given:
        yield given
        return
    with running(FAST) as server:
        yield server.url


@pytest.fixture(scope="session")
def demonstrated(tmp_path_factory: pytest.TempPathFactory) -> Demonstrated:
    """The demonstration on SQLite, carried out once for all workers; tests leave it as it is."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return demonstrate_once(shared / "demonstrated")


@pytest.fixture
def stamping_authority(tmp_path: Path) -> Iterator[StampingAuthority]:
    """A time-stamping authority that answers on this machine."""
    folder = tmp_path / "authority"
    folder.mkdir()
    with running_authority(folder) as authority:
        yield authority


def pytest_collection_finish() -> None:
    """What is loaded stays to the end, so the collector need not look at it again and again: a sixth of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def pytest_configure() -> None:
    """Compile the words that are newer than their compiled form, so that tests read what stands in the catalogue."""
    for source in Path(__file__).parents[1].glob("evalsvc/translations/*/LC_MESSAGES/*.po"):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime >= source.stat().st_mtime:
            continue
        draft = compiled.with_suffix(f".{os.getpid()}")
        with source.open("rb") as words, draft.open("wb") as file:
            write_mo(file, read_po(words, locale=source.parts[-3]))
        draft.replace(compiled)
