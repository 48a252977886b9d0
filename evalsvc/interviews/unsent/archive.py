"""A ZIP that packs nothing, as phones write it; read as a stranger's, for its maker had the public key and no more.

Nothing in it is larger than the archive itself, and nothing is ever written under a name that stands in it.
"""

import json
import os
import struct
import zipfile
from collections.abc import Collection, Sequence
from typing import Any, BinaryIO

from evalsvc.errors import InvalidError

END = struct.Struct("<4s4H2LH")
END_MARK, LARGE_MARK, LARGE_BYTES = b"PK\5\6", b"PK\6\7", 20
"""How a ZIP ends: its last record, and what stands before that in archives of more than 4 GB."""
LONGEST_DIRECTORY = LONGEST_LIST = 10_000_000
ENCRYPTED = 1
DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError, RuntimeError, struct.error)
"""What reading a damaged or unusual archive ends with."""


class Archive:
    """The entries of a ZIP, read one by one when they are asked for; every method may raise ``unsent.contents``."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive

    @property
    def names(self) -> Collection[str]:
        """Return the names of all entries."""
        return self._archive.NameToInfo.keys()

    def size(self, name: str) -> int:
        """Return how many bytes an entry has."""
        entry = self._archive.NameToInfo.get(name)
        if entry is None:
            raise disagreement(name)
        return entry.file_size

    def read(self, name: str) -> bytes:
        """Return the bytes of an entry."""
        try:
            return self._archive.read(name)
        except (*DAMAGE, KeyError):
            raise disagreement(name) from None

    def read_list(self, name: str) -> list[Any]:
        """Return the list that stands in an entry as JSON."""
        if self.size(name) > LONGEST_LIST:
            raise disagreement(name)
        try:
            rows = json.loads(self.read(name).decode("utf-8"))
        except (ValueError, RecursionError):
            raise disagreement(name) from None
        if not isinstance(rows, list):
            raise disagreement(name)
        return rows


def open_archive(file: BinaryIO) -> Archive:
    """Open the ZIP at the end of a file.

    Raises
    ------
    InvalidError
        ``unsent.contents``
    """
    size = file.seek(0, os.SEEK_END)
    try:
        _refuse_directory(file, size)
        archive = zipfile.ZipFile(file)
    except DAMAGE:
        raise disagreement("ZIP") from None
    _refuse_entries(archive.infolist(), size)
    return Archive(archive)


def disagreement(name: str) -> InvalidError:
    """Say where contents are not what they should be, by a name that may be anything."""
    return InvalidError("unsent.contents", name="".join(sign for sign in name if sign.isprintable())[:80])


def _refuse_directory(file: BinaryIO, size: int) -> None:
    """Refuse an archive whose directory would not fit into memory: it is read as a whole when one is opened."""
    file.seek(max(0, size - END.size - LARGE_BYTES))
    tail = file.read()
    mark, *_numbers, directory, _start, comment = END.unpack(tail[-END.size :])
    is_large = tail[: -END.size].startswith(LARGE_MARK)
    if mark != END_MARK or comment or is_large or directory > LONGEST_DIRECTORY:
        raise zipfile.BadZipFile


def _refuse_entries(entries: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Refuse what is packed, locked, twice there, or more than the archive can hold."""
    seen: set[str] = set()
    for entry in entries:
        packed = entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size
        if packed or entry.flag_bits & ENCRYPTED or entry.filename in seen:
            raise disagreement(entry.filename)
        seen.add(entry.filename)
    if sum(entry.file_size for entry in entries) > size:
        raise disagreement("ZIP")
