"""Write files that are on disk, whole, before anybody is told of them."""

import os
import secrets
from collections.abc import Iterable
from pathlib import Path

PRIVATE, OPEN_TO_READ = 0o600, 0o666
"""Permissions of a new file, before the process's mask: its owner's alone, or as usual."""


def write_new(path: Path, data: bytes | Iterable[bytes], *, private: bool = False) -> None:
    """Write a new file; its name appears when all of it is on disk, and never takes the place of another file.

    Parts are written as they come; where making one of them fails, there is no file.

    Raises
    ------
    FileExistsError
        Something has that name already, also when another process was faster.
    """
    draft = _draft(path)
    try:
        _write_through(draft, data, PRIVATE if private else OPEN_TO_READ)
        path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
    sync_directory(path.parent)


def write_whole(path: Path, data: bytes) -> None:
    """Write a file, in place of the one of that name if there is one; until all is on disk nothing of it is seen."""
    path = path.resolve()  # behind a link the file itself is replaced, not the link
    draft = _draft(path)
    try:
        _write_through(draft, data, OPEN_TO_READ)
        draft.replace(path)
    finally:
        draft.unlink(missing_ok=True)
    sync_directory(path.parent)


def append(path: Path, data: bytes) -> None:
    """Write at the end of a file, made if need be, and return when it is on disk."""
    _write_through(path, data, OPEN_TO_READ, os.O_APPEND)
    sync_directory(path.parent)


def sync_directory(directory: Path) -> None:
    """Return when the names in a folder are on disk."""
    descriptor = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _draft(path: Path) -> Path:
    """Name a file in the same folder, so that it can be linked or renamed, as nobody else does."""
    return path.with_name(f".{path.name[:80]}.{secrets.token_hex(8)}")


def _write_through(path: Path, data: bytes | Iterable[bytes], mode: int, way: int = os.O_EXCL) -> None:
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | way, mode), "wb") as file:
        file.writelines([data] if isinstance(data, bytes) else data)
        file.flush()
        os.fsync(file.fileno())
