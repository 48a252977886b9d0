"""XLSForm to XForm: a workbook (.xlsx), or the text tables that pyxform reads (Markdown, CSV)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData
from pyxform.xls2xform import convert as pyxform_convert

from forms.complaint import Complaint, shortened
from forms.workbook_complaints import from_error, from_warning
from forms.workbook_faults import further_faults, too_many_choices
from forms.workbook_file import read_sheets
from forms.workbook_headers import header_warnings
from forms.workbook_rows import WorkbookRows, rows_of
from forms.workbook_sheets import RefusedError

ROOT = "data"
"""Name of the root of answers, as pyxform names it without a path."""


@dataclass(frozen=True)
class Conversion:
    """What became of a workbook: the XForm unless an error stood against it, the complaints, files made beside it.

    `rows.locate` gives later complaints about the XForm their row in the workbook.
    """

    xform: bytes | None
    complaints: tuple[Complaint, ...]
    rows: WorkbookRows | None = None
    attachments: Mapping[str, bytes] = field(default_factory=dict)


def convert(source: Path | str | bytes, name: str = "") -> Conversion:
    """Turn an XLSForm into an XForm; the stem of `name` (a file name) is the form's id where its settings name none."""
    data = source if isinstance(source, bytes) else Path(source).read_bytes()
    stem = Path(name or (str(source) if not isinstance(source, bytes) else "form")).stem
    try:
        sheets = replace(read_sheets(data), fallback_form_name=stem)
    except RefusedError as refused:
        return Conversion(None, (refused.complaint,))
    rows = rows_of(sheets, ROOT)
    excess = tuple(too_many_choices(rows))
    if excess:
        return Conversion(None, excess, rows)
    headers = tuple(header_warnings(sheets))
    warnings: list[str] = []
    try:
        result = pyxform_convert(_as_dict(sheets), warnings=warnings, form_name=ROOT)
    except PyXFormError as problem:
        return _refused(rows, from_error(problem), (*map(from_warning, warnings), *headers))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as problem:
        # pyxform meets some malformed sheets with errors of Python itself.
        reason = shortened(f"{type(problem).__name__}: {problem}", 160)
        return _refused(rows, (Complaint("form", "workbook.unreadable", details={"reason": reason}),), headers)
    extra = {"itemsets.csv": result.itemsets.encode("utf-8")} if result.itemsets else {}
    complaints = tuple(map(rows.locate, (*map(from_warning, warnings), *headers)))
    return Conversion(result.xform.encode("utf-8"), complaints, rows, extra)


def _refused(rows: WorkbookRows, errors: tuple[Complaint, ...], warnings: tuple[Complaint, ...]) -> Conversion:
    """Put what else is wrong beside the error at which pyxform stopped, each place once."""
    located = {_place(each): each for each in reversed([*map(rows.locate, errors), *further_faults(rows)])}
    return Conversion(None, (*reversed(located.values()), *map(rows.locate, warnings)), rows)


def _place(complaint: Complaint) -> tuple[str, str | None, int | None, str | None]:
    return complaint.code, complaint.sheet, complaint.row, complaint.column


def _as_dict(sheets: DefinitionData) -> dict[str, object]:
    return {f.name: getattr(sheets, f.name) for f in fields(sheets)}
