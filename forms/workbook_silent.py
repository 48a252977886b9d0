"""What the conversion passes over in silence: rows that are lost, ids with blanks, languages of no column, quotes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pyxform.xls2json_backends import DefinitionData

from forms.complaint import Complaint
from forms.nearest import name_meant
from forms.workbook_cells import cell
from forms.workbook_languages import languages_of
from forms.workbook_sheets import FIRST_ROW


def silent_warnings(sheets: DefinitionData) -> Iterator[Complaint]:
    """Name the choices without a list, and settings that do not do what they say."""
    yield from _lost_choices(sheets.choices or ())
    for row in (sheets.settings or ())[:1]:
        form_id, default = cell(row, "form_id"), cell(row, "default_language")
        if len(form_id.split()) > 1:
            meant = "_".join(form_id.split())
            yield _warning("workbook.form_id_blank", "settings", FIRST_ROW, "form_id", value=form_id, meant=meant)
        languages = languages_of(sheets)
        if default and languages and default not in languages:
            details = {"value": default, "meant": _language_meant(default, languages), "there": ", ".join(languages)}
            yield _warning("workbook.default_language", "settings", FIRST_ROW, "default_language", **details)


def _lost_choices(choices: Sequence[Mapping[str, str]]) -> Iterator[Complaint]:
    # Where no row has a list, the column is missing, which is told as such.
    if not any(cell(row, "list_name") for row in choices):
        return
    for number, row in enumerate(choices, start=FIRST_ROW):
        value = cell(row, "name") or cell(row, "value") or cell(row, "label")
        if value and not cell(row, "list_name"):
            yield _warning("workbook.choice_without_list", "choices", number, "list_name", value=value)


def _language_meant(written: str, languages: list[str]) -> str:
    """Give the language that has the written one in its name, as `中文 (zh)` has `zh`."""
    holding = (each for each in languages if written.casefold() in each.casefold())
    return next(holding, None) or name_meant(written, languages)


def _warning(code: str, sheet: str, row: int, column: str, **details: str) -> Complaint:
    return Complaint("form", code, "", {**details, "row": row}, sheet, row, column, "warning")
