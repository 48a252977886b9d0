"""The contents of a file of unsent interviews: a ZIP that packs nothing, with the list of what is in it.

Its maker had the public key and no more, so it is read as a stranger's: what it holds is what its list names, nothing
is larger than the file itself, and nothing is ever written under a name that stands in it.
"""

import json
import os
import re
import struct
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, BinaryIO

from evalsvc.errors import InvalidError
from forms.answer_types import is_file_name

MANIFEST = "manifest.json"
LONGEST_MANIFEST = 10_000_000
END = struct.Struct("<4s4H2LH")
END_MARK, LARGE_MARK, LARGE_BYTES = b"PK\5\6", b"PK\6\7", 20
"""How a ZIP ends: its last record, and what stands before that in archives of more than 4 GB."""
LONGEST_DIRECTORY = 10_000_000
LONGEST_TEXT = 1000
ENCRYPTED = 1
FOLDER = re.compile(r"\d{4,6}", re.ASCII)
SHA256 = re.compile(r"[0-9a-f]{64}")
DAMAGE = (zipfile.BadZipFile, zipfile.LargeZipFile, EOFError, OSError, ValueError, RuntimeError, struct.error)
"""What reading a damaged or unusual archive ends with."""


@dataclass(frozen=True)
class UnsentFile:
    """A file of an interview, by its name and the hash of its bytes."""

    name: str
    sha256: str


@dataclass(frozen=True)
class UnsentInterview:
    """One interview of the list."""

    folder: str
    instance_id: str
    form_id: str
    version: str
    sha256: str
    files: tuple[UnsentFile, ...]

    @property
    def xml_name(self) -> str:
        """Return where its XML stands in the archive."""
        return f"{self.folder}/submission.xml"

    def file_name(self, file: UnsentFile) -> str:
        """Return where one of its files stands in the archive."""
        return f"{self.folder}/files/{file.name}"


class Contents:
    """The interviews of an archive; their bytes are read one by one when they are asked for."""

    def __init__(self, archive: zipfile.ZipFile, interviews: Sequence[UnsentInterview]) -> None:
        self._archive = archive
        self.interviews = tuple(interviews)

    def size(self, name: str) -> int:
        """Return how many bytes an entry of the archive has."""
        return self._archive.getinfo(name).file_size

    def read(self, name: str) -> bytes:
        """Return the bytes of an entry.

        Raises
        ------
        InvalidError
            ``unsent.contents``
        """
        return _read(self._archive, name)


def open_contents(plain: BinaryIO) -> Contents:
    """Open decrypted contents, once the archive and its list agree to the last entry.

    Raises
    ------
    InvalidError
        ``unsent.contents``
    """
    try:
        _refuse_directory(plain)
        archive = zipfile.ZipFile(plain)
    except DAMAGE:
        raise _disagreement("ZIP") from None
    _refuse_entries(archive.infolist(), plain.seek(0, os.SEEK_END))
    interviews = list(_listed(archive))
    named = Counter(name for each in interviews for name in (each.xml_name, *map(each.file_name, each.files)))
    found = {entry.filename for entry in archive.infolist()} - {MANIFEST}
    odd = (named.keys() ^ found) | {name for name, times in named.items() if times > 1}
    if odd:
        raise _disagreement(min(odd))
    return Contents(archive, interviews)


def _refuse_directory(plain: BinaryIO) -> None:
    """Refuse an archive whose directory would not fit into memory: it is read as a whole when one is opened."""
    size = plain.seek(0, os.SEEK_END)
    plain.seek(max(0, size - END.size - LARGE_BYTES))
    tail = plain.read()
    mark, *_numbers, directory, _start, comment = END.unpack(tail[-END.size :])
    large = tail[: -END.size].startswith(LARGE_MARK)
    if mark != END_MARK or comment or large or directory > LONGEST_DIRECTORY:
        raise zipfile.BadZipFile


def _refuse_entries(entries: Sequence[zipfile.ZipInfo], size: int) -> None:
    """Refuse what is packed, locked, twice there, or more than the archive can hold."""
    seen: set[str] = set()
    for entry in entries:
        packed = entry.compress_type != zipfile.ZIP_STORED or entry.file_size != entry.compress_size
        if packed or entry.flag_bits & ENCRYPTED or entry.filename in seen:
            raise _disagreement(entry.filename)
        seen.add(entry.filename)
    if sum(entry.file_size for entry in entries) > size:
        raise _disagreement("ZIP")


def _listed(archive: zipfile.ZipFile) -> Iterator[UnsentInterview]:
    """Read the list of the interviews; each has a folder of its own."""
    entry = next((each for each in archive.infolist() if each.filename == MANIFEST), None)
    if entry is None or entry.file_size > LONGEST_MANIFEST:
        raise _disagreement(MANIFEST)
    try:
        rows = json.loads(_read(archive, MANIFEST).decode("utf-8"))
        interviews = [_interview(row) for row in rows]
    except (ValueError, TypeError, KeyError, RecursionError):
        raise _disagreement(MANIFEST) from None
    if len({each.folder for each in interviews}) != len(interviews):
        raise _disagreement(MANIFEST)
    yield from interviews


def _interview(row: Any) -> UnsentInterview:
    files = tuple(UnsentFile(_file_name(each["name"]), _match(SHA256, each["sha256"])) for each in row["files"])
    texts = {name: _text(row[name]) for name in ("instance_id", "form_id", "version")}
    return UnsentInterview(_match(FOLDER, row["folder"]), **texts, sha256=_match(SHA256, row["sha256"]), files=files)


def _file_name(name: Any) -> str:
    text = _text(name)
    if not text.strip() or not is_file_name(text):
        raise ValueError(MANIFEST)
    return text


def _text(value: Any) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or b"\0" in value.encode("utf-8"):
        raise ValueError(MANIFEST)
    return value


def _match(pattern: re.Pattern[str], value: Any) -> str:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        raise ValueError(MANIFEST)
    return value


def _read(archive: zipfile.ZipFile, name: str) -> bytes:
    """Read an entry, never more of it than it announces."""
    try:
        return archive.read(name)
    except (*DAMAGE, KeyError):
        raise _disagreement(name) from None


def _disagreement(name: str) -> InvalidError:
    return InvalidError("unsent.contents", name="".join(sign for sign in name if sign.isprintable())[:80])
