"""Marks: one sign of the private-use planes for everything that a text takes from the facts.

A text is Markdown once its conditions and loops are carried out. What it takes from the facts stands in it as one sign
each and is put back after the Markdown was read: so no name in the data can be taken for a heading, a figure keeps its
key, and a table is a value and never words that somebody could have written by hand.
"""

from dataclasses import dataclass, field

from evalsvc.editions.chapters.allowance import Allowance
from reports.document import Block, Printed

FIRST = 0xF0000
"""Where marks begin; there is room for 65,534."""
FIRST_LINE, MOST_LINES = 0x100000, 20_000
"""Where the marks of lines begin, which tell from which line of its file a rendered line comes."""


@dataclass(frozen=True)
class FindingHead:
    """The head of a finding: three items of a list follow it."""

    title: str
    verdict: str
    tone: str


Marked = str | Printed | tuple[Block, ...] | FindingHead


class Mark(str):
    """Text that holds marks alone: it is printed as it is."""

    __slots__ = ()


@dataclass
class Marks:
    """What the marks of one report stand for."""

    allowance: Allowance
    held: list[Marked] = field(default_factory=list)

    def take(self, value: Marked) -> Mark:
        """Return the mark of a value."""
        self.allowance.spend("marks", 1)
        self.held.append(value)
        return Mark(chr(FIRST + len(self.held) - 1))

    def behind(self, sign: str) -> Marked | None:
        """Return what a sign stands for; None for a sign of the text itself."""
        place = ord(sign) - FIRST
        return self.held[place] if 0 <= place < len(self.held) else None


def is_private(sign: str) -> bool:
    """Tell whether a sign belongs to the planes that marks are taken from: no text may hold one."""
    return ord(sign) >= FIRST


def line_mark(line: int) -> str:
    """Return the sign that names a line of a text."""
    return chr(FIRST_LINE + min(line, MOST_LINES))


def without_line_marks(rendered: str, text: str) -> tuple[str, list[int]]:
    """Return a rendered text without the marks of its lines, and the line of the file that each line comes from.

    A line of which nothing is left but that was not empty in the file (a condition by itself, a figure that is not
    there) goes: an empty line, which ends a paragraph, stands only where somebody wrote one.
    """
    source = text.split("\n")
    lines, rows = list[str](), list[int]()
    for line in rendered.split("\n"):
        # What ends without a mark stands behind the last end of a line.
        row = next((ord(sign) - FIRST_LINE for sign in reversed(line) if ord(sign) >= FIRST_LINE), len(source))
        words = "".join(sign for sign in line if ord(sign) < FIRST_LINE)
        if words.strip() or not source[min(row, len(source)) - 1].strip():
            lines.append(words)
            rows.append(row)
    return "\n".join(lines), rows or [1]
