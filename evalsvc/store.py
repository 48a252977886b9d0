"""The file store: bytes in a folder under their SHA-256, written once, durable before they are named anywhere."""

import hashlib
import io
import os
import shutil
import tempfile
from pathlib import Path
from typing import BinaryIO

from evalsvc.durable import sync_directory
from evalsvc.errors import NotFoundError


class Store:
    """Keep files by their hash; a file never changes and is never removed by the service."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        sync_directory(directory.parent)
        self._named_durably: set[str] = set()
        """Folders that this process has synced into the store's; another's may not have got so far."""

    def put(self, data: bytes) -> str:
        """Write bytes and return their SHA-256; return only when file and folder are on disk."""
        return self._keep(hashlib.sha256(data).hexdigest(), io.BytesIO(data))

    def put_file(self, source: Path) -> str:
        """Write the bytes of a file that is already on disk, piece by piece."""
        with source.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            return self._keep(digest, file)

    def _keep(self, digest: str, source: BinaryIO) -> str:
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(mode=0o700, exist_ok=True)
            _write(path, source)
        # Also when they were there: their writer may still be on the way to these lines.
        sync_directory(path.parent)
        if path.parent.name not in self._named_durably:
            sync_directory(self.directory)
            self._named_durably.add(path.parent.name)
        return digest

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
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix="part-", delete=False) as file:
        part = Path(file.name)
        try:
            shutil.copyfileobj(source, file)
            file.flush()
            os.fsync(file.fileno())
        except BaseException:
            part.unlink()
            raise
    # Two writers of the same bytes may meet here; both names are right, and rename replaces atomically.
    part.replace(path)
