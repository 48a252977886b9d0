"""XLSForm to XForm: a workbook (.xlsx), or the text tables that pyxform reads (Markdown, CSV)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from pyxform.errors import PyXFormError
from pyxform.xls2json_backends import DefinitionData
from pyxform.xls2xform import convert as pyxform_convert

from forms.complaint import Complaint, shortened
from forms.workbook_complaints import from_error, from_warnings
from forms.workbook_expressions import expression_faults
from forms.workbook_faults import further_faults, misnamed_sheets, too_many_choices
from forms.workbook_file import read_sheets
from forms.workbook_headers import NEEDED, follows, header_warnings
from forms.workbook_languages import language_warnings
from forms.workbook_quotes import hidden, shown
from forms.workbook_rows import WorkbookRows, rows_of
from forms.workbook_sheets import SHEETS, RefusedError
from forms.workbook_silent import silent_warnings
from forms.workbook_typing import SLIPS, typing_faults

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
    own = _own(sheets, rows)
    warnings: list[str] = []
    try:
        result = pyxform_convert(hidden(_as_dict(sheets)), warnings=warnings, form_name=ROOT)
    except PyXFormError as problem:
        return _refused(rows, from_error(problem), (*from_warnings(warnings), *own))
    except (KeyError, TypeError, ValueError, AttributeError, IndexError, RecursionError) as problem:
        # pyxform meets some malformed sheets with errors of Python itself.
        reason = shortened(f"{type(problem).__name__}: {problem}", 160)
        return _refused(rows, (Complaint("form", "workbook.unreadable", details={"reason": reason}),), own)
    extra = {"itemsets.csv": result.itemsets.encode("utf-8")} if result.itemsets else {}
    complaints = tuple(map(rows.locate, (*from_warnings(warnings), *own)))
    return Conversion(shown(result.xform).encode("utf-8"), complaints, rows, extra)


def _own(sheets: DefinitionData, rows: WorkbookRows) -> tuple[Complaint, ...]:
    """Give what the sheets themselves show, whatever pyxform makes of them."""
    return (
        *header_warnings(sheets), *misnamed_sheets(rows), *typing_faults(sheets), *language_warnings(sheets),
        *silent_warnings(sheets),
    )  # fmt: skip


def _refused(rows: WorkbookRows, errors: tuple[Complaint, ...], own: tuple[Complaint, ...]) -> Conversion:
    """Put what else is wrong beside the error at which pyxform stopped, each place once, in the order of the sheets."""
    found: dict[tuple[str | int | None, ...], Complaint] = {}
    for each in map(rows.locate, (*errors, *further_faults(rows), *expression_faults(rows.survey), *own)):
        first = found.get(_place(each), each)
        found[_place(each)] = replace(first, details={**first.details, **each.details})
    return Conversion(None, tuple(sorted(_causes(list(found.values())), key=_order)), rows)


def _causes(found: list[Complaint]) -> Iterator[Complaint]:
    """Leave out what only follows: of a cell with a slip of the keyboard, of a sheet or column with another name."""
    slips = {_cell(each) for each in found if each.code in SLIPS}
    misnamed = {f"workbook.no_{each.details['sheet']}" for each in found if each.code == "workbook.sheet_misspelt"}
    lacking = {_header(each) for each in found if each.code == "workbook.header_translated"}
    for each in found:
        if _is_cause(each):
            yield replace(each, severity="error")
        elif (
            each.code not in misnamed
            and not follows(each, lacking)
            and (each.code in SLIPS or _cell(each) not in slips)
        ):
            yield each


def _is_cause(complaint: Complaint) -> bool:
    """Tell whether a sheet or column has another name without which there is no form."""
    if complaint.code == "workbook.header_translated":
        return _header(complaint) in NEEDED
    return complaint.code == "workbook.sheet_misspelt" and complaint.details["sheet"] != "settings"


def _header(complaint: Complaint) -> tuple[str, str]:
    """Give the sheet, and the column that was meant there."""
    return complaint.sheet or "", str(complaint.details["meant"]).partition(":")[0]


def _order(complaint: Complaint) -> tuple[bool, int, int]:
    sheet = SHEETS.index(complaint.sheet) if complaint.sheet in SHEETS else -1
    return complaint.severity == "warning", sheet, complaint.row or 0


def _cell(complaint: Complaint) -> tuple[str | None, int | None, str | None]:
    return complaint.sheet, complaint.row, complaint.column


def _place(complaint: Complaint) -> tuple[str | int | None, ...]:
    """Give the place, and the reference that is meant: a cell may hold several that are wrong."""
    return complaint.code, complaint.sheet, complaint.row, complaint.column, complaint.details.get("q")


def _as_dict(sheets: DefinitionData) -> dict[str, object]:
    return {f.name: getattr(sheets, f.name) for f in fields(sheets)}
