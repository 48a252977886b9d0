"""The blocks of a document in a Word file, each by the styles of the template."""

import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any
from xml.etree import ElementTree

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Emu, Pt

from reports.charts.draw import draw
from reports.charts.kinds import AnswerRow, FlowBox, Tile
from reports.charts.raster import png_of
from reports.document import (
    BarChart,
    Block,
    Code,
    CommandLine,
    Finding,
    Footnote,
    Heading,
    Inline,
    IntervalChart,
    Items,
    Paragraph,
    Picture,
    Printed,
    Strong,
    Table,
    Text,
    walk,
)
from reports.html import WORDS, Placed
from reports.word_file import Notes

BODY, TABLE_TEXT, SMALL_TEXT, NOTE = "正文缩进", "表格文字", "表格小字", "注"
ALIGN = {"start": WD_ALIGN_PARAGRAPH.LEFT, "end": WD_ALIGN_PARAGRAPH.RIGHT, "center": WD_ALIGN_PARAGRAPH.CENTER}
MONO = "Consolas"
PADDING = "40"
"""Beside the text of a cell, twentieths of a point."""


class Writer:
    """Writes paragraphs at the end of a document."""

    def __init__(self, document: Any, notes: Notes, language: str) -> None:
        self.document = document
        self.notes = notes
        self.language = language

    def paragraph(self, text: Text, style: str, *, before: str = "") -> Any:
        """Add a paragraph of a style; `before` stands in front of the text, in bold."""
        paragraph = self.document.add_paragraph(style=style)
        if before:
            paragraph.add_run(before).bold = True
        self.write(paragraph, text)
        return paragraph

    def write(self, paragraph: Any, text: Text) -> None:
        """Add text with its marks: strong, code, notes at the foot."""
        for part in text if isinstance(text, tuple) else (text,):
            if isinstance(part, Footnote):
                self.notes.call(paragraph, plain(part.content))
                continue
            run = paragraph.add_run(_words(part))
            run.bold = True if isinstance(part, Strong) else None
            if isinstance(part, Code | CommandLine):
                run.font.name = MONO

    @property
    def width(self) -> int:
        """Return the width of the text on the present pages."""
        section = self.document.sections[-1]
        return int(section.page_width - section.left_margin - section.right_margin)


def _words(part: Inline) -> str:
    """Return the words of a part of a line; those of a note in brackets, where it cannot stand at the foot."""
    if isinstance(part, Footnote):
        return f"（{plain(part.content)}）"
    return part if isinstance(part, str) else part.text


def plain(text: Text) -> str:
    """Return text without its marks."""
    return "".join(_words(part) for part in (text if isinstance(text, tuple) else (text,)))


def body_of(writer: Writer, blocks: Sequence[Placed]) -> None:
    """Write the blocks of a section in their order."""
    for placed in blocks:
        for kind, write in WRITERS.items():
            if isinstance(placed.block, kind):
                write(writer, placed)


def _paragraph(writer: Writer, placed: Placed) -> None:
    assert isinstance(placed.block, Paragraph)  # noqa: S101 (as WRITERS says)
    writer.paragraph(placed.block.text, BODY)


def _heading(writer: Writer, placed: Placed) -> None:
    assert isinstance(placed.block, Heading)  # noqa: S101
    writer.paragraph(placed.label + placed.block.text, f"Heading {placed.block.level}")


def _items(writer: Writer, placed: Placed) -> None:
    assert isinstance(placed.block, Items)  # noqa: S101
    for number, item in enumerate(placed.block.items, start=1):
        paragraph = writer.paragraph("", BODY)
        paragraph.add_run(f"{number}．" if placed.block.numbered else "· ")
        writer.write(paragraph, item)


def _finding(writer: Writer, placed: Placed) -> None:
    finding, words = placed.block, WORDS[writer.language]
    assert isinstance(finding, Finding)  # noqa: S101
    writer.paragraph(f"{finding.title}　〔{finding.verdict}〕", "结论标题")
    for name, text in (("found", finding.found), ("certainty", finding.certainty), ("meaning", finding.meaning)):
        writer.paragraph(text, BODY, before=words[name] + words["colon"])


def _table(writer: Writer, placed: Placed) -> None:
    """Write a table: its caption above, its head repeated on every page, no row torn."""
    block = placed.block
    assert isinstance(block, Table)  # noqa: S101
    writer.paragraph(f"{placed.label}　{block.caption}", "Caption")
    groups = any(column.group for column in block.columns)
    table = writer.document.add_table(rows=1 + groups + len(block.rows), cols=len(block.columns), style="Table Grid")
    table.alignment = WD_TABLE_ALIGNMENT.CENTER
    table.autofit = False
    _padding(table)
    style = SMALL_TEXT if block.small else TABLE_TEXT
    grid = [list(row.cells) for row in table.rows]  # asked for once: the library looks them up anew each time
    _widths(table, grid, block, writer.width)
    if groups:
        _groups(writer, grid[0], block, style)
    for column, cell in zip(block.columns, grid[int(groups)], strict=True):
        _cell(writer, cell, Strong(column.title), column.align, style)
    for cells, row in zip(grid[1 + groups :], block.rows, strict=True):
        for column, cell, text in zip(block.columns, cells, row.cells, strict=True):
            _cell(writer, cell, text, column.align, style, bold=row.strong)
    for number, row in enumerate(table.rows):
        _keep(row, head=number <= groups)
    if block.note:
        writer.paragraph(block.note, NOTE, before=WORDS[writer.language]["note"])
    else:
        writer.paragraph("", NOTE)


