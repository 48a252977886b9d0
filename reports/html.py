"""A document as HTML for paged media: numbering, anchors and templates; no figure is computed here."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from reports.chart import bar_chart, interval_chart
from reports.document import (
    BarChart,
    Block,
    Code,
    CommandLine,
    Document,
    Footnote,
    Heading,
    Inline,
    IntervalChart,
    Printed,
    Strong,
    Table,
    Text,
    walk,
)

TEMPLATES = Path(__file__).parent / "templates"
_TITLE_WORDS = (
    "第三方评估", "第三方", "评估报告", "脱贫退出", "脱贫攻坚", "巩固", "成果", "成效", "后评估", "有效衔接",
    "乡村振兴", "满意度", "调查", "报告", "评估", "考核", "年度", "贫困县", "分县", "抽样", "附件", "问题清单",
)  # fmt: skip
ROOM, ROOM_BESIDE_MARK = 58, 44
"""Places in the head of a page for the running title: up to the number, or up to the mark in the middle."""
MOST_OPEN_ENTRIES = 21
"""Entries that the contents page holds at the spacing of the text."""
_DIGITS = "零一二三四五六七八九"
WORDS = {
    "zh": {
        "contents": "目录", "table": "表", "figure": "图", "annex": "附件", "note": "注：", "summary": "结论摘要",
        "found": "查到什么", "certainty": "有多大把握", "meaning": "说明什么", "client": "委托单位",
        "number": "报告编号", "lead": "项目负责人", "reviewer": "审核",
        "institute": "评估机构", "date": "报告日期", "colon": "：",
    },
    "en": {
        "contents": "Contents", "table": "Table ", "figure": "Figure ", "annex": "Annex ", "note": "Note: ",
        "summary": "Summary", "found": "Found", "certainty": "How sure", "meaning": "What it means", "client": "Client",
        "number": "Number", "lead": "Lead", "reviewer": "Reviewer",
        "institute": "Institute", "date": "Date", "colon": ": ",
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


def render_html(document: Document) -> str:
    """Return the whole document as one HTML page without outside references."""
    counter = _Counter()
    language = document.language[:2]
    words = WORDS[language]
    summary = tuple(_place(document.summary, counter, language))
    return _environment().get_template("report.html").render(
        document=document,
        cover=document.cover,
        title_lines=balanced_lines(document.cover.title) if language == "zh" else [document.cover.title],
        running_title=running_title(document.cover.title, ROOM_BESIDE_MARK if document.cover.mark else ROOM),
        words=words,
        summary=Section("", words["summary"], "summary", summary) if summary else None,
        chapters=_sections(document, counter, language),
        annexes=_annexes(document, counter, language),
        dense=_entries(document) > MOST_OPEN_ENTRIES,
        noted=any(True for _ in walk(document, Footnote)),
        text=_text,
        spread_groups=_spread_groups,
        chart=lambda block: _chart(block, language),
    )  # fmt: skip


def _entries(document: Document) -> int:
    """Count the lines of the contents."""
    below = sum(
        isinstance(block, Heading) and block.level == 2 for chapter in document.chapters for block in chapter.blocks
    )
    return below + len(document.chapters) + len(document.annexes) + bool(document.summary)


def running_title(title: str, room: int = ROOM_BESIDE_MARK) -> str:
    """Shorten a title to the room in the head of a page; a Chinese character takes two places."""
    widths = [1 if character < "\u2e80" else 2 for character in title]
    if sum(widths) <= room:
        return title
    kept = next(count for count in range(len(title), 0, -1) if sum(widths[:count]) <= room - 2)
    return title[:kept].rstrip() + "…"


def balanced_lines(title: str, longest: int = 15) -> list[str]:
    """Break a Chinese title into lines of nearly equal length, without cutting the words of the field."""
    lines = -(-len(title) // longest)
    ends = [0]
    for number in range(1, lines):
        aim = round(len(title) * number / lines)
        allowed = [place for place in range(ends[-1] + 1, len(title)) if not _cuts_word(title, place)]
        ends.append(min(allowed or [aim], key=lambda place, aim=aim: (abs(place - aim), -place)))  # type: ignore[misc]
    return [title[start:end] for start, end in pairwise([*ends, len(title)])]


def _cuts_word(title: str, place: int) -> bool:
    """Tell whether a place lies inside a word, a number or brackets, or parts brackets from what they explain."""
    before, after = title[place - 1], title[place]
    if before.isascii() and before.isalnum() and after.isascii() and after.isalnum():
        return True
    if title[:place].count("（") > title[:place].count("）") or after in "（）》”、，。：" or before in "《“":
        return True
    return any(
        title.startswith(word, place - cut) for word in _TITLE_WORDS for cut in range(1, len(word)) if place >= cut
    )


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
        elif isinstance(block, IntervalChart | BarChart):
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


def _text(content: Text) -> Markup:
    """Return text as HTML: each figure marked with its key, each note in place."""
    parts: tuple[Inline, ...] = content if isinstance(content, tuple) else (content,)
    return Markup("").join(_inline(part) for part in parts)


def _inline(part: Inline) -> Markup:
    if isinstance(part, Printed):
        return Markup('<span class="figure" data-key="{}">{}</span>').format(part.key, part.text)
    if isinstance(part, Strong):
        return Markup("<strong>{}</strong>").format(part.text)
    if isinstance(part, Code):
        return Markup("<code>{}</code>").format(part.text)
    if isinstance(part, CommandLine):
        return Markup('<code class="line">{}</code>').format(part.text)
    if isinstance(part, Footnote):
        return Markup('<span class="footnote">{}</span>').format(_text(part.content))
    return escape(part)


def _spread_groups(table: Table) -> list[tuple[str, int]]:
    """Return the groups over the columns with their spans; nothing where no column has one."""
    groups: list[tuple[str, int]] = []
    for column in table.columns:
        if groups and groups[-1][0] == column.group:
            groups[-1] = (column.group, groups[-1][1] + 1)
        else:
            groups.append((column.group, 1))
    return groups if any(name for name, _ in groups) else []


def _chart(block: IntervalChart | BarChart, language: str) -> Markup:
    return interval_chart(block, language) if isinstance(block, IntervalChart) else bar_chart(block)


@cache
def _environment() -> Environment:
    """Return the template environment: everything escaped, every unknown name an error."""
    return Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
