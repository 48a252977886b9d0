"""What a report holds: frozen values, already worded and formatted; nothing is computed from here on."""

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, is_dataclass
from datetime import datetime
from enum import Enum
from typing import TypeVar

from reports.looks import Look

Part = TypeVar("Part")


@dataclass(frozen=True)
class Printed:
    """One printed figure: the key it is verified by, and the exact text on the page."""

    key: str
    text: str


@dataclass(frozen=True)
class Strong:
    """Words that stand out in a line."""

    text: str


@dataclass(frozen=True)
class Code:
    """A command or a name that readers copy letter by letter: no letters join, no line breaks inside."""

    text: str


@dataclass(frozen=True)
class CommandLine:
    """A whole command on a line of its own, so that nothing of the sentence around it is copied along."""

    text: str


@dataclass(frozen=True)
class Foreign:
    """Words in another language than the document's, so that they are read by that language's voice."""

    text: str
    language: str


@dataclass(frozen=True)
class Footnote:
    """A note at the foot of the page where it is called."""

    content: tuple["str | Printed | Strong | Code | Foreign", ...]


Inline = str | Printed | Strong | Code | CommandLine | Foreign | Footnote
Text = str | Printed | tuple[Inline, ...]


class Tone(Enum):
    """How a verdict is drawn: by colour, by shape and by word, so that grey print loses nothing."""

    PASS = "pass"  # noqa: S105 -- a verdict, not a secret
    FAIL = "fail"
    UNDECIDED = "undecided"
    NEUTRAL = "neutral"


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of text."""

    text: Text


@dataclass(frozen=True)
class Heading:
    """A heading below the chapter: level 2 is (一), 3 is 1., 4 is (1)."""

    text: str
    level: int = 2


@dataclass(frozen=True)
class Items:
    """A list; a numbered one where the order matters."""

    items: tuple[Text, ...]
    numbered: bool = False


@dataclass(frozen=True)
class Finding:
    """What was found, how sure it is and what that means, with the verdict in one word."""

    title: str
    verdict: str
    tone: Tone
    found: Text
    certainty: Text
    meaning: Text


@dataclass(frozen=True)
class Column:
    """A column: its heading, its alignment (start, end, center) and its share of the width."""

    title: str
    align: str = "start"
    share: float | None = None
    group: str = ""


@dataclass(frozen=True)
class Row:
    """A row of already formatted cells; a strong row is a total or a heading of rows."""

    cells: tuple[Text, ...]
    strong: bool = False


@dataclass(frozen=True)
class Table:
    """A table with its caption; the first column names the row."""

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note: Text = ""
    small: bool = False

    def __post_init__(self) -> None:
        """Refuse a row that does not fit the columns."""
        for number, row in enumerate(self.rows, start=1):
            if len(row.cells) != len(self.columns):
                raise DocumentError(
                    "reports.row_length", caption=self.caption, row=number, cells=len(row.cells),
                    columns=len(self.columns),
                )  # fmt: skip


@dataclass(frozen=True)
class IntervalRow:
    """One line of an interval chart; without low and high only the reason is written."""

    label: str
    estimate: float | None
    low: float | None
    high: float | None
    tone: Tone
    figure: Printed | str
    verdict: str = ""


@dataclass(frozen=True)
class Threshold:
    """The line that a chart compares with."""

    value: float
    label: str


@dataclass(frozen=True)
class IntervalChart:
    """Intervals by county (or any domain) against a threshold; values are rates between 0 and 1."""

    caption: str
    description: str
    rows: tuple[IntervalRow, ...]
    threshold: Threshold | None = None
    note: Text = ""
    span: tuple[float, float] | None = None
    """Rates that the scale has to reach, so that charts beside each other share it."""


@dataclass(frozen=True)
class BarRow:
    """One bar: its label, its length and the text at its end."""

    label: str
    value: float
    figure: Printed | str


@dataclass(frozen=True)
class BarChart:
    """Horizontal bars from zero, on one scale."""

    caption: str
    description: str
    rows: tuple[BarRow, ...]
    note: Text = ""


@dataclass(frozen=True)
class Picture:
    """A chart of one of the kinds in `reports.charts.kinds`; the description is what is read aloud."""

    caption: str
    description: str
    note: Text = field(default="", kw_only=True)


Block = Paragraph | Heading | Items | Finding | Table | IntervalChart | BarChart | Picture


@dataclass(frozen=True)
class Chapter:
    """A chapter of the body (一、二、三 …)."""

    title: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Annex:
    """An annex after the signature, on landscape pages where its tables are wide."""

    title: str
    blocks: tuple[Block, ...]
    landscape: bool = False


@dataclass(frozen=True)
class Fact:
    """One line of the cover: a name and its text."""

    label: str
    text: Text


@dataclass(frozen=True)
class Cover:
    """The first page, and what the file says of itself."""

    title: str
    subtitle: str
    institute: str
    client: str
    number: str
    date: str
    lead: str
    issued_at: datetime
    kind: str = "总报告"
    facts: tuple[Fact, ...] = ()
    mark: str = ""
    mark_explained: str = ""
    reviewer: str = ""
    across: str = ""
    """A word that lies slanting behind the text of every page: 预览, PREVIEW."""
    code: str = ""
    """What the QR code on the first page holds (an address with the report's number and hash); none where empty."""
    code_explained: str = ""


class Form(Enum):
    """A report with cover and contents, or a letter on one page or a few."""

    REPORT = "report"
    LETTER = "letter"


@dataclass(frozen=True)
class Document:
    """A whole report or letter, ready to be laid out; `look` is GB/T 9704 where none is given."""

    cover: Cover
    chapters: tuple[Chapter, ...]
    annexes: tuple[Annex, ...] = ()
    summary: tuple[Block, ...] = ()
    language: str = "zh-CN"
    keywords: tuple[str, ...] = field(default=())
    look: Look | None = None
    form: Form = Form.REPORT
    salutation: str = ""
    """The first line of a letter: to whom it is written."""


class DocumentError(ValueError):
    """A document that cannot be laid out; `code` is stable, `details` are for the sentence shown to people."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code)
        self.code = code
        self.details = details


def printed_figures(document: Document) -> tuple[Printed, ...]:
    """Return every printed figure in the order of the pages, each key once."""
    found: dict[str, Printed] = {}
    for printed in walk(document, Printed):
        known = found.setdefault(printed.key, printed)
        if known.text != printed.text:
            raise DocumentError("reports.key_twice", key=printed.key, first=known.text, second=printed.text)
    return tuple(found.values())


def walk(value: object, kind: type[Part]) -> Iterator[Part]:
    """Yield the parts of one kind inside any value of this module, depth first."""
    if isinstance(value, kind):
        yield value
    if isinstance(value, tuple):
        for item in value:
            yield from walk(item, kind)
    elif is_dataclass(value) and not isinstance(value, type):
        for member in fields(value):
            yield from walk(getattr(value, member.name), kind)
