"""The folder of a run: made beside the wanted one, which it replaces only when it stands whole."""

import fcntl
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from evalsvc.errors import ConflictError, InvalidError

MARK = "DEMONSTRATION.txt"
DATABASES = "*/*.sqlite3"
"""Where a finished run keeps the database of its service."""
MARK_TEXT = (
    "本文件夹由 evalsvc demo 生成，全部为模拟数据，可整体删除；再次运行会整体替换。\n"
    "Made by evalsvc demo: simulated data throughout. It may be deleted; another run replaces it as a whole.\n"
)


@dataclass(frozen=True)
class Folder:
    """Say where a run works, and what it found there."""

    work: Path
    """Where this run writes."""
    wanted: Path
    """Where the result will stand."""
    started_anew: bool
    """Whether an earlier run had been interrupted; its remains were removed."""
    replaces: bool
    """Whether a finished run stands in the wanted place until this one is done."""


@contextmanager
def prepared(wanted: Path) -> Iterator[Folder]:
    """Hand out a work folder; put it in the wanted place when the block ends well, remove it when it does not.

    Raises
    ------
    InvalidError
        ``demonstration.folder_not_ours`` when the wanted folder holds something else.
    ConflictError
        ``demonstration.running`` when another run works for the same folder, ``demonstration.served`` when a server
        still shows the finished one: it would go on with data that are gone.
    """
    wanted = wanted.absolute()
    _require_ours(wanted)
    wanted.parent.mkdir(parents=True, exist_ok=True)
    work = wanted.with_name(f".{wanted.name}.unfinished")
    with _alone(wanted):
        _finish_exchange(wanted)
        if any(map(_in_use, wanted.glob(DATABASES))):
            raise ConflictError("demonstration.served", folder=str(wanted))
        started_anew = work.exists()
        shutil.rmtree(work, ignore_errors=True)
        work.mkdir(mode=0o700)
        try:
            yield Folder(work, wanted, started_anew, (wanted / MARK).exists())
            (work / MARK).write_text(MARK_TEXT, encoding="utf-8")
            _put_in_place(work, wanted)
        except BaseException:
            shutil.rmtree(work, ignore_errors=True)
            raise


def _require_ours(wanted: Path) -> None:
    if wanted in (Path.cwd(), Path(wanted.anchor)) or (wanted.exists() and not wanted.is_dir()):
        raise InvalidError("demonstration.folder_not_ours", folder=str(wanted))
    if wanted.is_dir() and any(wanted.iterdir()) and not (wanted / MARK).exists():
        raise InvalidError("demonstration.folder_not_ours", folder=str(wanted))


def _in_use(database: Path) -> bool:
    """Tell whether another process has a database open: only the last one may leave the write-ahead log."""
    with closing(sqlite3.connect(database, timeout=0, isolation_level=None)) as connection:
        try:
            connection.execute("PRAGMA journal_mode = DELETE")
            connection.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError:
            return True
        except sqlite3.DatabaseError:
            return False
    return False


@contextmanager
def _alone(wanted: Path) -> Iterator[None]:
    """Hold a lock beside the wanted folder; the system lets go of it however the process ends."""
    path = wanted.with_name(f".{wanted.name}.lock")
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        if not _locked(descriptor, path):
            raise ConflictError("demonstration.running", folder=str(wanted))
        try:
            yield
        finally:
            path.unlink(missing_ok=True)
    finally:
        os.close(descriptor)


def _locked(descriptor: int, path: Path) -> bool:
    """Take the lock; the file of one that has just ended is no lock any more."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return path.exists() and path.stat().st_ino == os.fstat(descriptor).st_ino


def _put_in_place(work: Path, wanted: Path) -> None:
    """Exchange the folders by two renames; the old one goes last."""
    previous = _previous(wanted)
    if wanted.exists():
        wanted.rename(previous)
    work.rename(wanted)
    shutil.rmtree(previous, ignore_errors=True)


def _finish_exchange(wanted: Path) -> None:
    """Bring back the old folder if a run was killed between the two renames, else remove what is left of it."""
    previous = _previous(wanted)
    if previous.exists() and not wanted.exists():
        previous.rename(wanted)
    shutil.rmtree(previous, ignore_errors=True)


def _previous(wanted: Path) -> Path:
    return wanted.with_name(f".{wanted.name}.previous")
