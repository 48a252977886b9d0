"""The files that a draw is made of without the server: written once, the public log continued."""

import os
from collections.abc import Collection, Sequence
from datetime import UTC, datetime
from pathlib import Path

from evalsvc.draws import log
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


def refuse_entered(log_path: Path | None, kind: str, subjects: Collection[str]) -> None:
    """Refuse to enter what the log holds already: nothing can be taken out of it, and of two lines none could be right.

    Raises
    ------
    ConflictError
        ``draw.log_holds.commitment``, ``draw.log_holds.manifest``, ``draw.log_holds.list``
    """
    lines = () if log_path is None else log_lines(log_path)
    held = [line for line in lines if line.kind == kind and line.subject in subjects]
    if held:
        raise ConflictError(f"draw.log_holds.{kind.removeprefix('draw.')}", **_told(log_path, held))


def refuse_fork(log_path: Path | None, subject: str, manifest_sha256: str) -> None:
    """Refuse to go on from a manifest that the log says was gone on from already.

    Raises
    ------
    ConflictError
        ``draw.log_holds.continuation``
    """
    lines = () if log_path is None else log_lines(log_path)
    chain = [line for line in lines if line.subject == subject and line.kind in (log.MANIFEST, log.CONTINUATION)]
    if chain and chain[-1].sha256 != manifest_sha256:
        raise ConflictError("draw.log_holds.continuation", **_told(log_path, chain[-1:]))


def _told(log_path: Path | None, held: Sequence[ChainEntry]) -> dict[str, object]:
    """Say where lines stand and since when."""
    return {
        "file": str(log_path),
        "rows": [line.sequence for line in held],
        "subjects": [*dict.fromkeys(line.subject for line in held)],
        "sha256": held[0].sha256,
        "at": held[0].at,
    }


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
