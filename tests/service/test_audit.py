"""The audit chain: edits, gaps, reorders and a cut end are found, and concurrent writers keep one chain."""

import threading
from collections.abc import Callable

import pytest
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from click.testing import CliRunner
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from evalsvc import audit, migrate
from evalsvc.audit import FIRST_PREVIOUS, AuditHead, AuditRow
from evalsvc.cli import main
from evalsvc.db import Database
from evalsvc.errors import ConflictError
from evalsvc.store import Store


@pytest.fixture
def chain(database: Database) -> Database:
    """A database with six rows."""
    for number in range(1, 7):
        with database.transaction() as session:
            audit.record(session, "system", "trial.act", f"subject-{number}", {"number": number, "words": "中文"})
    return database


def codes(database: Database) -> list[tuple[int, str]]:
    with database.reading() as session:
        return [(each.sequence, each.code) for each in audit.verify(session).breaks]


def test_an_untouched_chain_is_whole(chain: Database) -> None:
    with chain.reading() as session:
        check = audit.verify(session)
        rows = session.scalars(select(AuditRow).order_by(AuditRow.sequence)).all()
    assert (check.rows, check.head, check.breaks) == (6, rows[-1].hash, ())
    assert [row.previous for row in rows] == [FIRST_PREVIOUS, *(row.hash for row in rows[:-1])]


def test_a_row_that_is_written_while_the_chain_is_checked_breaks_nothing(chain: Database) -> None:
    with chain.reading() as session:
        read_on = session.get

        def write_first(*given: object) -> object:
            with chain.transaction() as writing:
                audit.record(writing, "system", "trial.act", "meanwhile")
            return read_on(*given)

        session.get = write_first
        check = audit.verify(session)
    assert (check.rows, check.breaks) == (6, ())


def test_an_empty_chain_is_whole(database: Database) -> None:
    assert codes(database) == []


def cut_the_tail(session: Session) -> None:
    session.execute(delete(AuditRow).where(AuditRow.sequence > 4))


def cut_the_tail_and_move_the_head(session: Session) -> None:
    session.execute(delete(AuditRow).where(AuditRow.sequence > 4))
    session.execute(update(AuditHead).values(sequence=4))


def cut_everything(session: Session) -> None:
    session.execute(delete(AuditRow))


def remove_one(session: Session) -> None:
    session.execute(delete(AuditRow).where(AuditRow.sequence == 3))


def edit_details(session: Session) -> None:
    session.execute(update(AuditRow).where(AuditRow.sequence == 3).values(details={"number": 4, "words": "中文"}))


def edit_actor(session: Session) -> None:
    session.execute(update(AuditRow).where(AuditRow.sequence == 3).values(actor="somebody"))


def edit_and_hash_again(session: Session) -> None:
    row = session.get_one(AuditRow, 3)
    row.action = "trial.other"
    row.hash = audit.hash_of(row)


def reorder(session: Session) -> None:
    for old, new in ((3, 100), (4, 3), (100, 4)):
        session.execute(update(AuditRow).where(AuditRow.sequence == old).values(sequence=new))


def remove_the_head(session: Session) -> None:
    session.execute(delete(AuditHead))


def remove_everything(session: Session) -> None:
    session.execute(delete(AuditRow))
    session.execute(delete(AuditHead))


@pytest.mark.parametrize(
    ("tamper", "found"),
    [
        (cut_the_tail, [(4, "audit.end_missing")]),
        (cut_the_tail_and_move_the_head, [(4, "audit.end_missing")]),
        (cut_everything, [(0, "audit.end_missing")]),
        (remove_one, [(3, "audit.row_missing"), (4, "audit.chain_broken")]),
        (edit_details, [(3, "audit.row_changed")]),
        (edit_actor, [(3, "audit.row_changed")]),
        (edit_and_hash_again, [(4, "audit.chain_broken")]),
        (
            reorder,
            [
                (3, "audit.chain_broken"),
                (3, "audit.row_changed"),
                (4, "audit.chain_broken"),
                (4, "audit.row_changed"),
                (5, "audit.chain_broken"),
            ],
        ),
        (remove_the_head, [(6, "audit.head_missing")]),
        (remove_everything, [(0, "audit.head_missing")]),
    ],
)
def test_tampering_is_found(chain: Database, tamper: Callable[[Session], None], found: list[tuple[int, str]]) -> None:
    with chain.transaction() as session:
        tamper(session)
    assert codes(chain) == found


def test_nothing_is_recorded_without_a_head(chain: Database) -> None:
    with chain.transaction() as session:
        remove_the_head(session)
    with pytest.raises(ConflictError) as caught, chain.transaction() as session:
        audit.record(session, "system", "trial.act", "subject")
    assert caught.value.code == "audit.head_missing"


def test_a_refused_operation_leaves_no_row(chain: Database) -> None:
    with pytest.raises(RuntimeError), chain.transaction() as session:
        audit.record(session, "system", "trial.act", "subject")
        raise RuntimeError
    assert codes(chain) == []
    with chain.reading() as session:
        assert audit.verify(session).rows == 6


def test_concurrent_writers_keep_one_chain(database: Database) -> None:
    writers, rows = 6, 8
    together = threading.Barrier(writers)

    def write(name: str) -> None:
        together.wait()
        for number in range(rows):
            with database.transaction() as session:
                audit.record(session, name, "trial.act", str(number))

    threads = [threading.Thread(target=write, args=(f"writer-{number}",)) for number in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with database.reading() as session:
        check = audit.verify(session)
    assert (check.rows, check.breaks) == (writers * rows, ())


def stamp_newest(database: Database) -> None:
    """Write down the revision, without which commands refuse: tables of these tests are made from the models."""
    revisions = ScriptDirectory.from_config(migrate.alembic_configuration())
    with database.migration() as connection:
        MigrationContext.configure(connection).stamp(revisions, migrate.newest())


def test_the_command_prints_every_break_and_fails(
    chain: Database, database_url: str, store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("EVALSVC_DATABASE_URL", database_url)
    monkeypatch.setenv("EVALSVC_STORE_DIRECTORY", str(store.directory))
    monkeypatch.setenv("EVALSVC_SECRET_KEY", "k" * 40)
    stamp_newest(chain)
    whole = CliRunner().invoke(main, ["audit", "verify"])
    assert (whole.exit_code, "共 6 条" in whole.output) == (0, True)
    with chain.transaction() as session:
        remove_one(session)
    broken = CliRunner().invoke(main, ["audit", "verify", "--json"])
    assert broken.exit_code == 1
    assert '"ok": false' in broken.output
    assert '"audit.row_missing"' in broken.output
    told = CliRunner().invoke(main, ["audit", "verify"])
    assert "缺第 3 条记录" in told.output
