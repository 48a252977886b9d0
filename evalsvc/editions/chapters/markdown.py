"""Read rendered Markdown into the blocks of a document; what a report has no place for is refused with its line."""

from collections.abc import Iterator, Sequence
from functools import cache

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.tree import SyntaxTreeNode
from mdit_py_plugins.footnote import footnote_plugin

from evalsvc.editions.chapters.faults import TextFault
from evalsvc.editions.chapters.inline import Inside, Word, plain, text_of, words_in
from evalsvc.editions.chapters.marks import FindingHead, Marks
from evalsvc.editions.chapters.writing import Rendered
from reports.document import (
    Block,
    Code,
    Column,
    CommandLine,
    Finding,
    Footnote,
    Foreign,
    Heading,
    Inline,
    Items,
    Paragraph,
    Printed,
    Row,
    Strong,
    Table,
    Text,
    Tone,
)

CAPTION_SIGNS = (":", "：")
"""What a paragraph begins with that is the caption of the pipe table below it."""
ALIGNED = {"": "start", "text-align:left": "start", "text-align:right": "end", "text-align:center": "center"}
STRONG_SIGNS = "**"
MOST_HEADINGS = 99
"""Sections of one chapter: they are numbered in Chinese up to there."""


class Reader:
    """Read one rendered text."""

    def __init__(self, rendered: Rendered, marks: Marks, language: str) -> None:
        self._rows, self._allowance = rendered.rows, marks.allowance
        self._tree = SyntaxTreeNode(_parser().parse(rendered.markdown))
        self._inside = Inside(marks, language, self._row, self._notes(marks, language))

    def title_and_blocks(self) -> tuple[str, tuple[Block, ...]]:
        """Return the title, empty where the text has none, and everything below it.

        Raises
        ------
        TextFault
            The first thing that a report has no place for.
        """
        title, blocks, headings = "", list[Block](), 0
        nodes = [each for each in self._tree.children if each.type != "footnote_block"]
        if nodes and nodes[0].type == "heading" and nodes[0].tag == "h1":
            head = nodes.pop(0)
            title = plain(self._words(head), self._row(head))
        while nodes:
            row = self._row(nodes[0])
            blocks += self._block(nodes.pop(0), nodes)
            self._allowance.spend("blocks", 1, row)
            headings += isinstance(blocks[-1], Heading) if blocks else 0
            if headings > MOST_HEADINGS:
                raise TextFault("report_text.many_headings", row, most=MOST_HEADINGS)
        return title, tuple(blocks)

    def _row(self, node: SyntaxTreeNode) -> int:
        """Return the line of the file that a node begins in."""
        while not node.is_root and node.map is None and node.parent is not None:
            node = node.parent
        line = 0 if node.is_root or node.map is None else node.map[0]
        return self._rows[min(line, len(self._rows) - 1)]

    def _block(self, node: SyntaxTreeNode, waiting: list[SyntaxTreeNode]) -> Sequence[Block]:
        row = self._row(node)
        if node.type == "paragraph":
            return self._paragraph(node, waiting)
        if node.type == "heading":
            if node.tag not in ("h2", "h3", "h4"):
                raise TextFault("report_text.heading_level", row)
            return [Heading(plain(self._words(node), row), int(node.tag[1]))]
        if node.type in ("bullet_list", "ordered_list"):
            return [Items(tuple(self._items(node)), numbered=node.type == "ordered_list")]
        if node.type == "fence":
            return [Paragraph(self._commands(node))]
        if node.type == "table":
            raise TextFault("report_text.table_caption", row)
        raise TextFault("report_text.markdown", row, what=node.type)

    def _paragraph(self, node: SyntaxTreeNode, waiting: list[SyntaxTreeNode]) -> Sequence[Block]:
        words, row = self._words(node), self._row(node)
        below = waiting[0] if waiting else None
        if below is not None and below.type == "table" and node.children[0].content.startswith(CAPTION_SIGNS):
            caption = plain(words, row)[1:].strip()
            return [self._table(waiting.pop(0), caption)]
        blocks = [block for part in words if isinstance(part, tuple) for block in part]
        heads = [part for part in words if isinstance(part, FindingHead)]
        others = [part for part in words if not isinstance(part, tuple | FindingHead) and part != " "]
        if not blocks and not heads:
            return [Paragraph(text_of(words))] if words else []
        if others or (heads and (blocks or len(heads) > 1)):
            raise TextFault("report_text.block_in_line", row)
        return [self._finding(heads[0], node, waiting)] if heads else blocks

    def _finding(self, head: FindingHead, node: SyntaxTreeNode, waiting: list[SyntaxTreeNode]) -> Finding:
        below = waiting.pop(0) if waiting and waiting[0].type in ("bullet_list", "ordered_list") else None
        items = [] if below is None else list(self._items(below))
        if len(items) != 3:
            raise TextFault("report_text.finding", self._row(node), found=len(items))
        return Finding(head.title, head.verdict, Tone(head.tone), *items)

    def _items(self, node: SyntaxTreeNode) -> Iterator[Text]:
        for item in node.children:
            self._allowance.spend("blocks", 1, self._row(item))
            parts: list[Inline] = []
            for child in item.children:
                if child.type == "fence":
                    parts += self._commands(child)
                elif child.type == "paragraph":
                    parts += self._inside.parts(self._words(child), self._row(child))
                else:
                    raise TextFault("report_text.markdown", self._row(child), what=child.type)
            yield text_of(parts)

    def _commands(self, node: SyntaxTreeNode) -> tuple[CommandLine, ...]:
        row = self._row(node)
        lines = [line for line in node.content.splitlines() if line.strip()]
        return tuple(CommandLine(plain(words_in(line, self._inside.marks), row)) for line in lines)

    def _table(self, node: SyntaxTreeNode, caption: str) -> Table:
        head, *body = node.children
        row = self._row(node)
        columns = tuple(
            Column(plain(self._words(cell), row), ALIGNED[str(cell.attrs.get("style", ""))])
            for cell in head.children[0].children
        )
        self._allowance.spend("cells", sum(len(line.children) for part in node.children for line in part.children))
        rows = tuple(
            Row(tuple(text_of(self._inside.parts(self._words(cell), self._row(line))) for cell in line.children))
            for part in body
            for line in part.children
        )
        return Table(caption, columns, rows, small=True)

    def _words(self, node: SyntaxTreeNode) -> list[Word]:
        return [part for child in node.children for part in self._inside.words(child)]

    def _notes(self, marks: Marks, language: str) -> dict[int, Footnote]:
        """Return the notes at the foot, by the number under which the text calls them."""
        inside = Inside(marks, language, self._row, {})
        found: dict[int, Footnote] = {}
        for block in (each for each in self._tree.children if each.type == "footnote_block"):
            for note in block.children:
                words = [part for child in note.children for line in child.children for part in inside.words(line)]
                found[note.meta["id"]] = Footnote(tuple(_noted(inside.parts(words, self._row(note)))))
        return found


