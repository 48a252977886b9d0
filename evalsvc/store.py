"""The file store: bytes in a folder under their SHA-256, written once, durable before they are named anywhere."""

import hashlib
import io
import os
import secrets
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import BinaryIO

from evalsvc.durable import PRIVATE, sync_directory
from evalsvc.errors import NotFoundError


class Store:
    """Keep files by their hash; a file never changes and is never removed by the service."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_directory(directory.parent)
        self._there: set[Path] = set()
        self._named_durably: set[str] = set()
        """Folders that this process has synced into the store's; another's may not have got so far."""

    def put(self, data: bytes) -> str:
        """Write bytes and return their SHA-256; return only when file and folder are on disk."""
        digest = self.lay(data)
        self.settle([digest])
        return digest

    def put_file(self, source: Path) -> str:
        """Write the bytes of a file that is already on disk, piece by piece."""
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            self._lay(digest, file)
        self.settle([digest])
        return digest

    def lay(self, data: bytes) -> str:
        """Write bytes and return their SHA-256; they are on disk, their name is so only after `settle`."""
        digest = hashlib.sha256(data).hexdigest()
        self._lay(digest, io.BytesIO(data))
        return digest

    def _lay(self, digest: str, source: BinaryIO) -> None:
        path = self._path(digest)
        if not path.exists():
            folder = path.parent
            if folder not in self._there:
                folder.mkdir(mode=0o700, exist_ok=True)
                self._there.add(folder)
            _write(path, source)

    def settle(self, digests: Iterable[str]) -> None:
        """Return when the names of files that lie there are on disk; each folder is synced once.

        Also of files that were there before: their writer may still be on the way to these lines.
        """
        folders = {digest[:2] for digest in digests}
        for folder in folders:
            sync_directory(self.directory / folder)
        if not folders <= self._named_durably:
            sync_directory(self.directory)
            self._named_durably |= folders

    def get(self, digest: str) -> bytes:
        """Return the bytes, checked against their name.

        Raises
        ------
        NotFoundError
            ``store.missing`` when there is no such file, ``store.damaged`` when its bytes no longer match.
        """
        path = self._path(digest)
        if not path.exists():
            raise NotFoundError("store.missing", sha256=digest)
        data = path.read_bytes()
        if hashlib.sha256(data).hexdigest() != digest:
            raise NotFoundError("store.damaged", sha256=digest)
        return data

    def open(self, digest: str) -> BinaryIO:
        """Open a stored file for reading."""
        return self.path(digest).open("rb")

    def path(self, digest: str) -> Path:
        """Return where a stored file lies, for libraries that read files themselves."""
        path = self._path(digest)
        if not path.exists():
            raise NotFoundError("store.missing", sha256=digest)
        return path

    def _path(self, digest: str) -> Path:
        if len(digest) != 64 or not set(digest) <= set("0123456789abcdef"):
            raise NotFoundError("store.missing", sha256=digest[:64])
        return self.directory / digest[:2] / digest


def _write(path: Path, source: BinaryIO) -> None:
    """Write aside, sync, and rename: the name stands for the whole file or for none."""
    part = path.with_name(f"part-{secrets.token_hex(8)}")
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE), "wb") as file:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        # Two writers of the same bytes may meet here; both names are right, and rename replaces atomically.
        part.replace(path)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
