"""The file of a workbook: what it is, whether it may be opened, and its sheets as rows."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData, get_xlsform, is_csv, is_markdown_table

from forms.complaint import Complaint, shortened
from forms.workbook_sheets import SHEETS, RefusedError, new_sheets, old_sheets, refuse_table

MAX_FILE_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_MEMBERS = 2_000
MAX_LINES = 200_000
MAX_XML_BYTES = 60_000_000
MAX_TAGS = 2_000_000
"""Opening and closing tags of all parts that are XML; each costs memory, however short it is."""
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_LOCKED = "EncryptedPackage".encode("utf-16-le")
_WORKBOOK_PART = "xl/workbook.xml"
_DOCUMENT_TYPE = b"<!DOCTYPE"
_CHUNK = 1 << 20


def read_sheets(data: bytes) -> DefinitionData:
    """Read the sheets; raise RefusedError for what is none, damaged, dangerous or too large."""
    kind = _file_type(data)
    try:
        return _sheets(data, kind)
    except RefusedError:
        raise
    except Exception as problem:
        # openpyxl, xlrd and the readers of text tables meet damaged files with errors of every kind.
        if kind == ".csv" and not isinstance(problem, PyXFormError):
            raise RefusedError(_complaint("workbook.not_a_form")) from problem
        raise RefusedError(_complaint("workbook.damaged", reason=_reason(problem))) from problem


def _sheets(data: bytes, kind: str) -> DefinitionData:
    if kind == ".xlsx":
        return get_xlsform(new_sheets(data))
    if kind == ".xls":
        return get_xlsform(old_sheets(data))
    if data.count(b"\n") > MAX_LINES:
        raise RefusedError(_complaint("workbook.too_many_rows", limit=MAX_LINES))
    sheets = get_xlsform(data, file_type=kind)
    for name in SHEETS:
        refuse_table(name, getattr(sheets, name) or ())
    return sheets


def _file_type(data: bytes) -> str:
    if len(data) > MAX_FILE_BYTES:
        raise RefusedError(_complaint("workbook.too_large", size=len(data), limit=MAX_FILE_BYTES))
    if data.startswith(_OLD_EXCEL):
        # A workbook with a password is a file of this sort too, whatever it holds.
        if _LOCKED in data:
            raise RefusedError(_complaint("workbook.locked"))
        return ".xls"
    if data.startswith(_ZIP):
        _open_archive(data)
        return ".xlsx"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise RefusedError(_complaint("workbook.encoding", position=problem.start)) from problem
    if is_markdown_table(text):
        return ".md"
    if is_csv(text):
        return ".csv"
    raise RefusedError(_complaint("workbook.not_a_form"))


def _open_archive(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            _refuse_bombs(archive)
            if _WORKBOOK_PART not in archive.namelist():
                raise RefusedError(_complaint("workbook.not_a_form"))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, OSError, EOFError) as problem:
        raise RefusedError(_complaint("workbook.damaged", reason=_reason(problem))) from problem


def _refuse_bombs(archive: zipfile.ZipFile) -> None:
    members = archive.infolist()
    unpacked = sum(member.file_size for member in members)
    if unpacked > MAX_UNPACKED_BYTES:
        raise RefusedError(_complaint("workbook.unpacks_too_large", size=unpacked, limit=MAX_UNPACKED_BYTES))
    if len(members) > MAX_MEMBERS:
        raise RefusedError(_complaint("workbook.too_many_parts", parts=len(members), limit=MAX_MEMBERS))
    read = [member for member in members if member.filename.endswith((".xml", ".rels"))]
    written = sum(member.file_size for member in read)
    if written > MAX_XML_BYTES:
        raise RefusedError(_complaint("workbook.unpacks_too_large", size=written, limit=MAX_XML_BYTES))
    tags = 0
    for member in read:
        with archive.open(member) as part:
            tags += _tags(part, member.filename)
        if tags > MAX_TAGS:
            raise RefusedError(_complaint("workbook.too_many_tags", limit=MAX_TAGS))


def _tags(part: IO[bytes], name: str) -> int:
    """Count the tags of a part; refuse one that declares a document type."""
    tags = 0
    for text, fresh in _texts(part):
        if _DOCUMENT_TYPE in text:
            raise RefusedError(_complaint("workbook.document_type", part=name))
        tags += fresh.count(b"<")
    return tags


def _texts(part: IO[bytes]) -> Iterator[tuple[bytes, bytes]]:
    """Give a part without the zero bytes of UTF-16, in pieces: with what went before, and alone."""
    kept = b""
    while chunk := part.read(_CHUNK):
        fresh = chunk.replace(b"\0", b"")
        text = kept + fresh
        yield text, fresh
        kept = text[1 - len(_DOCUMENT_TYPE) :]


def _reason(problem: Exception) -> str:
    cause = problem.__cause__ or problem
    return shortened(str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__, 160)


def _complaint(code: str, **details: str | int) -> Complaint:
    return Complaint("form", code, details=details)
