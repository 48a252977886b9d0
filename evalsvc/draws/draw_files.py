"""The files that a draw is made of without the server: written once, the public log continued."""

import os
from datetime import UTC, datetime
from pathlib import Path

from evalsvc.durable import append, write_new
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.text_files import read_text
from sampling.chain import ChainEntry, chain_entry, entry_time, read_chain, write_chain


def refuse_taken(*paths: Path) -> None:
    """Refuse to write over a file, and where nothing can be written."""
    for path in paths:
        if path.exists():
            raise ConflictError("draw.file_exists", file=str(path))
        refuse_unwritable(path)


def refuse_broken(log_path: Path | None) -> None:
    """Refuse before anything is written what could not be entered in the log afterwards."""
    if log_path is not None:
        refuse_unwritable(log_path)
        log_lines(log_path)


def refuse_unwritable(path: Path) -> None:
    """Refuse a file that cannot be written: a draw's files stand all or not at all."""
    if not os.access(path.parent, os.W_OK) or (path.exists() and not os.access(path, os.W_OK)):
        raise ConflictError("draw.cannot_write", file=str(path))


def write_text(path: Path, text: str, *, private: bool = False) -> None:
    """Write a new file, durably."""
    try:
        write_new(path, text.encode("utf-8"), private=private)
    except FileExistsError:
        raise ConflictError("draw.file_exists", file=str(path)) from None


def append_line(path: Path | None, kind: str, subject: str, sha256: str) -> None:
    """Continue a log file, after checking the chain that stands there."""
    if path is None:
        return
    lines = log_lines(path)
    last = lines[-1] if lines else None
    line = chain_entry(last, kind=kind, subject=subject, sha256=sha256, at=entry_time(last, now()))
    append(path, write_chain([line]).encode("utf-8"))


def log_lines(path: Path) -> tuple[ChainEntry, ...]:
    """Read a log file whose chain is whole; one that is still to be begun has no lines."""
    if not path.exists():
        return ()
    reading = read_chain(read_text(path), file=path.name)
    if reading.complaints:
        raise InvalidError("draw.log_broken", reading.complaints, file=path.name, count=len(reading.complaints))
    return reading.entries


def now() -> str:
    """Return the time as files write it: UTC, whole seconds."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
