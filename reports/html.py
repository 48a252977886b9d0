"""A document as HTML for paged media: numbering, anchors and templates; no figure is computed here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.characters import marked, marked_html
from reports.charts.draw import draw
from reports.document import (
    BarChart,
    Block,
    Document,
    Footnote,
    Heading,
    IntervalChart,
    Picture,
    Table,
    walk,
)
from reports.inline import inline_html
from reports.qr import qr_svg
from reports.titles import ROOM, ROOM_BESIDE_MARK, balanced_lines, running_title

__all__ = ["ROOM", "ROOM_BESIDE_MARK", "balanced_lines", "render_html", "running_title"]

TEMPLATES = Path(__file__).parent / "templates"
MOST_OPEN_ENTRIES = 21
"""Entries that the contents page holds at the spacing of the text."""
_DIGITS = "零一二三四五六七八九"
WORDS = {
    "zh": {
        "contents": "目录", "table": "表", "figure": "图", "annex": "附件", "note": "注：", "summary": "结论摘要",
        "found": "查到什么", "certainty": "有多大把握", "meaning": "说明什么", "client": "委托单位",
        "number": "报告编号", "lead": "项目负责人", "reviewer": "审核",
        "institute": "评估机构", "date": "报告日期", "colon": "：", "code": "核验二维码",
    },
    "en": {
        "contents": "Contents", "table": "Table ", "figure": "Figure ", "annex": "Annex ", "note": "Note: ",
        "summary": "Summary", "found": "Found", "certainty": "How sure", "meaning": "What it means", "client": "Client",
        "number": "Number", "lead": "Lead", "reviewer": "Reviewer",
        "institute": "Institute", "date": "Date", "colon": ": ",
        "code": "QR code for checking this report",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Placed:
    """A block in its place: what it is, its number and its anchor."""

    kind: str
    block: Block
    label: str
    anchor: str


@dataclass(frozen=True)
class Section:
    """A chapter, annex or summary with its number and its blocks."""

    label: str
    title: str
    anchor: str
    blocks: tuple[Placed, ...]
    landscape: bool = False


@dataclass
class _Counter:
    """The running numbers of one document."""

    tables: int = 0
    figures: int = 0
    anchors: int = 0
    headings: list[int] = field(default_factory=lambda: [0, 0, 0])

    def anchor(self) -> str:
        self.anchors += 1
        return f"s{self.anchors}"


@dataclass(frozen=True)
class Numbered:
    """A document's sections with their numbers, in the order of the pages."""

    summary: Section | None
    chapters: tuple[Section, ...]
    annexes: tuple[Section, ...]


def numbered(document: Document) -> Numbered:
    """Number chapters, headings, tables and figures: the same on paper and in files for editing."""
    counter = _Counter()
    language = document.language[:2]
    summary = tuple(_place(document.summary, counter, language))
    return Numbered(
        Section("", WORDS[language]["summary"], "summary", summary) if summary else None,
        _sections(document, counter, language),
        _annexes(document, counter, language),
    )


def render_html(document: Document) -> str:
    """Return the whole document as one HTML page without outside references."""
    language = document.language[:2]
    sections = numbered(document)
    cover, look = document.cover, document.look
    head = (look.running if look else "") or cover.title
    whole = (
        _environment()
        .get_template(f"{document.form.value}.html")
        .render(
            document=document,
            cover=cover,
            look=look,
            style=f"own cover-{look.cover}" if look else "standard",
            language=language,
            title_lines=balanced_lines(cover.title) if language == "zh" else [cover.title],
            running_title=running_title(head, ROOM_BESIDE_MARK if cover.mark else ROOM),
            code=qr_svg(cover.code, cover.code_explained or WORDS[language]["code"]) if cover.code else "",
            words=WORDS[language],
            summary=sections.summary,
            chapters=sections.chapters,
            annexes=sections.annexes,
            dense=_entries(document) > MOST_OPEN_ENTRIES,
            noted=any(True for _ in walk(document, Footnote)),
            text=inline_html,
            text_of=marked_html,
            spread_groups=_spread_groups,
            chart=lambda block: draw(block, language),
        )
    )
    return marked(whole)  # what is still there stands in titles, charts and the head of pages


def _entries(document: Document) -> int:
    """Count the lines of the contents."""
    below = sum(
        isinstance(block, Heading) and block.level == 2 for chapter in document.chapters for block in chapter.blocks
    )
    return below + len(document.chapters) + len(document.annexes) + bool(document.summary)


def _sections(document: Document, counter: _Counter, language: str) -> tuple[Section, ...]:
    """Number the chapters 一、二、三 (1. 2. 3. in English)."""
    sections = []
    for number, chapter in enumerate(document.chapters, start=1):
        counter.headings = [0, 0, 0]
        anchor = counter.anchor()
        label = f"{numeral(number)}、" if language == "zh" else f"{number}. "
        sections.append(Section(label, chapter.title, anchor, tuple(_place(chapter.blocks, counter, language))))
    return tuple(sections)


def _annexes(document: Document, counter: _Counter, language: str) -> tuple[Section, ...]:
    """Number the annexes 附件1, 附件2."""
    sections = []
    for number, annex in enumerate(document.annexes, start=1):
        counter.headings = [0, 0, 0]
        label = f"{WORDS[language]['annex']}{number} "
        blocks = tuple(_place(annex.blocks, counter, language))
        sections.append(Section(label, annex.title, f"annex{number}", blocks, annex.landscape))
    return tuple(sections)


def _place(blocks: Sequence[Block], counter: _Counter, language: str) -> Iterator[Placed]:
    """Give every block its kind, number and anchor."""
    for block in blocks:
        label = ""
        if isinstance(block, Heading):
            label = _heading_label(block, counter, language)
        elif isinstance(block, Table):
            counter.tables += 1
            label = f"{WORDS[language]['table']}{counter.tables}"
        elif isinstance(block, IntervalChart | BarChart | Picture):
            counter.figures += 1
            label = f"{WORDS[language]['figure']}{counter.figures}"
        yield Placed(type(block).__name__, block, label, counter.anchor())


def _heading_label(heading: Heading, counter: _Counter, language: str) -> str:
    """Return （一）, 1. or （1） by GB/T 9704, and set the deeper numbers back."""
    position = heading.level - 2
    counter.headings[position] += 1
    counter.headings[position + 1 :] = [0] * (len(counter.headings) - position - 1)
    number = counter.headings[position]
    if heading.level == 2:
        return f"（{numeral(number)}）" if language == "zh" else f"({number}) "
    return f"{number}．" if heading.level == 3 else f"（{number}）"


def numeral(number: int) -> str:
    """Return a number from 1 to 99 in Chinese."""
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{_DIGITS[tens]}十"
    return head + (_DIGITS[ones] if ones or not tens else "")


def _spread_groups(table: Table) -> list[tuple[str, int]]:
    """Return the groups over the columns with their spans; nothing where no column has one."""
    groups: list[tuple[str, int]] = []
    for column in table.columns:
        if groups and groups[-1][0] == column.group:
            groups[-1] = (column.group, groups[-1][1] + 1)
        else:
            groups.append((column.group, 1))
    return groups if any(name for name, _ in groups) else []


@cache
def _environment() -> Environment:
    """Return the template environment: everything escaped, every unknown name an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
