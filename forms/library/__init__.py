"""The forms that come with the project: composed of the items of a bank, edited by institutes in Excel."""

from __future__ import annotations

import io
from collections.abc import Mapping
from functools import cache, lru_cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from forms.library.compose import COLUMNS, NO_BLANKS, Bank, LibraryError, compose
from forms.library.own import Library, laid_over
from forms.library.tables import columns_in, read_tables

__all__ = [
    "INSTITUTE",
    "NO_BLANKS",
    "TELEPHONE",
    "Bank",
    "Library",
    "LibraryError",
    "bank",
    "bank_of",
    "compose",
    "laid_over",
    "names",
    "read_tables",
    "shipped",
    "text_of",
    "titles_of",
    "workbook_bytes",
    "workbook_of",
]

FORMS = files(__name__).joinpath("forms")
INSTITUTE, TELEPHONE = "institute", "telephone"
"""The blanks of the forms that speak to a respondent: who asks, and where to call."""
TITLES = {
    "household": {"zh": "入户问卷", "en": "Household questionnaire"},
    "registered_household": {"zh": "建档立卡户问卷", "en": "Questionnaire for registered households"},
    "ordinary_household": {"zh": "一般农户问卷", "en": "Questionnaire for ordinary households"},
    "monitored_household": {"zh": "监测户问卷", "en": "Questionnaire for monitored households"},
    "not_visited": {"zh": "未访成记录", "en": "Record of a visit without an interview"},
    "back_check": {"zh": "回访核查", "en": "Back-check"},
    "village": {"zh": "行政村问卷", "en": "Village questionnaire"},
    "meeting": {"zh": "县乡座谈记录", "en": "Record of a meeting with county or town"},
    "unannounced_visit": {"zh": "暗访记录", "en": "Record of an unannounced visit"},
}
"""The forms in the order in which they are shown, with their titles."""


def names() -> tuple[str, ...]:
    """Name the shipped forms."""
    return tuple(TITLES)


def titles_of(name: str) -> dict[str, str]:
    """Give the title of a shipped form in Chinese and in English."""
    return dict(TITLES[name])


def text_of(name: str, blanks: Mapping[str, str] = NO_BLANKS) -> bytes:
    """Give a shipped form as an XLSForm in text form, its blanks filled with the words that are given."""
    if name not in TITLES:
        raise KeyError(name)
    return _text_of(name, frozenset(blanks.items()))


@lru_cache(maxsize=32)
def _text_of(name: str, blanks: frozenset[tuple[str, str]]) -> bytes:
    return shipped().text_of(name, dict(blanks))


@cache
def shipped() -> Library:
    """Give the library that comes with the project."""
    return Library({name: FORMS.joinpath(f"{name}.md").read_text("utf-8") for name in TITLES}, TITLES, bank())


@cache
def bank() -> Bank:
    """Give the items that the shipped forms are composed of."""
    return bank_of(files(__name__).joinpath("bank"))


def bank_of(folder: Traversable) -> Bank:
    """Read a bank from a folder, an institute's own for one: every file `NAME.md` in it holds the item NAME."""
    found = sorted((each for each in folder.iterdir() if each.name.endswith(".md")), key=lambda each: each.name)
    return Bank.of({each.name.removesuffix(".md"): each.read_text("utf-8") for each in found})


def workbook_bytes(name: str, blanks: Mapping[str, str] = NO_BLANKS) -> bytes:
    """Give a shipped form as a workbook to edit in Excel."""
    return workbook_of(text_of(name, blanks))


def workbook_of(text: bytes) -> bytes:
    """Give a form in text form as a workbook to edit in Excel."""
    import openpyxl  # noqa: PLC0415 (half a second, which the text needs not)
    from openpyxl.styles import Alignment, Font  # noqa: PLC0415

    workbook = openpyxl.Workbook()
    workbook.remove(workbook.worksheets[0])
    for sheet_name, rows in read_tables(text.decode("utf-8")).items():
        sheet = workbook.create_sheet(sheet_name)
        header = columns_in(rows, COLUMNS.get(sheet_name, ()))
        sheet.append(header)
        for row in rows:
            sheet.append([row.get(column) for column in header])
        for cell in sheet[1]:
            cell.font = Font(bold=True)
            cell.alignment = Alignment(wrap_text=True, vertical="top")
            sheet.column_dimensions[cell.column_letter].width = 14 if cell.column < 3 else 26
        sheet.freeze_panes = "C2"
    buffer = io.BytesIO()
    workbook.save(buffer)
    return buffer.getvalue()
