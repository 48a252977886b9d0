"""XLSForm to XForm: a workbook (.xlsx), or the text tables that pyxform reads (Markdown, CSV)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData, get_xlsform, is_csv, is_markdown_table
from pyxform.xls2xform import convert as pyxform_convert

from forms.complaint import Complaint
from forms.workbook_complaints import from_error, from_warning
from forms.workbook_rows import WorkbookRows, rows_of

MAX_FILE_BYTES = 20_000_000
MAX_UNPACKED_BYTES = 200_000_000
MAX_MEMBERS = 2_000
ROOT = "data"
"""Name of the root of answers, as pyxform names it without a path."""
_ZIP = b"PK\x03\x04"
_OLD_EXCEL = b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True)
class Conversion:
    """What became of a workbook: the XForm unless an error stood against it, the complaints, files made beside it.

    `rows.locate` gives later complaints about the XForm their row in the workbook.
    """

    xform: bytes | None
    complaints: tuple[Complaint, ...]
    rows: WorkbookRows | None = None
    attachments: Mapping[str, bytes] = field(default_factory=dict)


class _RefusedError(Exception):
    def __init__(self, complaint: Complaint) -> None:
        self.complaint = complaint


def convert(source: Path | str | bytes, name: str = "") -> Conversion:
    """Turn an XLSForm into an XForm; the stem of `name` (a file name) is the form's id where its settings name none."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    stem = Path(name or (str(source) if not isinstance(source, bytes) else "form")).stem
    warnings: list[str] = []
    rows = None
    try:
        sheets = replace(get_xlsform(data, file_type=_file_type(data)), fallback_form_name=stem)
        rows = rows_of(sheets, ROOT)
        result = pyxform_convert(_as_dict(sheets), warnings=warnings, form_name=ROOT)
    except _RefusedError as refused:
        return Conversion(None, (refused.complaint,))
    except PyXFormError as problem:
        return Conversion(None, _located(rows, (*from_error(problem), *map(from_warning, warnings))), rows)
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as problem:
        # pyxform meets some malformed sheets with errors of Python itself.
        return Conversion(None, (_complaint("workbook.unreadable", reason=f"{type(problem).__name__}: {problem}"),))
    extra = {"itemsets.csv": result.itemsets.encode("utf-8")} if result.itemsets else {}
    complaints = _located(rows, tuple(map(from_warning, warnings)))
    return Conversion(result.xform.encode("utf-8"), complaints, rows, extra)


def _located(rows: WorkbookRows | None, complaints: tuple[Complaint, ...]) -> tuple[Complaint, ...]:
    return complaints if rows is None else tuple(map(rows.locate, complaints))


def _as_dict(sheets: DefinitionData) -> dict[str, object]:
    return {f.name: getattr(sheets, f.name) for f in fields(sheets)}


def _file_type(data: bytes) -> str:
    if len(data) > MAX_FILE_BYTES:
        raise _RefusedError(_complaint("workbook.too_large", size=len(data), limit=MAX_FILE_BYTES))
    if data.startswith(_OLD_EXCEL):
        raise _RefusedError(_complaint("workbook.old_excel"))
    if data.startswith(_ZIP):
        _refuse_bombs(data)
        return ".xlsx"
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as problem:
        raise _RefusedError(_complaint("workbook.encoding", position=problem.start)) from problem
    if is_markdown_table(text):
        return ".md"
    if is_csv(text):
        return ".csv"
    raise _RefusedError(_complaint("workbook.not_a_form"))


def _refuse_bombs(data: bytes) -> None:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            unpacked = sum(member.file_size for member in members)
            if unpacked > MAX_UNPACKED_BYTES or len(members) > MAX_MEMBERS:
                raise _RefusedError(_complaint("workbook.too_large", size=unpacked, limit=MAX_UNPACKED_BYTES))
            for member in members:
                with archive.open(member) as part:
                    if b"<!DOCTYPE" in part.read(4096):
                        raise _RefusedError(_complaint("workbook.document_type", part=member.filename))
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError) as problem:
        raise _RefusedError(_complaint("workbook.damaged", reason=str(problem))) from problem


def _complaint(code: str, **details: str | int) -> Complaint:
    return Complaint("form", code, details=details)
