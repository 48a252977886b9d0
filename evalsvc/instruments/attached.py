"""Files given beside a form: one by one or in a ZIP, read into memory within limits and under plain names."""

import io
import mimetypes
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import PurePosixPath

from evalsvc.errors import InvalidError
from forms.answer_types import is_file_name
from forms.complaint import Complaint

MOST_FILES = 500
MOST_BYTES = 200_000_000
"""Of all files beside one form, unpacked."""
CONTENT_TYPES = {
    "csv": "text/csv",
    "geojson": "application/geo+json",
    "json": "application/json",
    "xml": "text/xml",
}
"""Types of tables; those of media are told by the ending as well, never by who uploads."""
NOT_FILES = frozenset({"__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini"})
"""What systems put into archives of their own accord."""
UTF8_FLAG, ENCRYPTED_FLAG = 0x800, 0x1

Given = tuple[str, bytes]


def attached_files(given: Iterable[Given]) -> dict[str, bytes]:
    """Return the files by name; a ZIP is unpacked, folders inside it are left out of the names.

    Raises
    ------
    InvalidError
        ``instrument.files_refused`` with every file that cannot be taken.
    """
    complaints: list[Complaint] = []
    kept: dict[str, bytes] = {}
    for name, content in _unpacked(given, complaints):
        if not name.strip() or not is_file_name(name):
            complaints.append(_complaint("instrument.file_name", name=name[:80]))
        elif kept.setdefault(name, content) != content:
            complaints.append(_complaint("instrument.file_twice", name=name))
    if len(kept) > MOST_FILES:
        complaints.append(_complaint("instrument.files_many", count=len(kept), limit=MOST_FILES))
    if sum(map(len, kept.values())) > MOST_BYTES:
        complaints.append(_complaint("instrument.files_large", limit=MOST_BYTES // 1_000_000))
    if complaints:
        raise InvalidError("instrument.files_refused", complaints, count=len(complaints))
    return kept


def content_type_of(name: str) -> str:
    """Return the type by which a file is sent."""
    ending = name.rpartition(".")[2].lower()
    return CONTENT_TYPES.get(ending) or mimetypes.guess_type(name)[0] or "application/octet-stream"


def _unpacked(given: Iterable[Given], complaints: list[Complaint]) -> Iterator[Given]:
    for name, content in given:
        if not name.lower().endswith(".zip"):
            yield name, content
            continue
        try:
            yield from _members(name, content, complaints)
        except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
            complaints.append(_complaint("instrument.archive_damaged", name=name))


def _members(archive: str, content: bytes, complaints: list[Complaint]) -> Iterator[Given]:
    """Read an archive; what it says of its size is refused before anything is unpacked, and holds while unpacking."""
    with zipfile.ZipFile(io.BytesIO(content)) as opened:
        members = [each for each in opened.infolist() if not each.is_dir()]
        if len(members) > MOST_FILES:
            complaints.append(_complaint("instrument.files_many", count=len(members), limit=MOST_FILES))
        elif sum(each.file_size for each in members) > MOST_BYTES:
            complaints.append(_complaint("instrument.files_large", limit=MOST_BYTES // 1_000_000))
        else:
            for each in members:
                yield from _member(opened, each, archive, complaints)


def _member(
    opened: zipfile.ZipFile, member: zipfile.ZipInfo, archive: str, complaints: list[Complaint]
) -> Iterator[Given]:
    path = PurePosixPath(_name_of(member).replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or any(part.endswith(":") for part in path.parts):
        complaints.append(_complaint("instrument.archive_path", name=str(path)[:80], archive=archive))
    elif member.flag_bits & ENCRYPTED_FLAG:
        complaints.append(_complaint("instrument.archive_locked", name=archive))
    elif not NOT_FILES.intersection(path.parts):
        yield path.name, opened.read(member)


def _name_of(member: zipfile.ZipInfo) -> str:
    """Return a member's name; without the mark of UTF-8 it is in what Windows in Chinese writes, or UTF-8 after all."""
    if member.flag_bits & UTF8_FLAG or member.filename.isascii():
        return member.filename
    raw = member.filename.encode("cp437", "replace")
    for encoding in ("utf-8", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    return member.filename


def _complaint(code: str, **details: str | int) -> Complaint:
    return Complaint("form", code, details=details)