def _noted(parts: Sequence[Inline]) -> Iterator[str | Printed | Strong | Code]:
    """Yield the words of a note; it calls no other note, for none is known while it is read."""
    for part in parts:
        if isinstance(part, Foreign):
            yield part.text
        elif not isinstance(part, CommandLine | Footnote):
            yield part


@cache
def _parser() -> MarkdownIt:
    """Return the parser of CommonMark with tables and footnotes; what a report cannot hold is read, to be refused."""
    parser = MarkdownIt("commonmark", {"html": True}).enable("table").use(footnote_plugin, inline=False)
    # Between Chinese signs the rules of emphasis fail (**要点。**后文): strong words are what stands between two **.
    parser.disable(["emphasis", "code", "lheading", "reference"])
    parser.inline.ruler.before("link", "strong", _strong)
    return parser


def _strong(state: StateInline, silent: bool) -> bool:
    start, end = state.pos + len(STRONG_SIGNS), state.src.find(STRONG_SIGNS, state.pos + len(STRONG_SIGNS))
    if not state.src.startswith(STRONG_SIGNS, state.pos) or end <= start or end > state.posMax:
        return False
    if not silent:
        token = state.push("strong_words", "strong", 0)
        token.content = state.src[start:end]
    state.pos = end + len(STRONG_SIGNS)
    return True
