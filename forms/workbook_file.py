"""The file of a workbook: what it is, whether it may be opened, and its sheets as rows."""

from __future__ import annotations

import io
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

import openpyxl
from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData, get_xlsform, is_csv, is_markdown_table

from forms.complaint import Complaint, shortened
from forms.workbook_complaints import DOUBLE_HEADER
from forms.workbook_rows import HEADER_ROW

MAX_FILE_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_MEMBERS = 2_000
MAX_ROWS = {"survey": 10_000, "choices": 50_000}
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"
_WORKBOOK_PART = "xl/workbook.xml"
_DOCUMENT_TYPE = b"<!DOCTYPE"
_CHUNK = 1 << 20


class RefusedError(Exception):
    """A file that is not read as a workbook; the complaint says why."""

    def __init__(self, complaint: Complaint) -> None:
        self.complaint = complaint
        super().__init__(complaint.code)


def read_sheets(data: bytes) -> DefinitionData:
    """Read the sheets; raise RefusedError for what is none, damaged, dangerous or too large."""
    kind = _file_type(data)
    try:
        sheets = get_xlsform(data, file_type=kind)
    except PyXFormError as problem:
        raise RefusedError(_unreadable(problem, data)) from problem
    except Exception as problem:
        # openpyxl and the readers of text tables meet damaged files with errors of every kind.
        if kind == ".csv":
            raise RefusedError(_complaint("workbook.not_a_form")) from problem
        raise RefusedError(_complaint("workbook.damaged", reason=_reason(problem))) from problem
    for name, limit in MAX_ROWS.items():
        rows = len(getattr(sheets, name) or ())
        if rows > limit:
            raise RefusedError(
                Complaint("form", "workbook.too_many_rows", details={"rows": rows, "limit": limit}, sheet=name)
            )
    return sheets


def _file_type(data: bytes) -> str:
    if len(data) > MAX_FILE_BYTES:
        raise RefusedError(_complaint("workbook.too_large", size=len(data), limit=MAX_FILE_BYTES))
    if data.startswith(_OLD_EXCEL):
        raise RefusedError(_complaint("workbook.old_excel"))
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
    for member in members:
        with archive.open(member) as part:
            if member.filename.endswith((".xml", ".rels")) and any(_DOCUMENT_TYPE in text for text in _texts(part)):
                raise RefusedError(_complaint("workbook.document_type", part=member.filename))


def _texts(part: IO[bytes]) -> Iterator[bytes]:
    """Give a part in overlapping pieces, without the zero bytes of UTF-16."""
    kept = b""
    while chunk := part.read(_CHUNK):
        text = kept + chunk.replace(b"\0", b"")
        yield text
        kept = text[1 - len(_DOCUMENT_TYPE) :]


def _unreadable(problem: PyXFormError, data: bytes) -> Complaint:
    double = DOUBLE_HEADER.search(str(problem))
    if double is None:
        return _complaint("workbook.damaged", reason=_reason(problem))
    header = double.group("header").strip()
    sheet = _sheet_with(header, data)
    return Complaint("form", "workbook.header_twice", "", {"header": header}, sheet, HEADER_ROW, header)


def _sheet_with(header: str, data: bytes) -> str | None:
    """Find the sheet of a workbook that has a header twice."""
    if not data.startswith(_ZIP):
        return None
    workbook = openpyxl.load_workbook(io.BytesIO(data), read_only=True)
    for sheet in workbook.worksheets:
        first = next(sheet.iter_rows(max_row=1, values_only=True), ())
        if [str(cell).strip() for cell in first if cell is not None].count(header) > 1:
            return str(sheet.title)
    return None


def _reason(problem: Exception) -> str:
    cause = problem.__cause__ or problem
    return shortened(str(cause).strip().splitlines()[0] if str(cause).strip() else type(cause).__name__, 160)


def _complaint(code: str, **details: str | int) -> Complaint:
    return Complaint("form", code, details=details)
