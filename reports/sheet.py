"""The tables of a document as a workbook: cells hold numbers, shown as they are printed; texts are never formulas.

Written with openpyxl, which the service reads workbooks with already; a thousand rows of eight cells take a third of a
second.
"""

import io
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from typing import Any

from openpyxl import Workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.cell_range import MultiCellRange
from openpyxl.worksheet.hyperlink import Hyperlink
from openpyxl.worksheet.properties import PageSetupProperties
from openpyxl.worksheet.worksheet import Worksheet

from reports.document import Document, Printed, Row, Table, Text, walk
from reports.html import Placed, Section, numbered
from reports.office_file import repacked

Number = int | float
NUMBER = re.compile(r"-?\d{1,3}(,\d{3})*(\.\d+)?%?|-?\d+(\.\d+)?%?")
"""Printed text that is one number, with thousands, decimals or a percent sign."""
FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""Texts that begin so are formulas to a program that is asked to read them as typed."""
LONGEST_NAME, WIDEST, NARROWEST = 31, 60, 8
FORBIDDEN = re.compile(r"[\[\]:*?/\\]")
HEAD, TOTAL = PatternFill("solid", fgColor="E8ECEF"), PatternFill("solid", fgColor="F4F6F7")
EDGE = Border(*(Side("thin", color="C8CDD2"),) * 4)
WORDS = {
    "zh": {
        "first": "说明", "key": "核验键", "sheet": "工作表", "table": "表", "rows": "行数", "section": "所在部分",
        "notice": "由报告的各表导出，供核对和再分析；只有经签名的PDF才是报告。",
        "about": "数字单元格存完整的数值，按报告的位数显示。“核验键”是该行各数字在 edition.json 里的键，"
        "依次对应有数字的各列。",
        "edition": "edition.json 的 SHA-256",
    },
    "en": {
        "first": "About", "key": "Keys", "sheet": "Sheet", "table": "Table", "rows": "Rows", "section": "Part",
        "notice": "Made from the report's tables, for checking and analysis; only the signed PDF is the report.",
        "about": "Cells of figures hold the full number and show as many decimals as the report. Keys are those of the"
        " row's figures in edition.json, in the order of the columns that hold figures.",
        "edition": "SHA-256 of edition.json",
    },
}  # fmt: skip


class _Ordered(MultiCellRange):
    """Merged cells in the order of their places: the library keeps them in that of their hashes."""

    def __iter__(self) -> Iterator[Any]:
        """Yield them row by row."""
        yield from sorted(self.ranges, key=lambda each: (each.min_row, each.min_col))


@dataclass(frozen=True)
class _Tabled:
    """A table with its place in the document and the name of its sheet."""

    placed: Placed
    table: Table
    section: str
    name: str


def write_sheets(document: Document, edition_sha256: str, numbers: Mapping[str, Number] | None = None) -> bytes:
    """Return the tables of a document as XLSX; the same input gives the same bytes.

    Parameters
    ----------
    edition_sha256 : the hash of the edition that the figures are from
    numbers : figures by their keys in full precision; of others the printed number is taken
    """
    book, words = Workbook(), WORDS[document.language[:2]]
    tables = list(_tables(document))
    first = book.active
    assert isinstance(first, Worksheet)  # noqa: S101 (a new workbook has one)
    first.title = words["first"]
    _about(first, document, edition_sha256, tables)
    for each in tables:
        _sheet(book.create_sheet(each.name), each, numbers or {}, words["key"])
    properties, cover = book.properties, document.cover
    properties.creator = properties.lastModifiedBy = cover.institute
    properties.title, properties.description = cover.title, words["notice"]
    buffer = io.BytesIO()
    book.save(buffer)
    return repacked(buffer.getvalue(), cover.issued_at)


def _tables(document: Document) -> Iterator[_Tabled]:
    sections = numbered(document)
    used: set[str] = set()
    for section in (sections.summary, *sections.chapters, *sections.annexes):
        for placed in () if section is None else section.blocks:
            if isinstance(placed.block, Table):
                name = _name(f"{placed.label} {placed.block.caption}", used)
                yield _Tabled(placed, placed.block, _title(section), name)


def _title(section: Section | None) -> str:
    return "" if section is None else section.label + section.title


def _name(wanted: str, used: set[str]) -> str:
    """Return a name that a sheet may have, and that no other has in any case of letters."""
    plain = FORBIDDEN.sub(" ", wanted).strip("'")[:LONGEST_NAME]
    number = 2
    while plain.casefold() in used:
        ending = f" {number}"
        plain, number = plain[: LONGEST_NAME - len(ending)] + ending, number + 1
    used.add(plain.casefold())
    return plain


def _about(sheet: Worksheet, document: Document, edition_sha256: str, tables: Sequence[_Tabled]) -> None:
    """Say what the workbook is, which edition it is from, and what each sheet holds."""
    cover, words = document.cover, WORDS[document.language[:2]]
    lines = [cover.title, f"{cover.subtitle} {cover.number} {cover.date}", cover.institute, cover.mark, words["notice"]]
    lines += [words["about"], f"{words['edition']}: {edition_sha256}"]
    sheet.merged_cells = _Ordered()
    place = 0
    for text in filter(None, lines):
        place += 1
        _write(sheet, place, 1, text).alignment = Alignment(wrap_text=place > 3, vertical="top")
        sheet.merge_cells(start_row=place, start_column=1, end_row=place, end_column=4)
        sheet.row_dimensions[place].height = 32 if len(text) > 60 else 18
    sheet["A1"].font = Font(bold=True, size=14)
    place += 2
    for column, name in enumerate(("sheet", "table", "section", "rows"), start=1):
        _head(_write(sheet, place, column, words[name]))
    for each in tables:
        place += 1
        link = _write(sheet, place, 1, each.name)
        quoted = each.name.replace("'", "''")
        link.hyperlink = Hyperlink(ref=link.coordinate, location=f"'{quoted}'!A1")
        _write(sheet, place, 2, each.table.caption)
        _write(sheet, place, 3, each.section)
        sheet.cell(place, 4, len(each.table.rows))
    for letter, width in zip("ABCD", (34, 44, 28, 8), strict=True):
        sheet.column_dimensions[letter].width = width


def _sheet(sheet: Worksheet, each: _Tabled, numbers: Mapping[str, Number], key: str) -> None:
    """Write one table: caption, heads that stay in sight, rows, keys, note."""
    table, count = each.table, len(each.table.columns)
    sheet.merged_cells = _Ordered()
    _write(sheet, 1, 1, f"{each.placed.label} {table.caption}").font = Font(bold=True, size=12)
    top = _heads(sheet, table, key)
    for number, row in enumerate(table.rows, start=top + 1):
        for column, text in enumerate(row.cells, start=1):
            _figure(sheet, (number, column), text, row, numbers)
        keys = [figure.key for cell in row.cells for figure in walk(cell, Printed)]
        _write(sheet, number, count + 1, "；".join(keys)).font = Font(color="808080", size=9)
    sheet.freeze_panes = f"B{top + 1}"
    if table.note:
        _write(sheet, top + len(table.rows) + 2, 1, plain_text(table.note)).font = Font(italic=True, color="5B6168")
    for column in range(1, count + 1):
        longest = max(
            [
                _width(table.columns[column - 1].title),
                *(_width(plain_text(row.cells[column - 1])) for row in table.rows),
            ]
        )
        sheet.column_dimensions[get_column_letter(column)].width = min(max(longest + 2, NARROWEST), WIDEST)
    sheet.column_dimensions[get_column_letter(count + 1)].width = 24
    sheet.page_setup.orientation, sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = "landscape", 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = f"{top}:{top}"


def _heads(sheet: Worksheet, table: Table, key: str) -> int:
    """Write the names of groups and columns; return the row of the latter."""
    top = 2
    if any(column.group for column in table.columns):
        for name, members in groupby(range(len(table.columns)), key=lambda place: table.columns[place].group):
            places = list(members)
            _head(_write(sheet, top, places[0] + 1, name))
            if name and len(places) > 1:
                sheet.merge_cells(start_row=top, start_column=places[0] + 1, end_row=top, end_column=places[-1] + 1)
        top += 1
    for place, column in enumerate(table.columns, start=1):
        _head(_write(sheet, top, place, column.title))
    _head(_write(sheet, top, len(table.columns) + 1, key))
    return top


def _head(cell: Any) -> None:
    cell.font, cell.fill, cell.border = Font(bold=True), HEAD, EDGE
    cell.alignment = Alignment(horizontal="center", vertical="center", wrap_text=True)


def _figure(sheet: Worksheet, place: tuple[int, int], text: Text, row: Row, numbers: Mapping[str, Number]) -> None:
    """Write a cell: a number where the text is one, so that it can be computed with."""
    words = plain_text(text)
    figure = text if isinstance(text, Printed) else None
    number = None if figure is None or not NUMBER.fullmatch(words) else numbers.get(figure.key, number_of(words))
    if number is None:
        cell = _write(sheet, *place, words)
    else:
        cell = sheet.cell(*place, number)
        cell.number_format = format_of(words)
    cell.border = EDGE
    if row.strong:
        cell.font, cell.fill = Font(bold=True), TOTAL


def _write(sheet: Worksheet, row: int, column: int, text: str) -> Any:
    """Write text as text, whatever it begins with."""
    cell: Any = sheet.cell(row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("\ufffd", text)
    cell.data_type = "s"
    if text.startswith(FORMULA):
        cell.quotePrefix = True
    return cell


def number_of(text: str) -> Number:
    """Return the number that a printed text shows."""
    plain = text.replace(",", "")
    if plain.endswith("%"):
        return float(Decimal(plain[:-1]) / 100)
    return float(plain) if "." in plain else int(plain)


def format_of(text: str) -> str:
    """Return the format that shows a number as it is printed: its decimals, its thousands, its percent sign."""
    plain = text.rstrip("%")
    decimals = len(plain.partition(".")[2])
    whole = "#,##0" if not text.endswith("%") else "0"
    return whole + ("." + "0" * decimals if decimals else "") + ("%" if text.endswith("%") else "")


def plain_text(text: Text) -> str:
    """Return the words of a cell or a note without their marks."""
    return "".join(
        part if isinstance(part, str) else _inner(part) for part in (text if isinstance(text, tuple) else (text,))
    )


def _inner(part: Any) -> str:
    return part.text if hasattr(part, "text") else f"（{plain_text(part.content)}）"


def _width(text: str) -> int:
    """Return the width of a text in narrow characters; a Chinese one takes two."""
    return max((sum(2 if letter > "\u2e80" else 1 for letter in line) for line in text.split("\n")), default=0)