def _padding(table: Any) -> None:
    """Leave little beside the text of a cell, so that an interval stays on one line."""
    margins = OxmlElement("w:tblCellMar")
    for side in ("left", "right"):
        margin = OxmlElement(f"w:{side}")
        margin.set(qn("w:w"), PADDING)
        margin.set(qn("w:type"), "dxa")
        margins.append(margin)
    table._tbl.tblPr.append(margins)


def _widths(table: Any, grid: list[list[Any]], block: Table, width: int) -> None:
    """Give the columns their shares, as columns and cell by cell: editors look at one or the other."""
    stated = [column.share for column in block.columns]
    left = max(1.0 - sum(share or 0 for share in stated), 0.0)
    open_ = sum(share is None for share in stated)
    shares = [left / open_ if share is None else share for share in stated]
    widths = [Emu(int(width * share / sum(shares))) for share in shares]
    for column, wide in zip(table.columns, widths, strict=True):
        column.width = wide
    for cells in grid:
        for cell, wide in zip(cells, widths, strict=True):
            cell.width = wide


def _groups(writer: Writer, cells: list[Any], block: Table, style: str) -> None:
    """Write the names over groups of columns, each over all of its columns."""
    for name, members in groupby(range(len(cells)), key=lambda number: block.columns[number].group):
        places = list(members)
        merged = cells[places[0]].merge(cells[places[-1]]) if len(places) > 1 else cells[places[0]]
        _cell(writer, merged, Strong(name), "center", style)


def _cell(
    writer: Writer, cell: Any, text: Text | Strong, align: str, style: str, *, bold: bool = False
) -> None:  # fmt: skip
    paragraph = cell.paragraphs[0]
    for extra in cell.paragraphs[1:]:  # merged cells leave their empty paragraphs behind
        extra._p.getparent().remove(extra._p)
    paragraph.style = writer.document.styles[style]
    paragraph.alignment = ALIGN[align]
    writer.write(paragraph, (text,) if isinstance(text, Strong) else text)
    for run in paragraph.runs if bold else ():
        run.bold = True


def _keep(row: Any, *, head: bool) -> None:
    """Keep a row on one page; a row of the head stands on every page of the table."""
    properties = row._tr.get_or_add_trPr()
    properties.append(OxmlElement("w:cantSplit"))
    if head:
        properties.append(OxmlElement("w:tblHeader"))


def _read_aloud(block: Block) -> str:
    """List the figures of a chart, which as a picture are no text any more."""
    if isinstance(block, IntervalChart | BarChart):
        return "；".join(f"{row.label} {_words(row.figure)}" for row in block.rows)
    return "；".join(f"{label} {figure.text}" for label, figure in _labelled(block))


def _labelled(block: Block) -> Iterator[tuple[str, Printed]]:
    """Yield the figures of a picture with the label of the part that holds them."""
    kinds: tuple[type[AnswerRow | FlowBox | Tile], ...] = (AnswerRow, FlowBox, Tile)
    for kind in kinds:
        for part in walk(block, kind):
            yield from ((part.label, figure) for figure in walk(part, Printed))


def _chart(writer: Writer, placed: Placed) -> None:
    """Put a chart in as a picture with its text for reading aloud: other machines lack the faces of an SVG."""
    block = placed.block
    assert isinstance(block, IntervalChart | BarChart | Picture)  # noqa: S101
    drawn = draw(block, writer.language)
    _, _, width, height = map(float, ElementTree.fromstring(drawn).get("viewBox", "").split())  # noqa: S314 (our own)
    paragraph = writer.paragraph("", "图")
    picture = paragraph.add_run().add_picture(
        io.BytesIO(png_of(drawn, width, height)), width=min(Pt(width), Emu(writer.width))
    )
    described = picture._inline.docPr
    described.set("descr", f"{block.caption}。{block.description}{_read_aloud(block)}")
    described.set(qn("w:title").split("}")[1], block.caption)
    writer.paragraph(f"{placed.label}　{block.caption}", "图题")
    if block.note:
        writer.paragraph(block.note, NOTE, before=WORDS[writer.language]["note"])


WRITERS: Mapping[type[Block], Callable[[Writer, Placed], None]] = {
    Paragraph: _paragraph,
    Heading: _heading,
    Items: _items,
    Finding: _finding,
    Table: _table,
    IntervalChart: _chart,
    BarChart: _chart,
    Picture: _chart,
}
