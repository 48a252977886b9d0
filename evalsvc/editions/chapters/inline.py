"""Read the words of a line: signs of the text, and what its marks stand for."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markdown_it.tree import SyntaxTreeNode

from evalsvc.editions.chapters.faults import TextFault
from evalsvc.editions.chapters.marks import FindingHead, Marked, Marks
from reports.document import Block, Code, CommandLine, Footnote, Foreign, Inline, Printed, Strong, Text

Word = Inline | tuple[Block, ...] | FindingHead
CHINESE = re.compile("[\u2014-\u201d\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]")
BREAK = "\n"


@dataclass(frozen=True)
class Inside:
    """What the words of one text are read with."""

    marks: Marks
    language: str
    row_of: Callable[[SyntaxTreeNode], int]
    notes: Mapping[int, Footnote]

    def words(self, node: SyntaxTreeNode) -> list[Word]:
        """Return the words of a line of tokens; lines of the file are joined as the language does it."""
        row = self.row_of(node)
        found: list[Word] = []
        for child in node.children:
            found += self._token(child, row)
            row += child.type in ("softbreak", "hardbreak")
        return joined(found)

    def parts(self, words: Sequence[Word], row: int) -> list[Inline]:
        """Return words that are no blocks; a block has no place within a line, a list or a table."""
        kept: list[Inline] = []
        for word in words:
            if isinstance(word, tuple | FindingHead):
                raise TextFault("report_text.block_in_line", row)
            kept.append(word)
        return kept

    def _token(self, token: SyntaxTreeNode, row: int) -> Iterator[Word]:
        if token.type == "text":
            yield from words_in(token.content, self.marks, self.language)
        elif token.type in ("softbreak", "hardbreak"):
            yield BREAK
        elif token.type == "code_inline":
            yield Code(plain(words_in(token.content, self.marks), row))
        elif token.type == "strong_words":
            # A figure stays a figure, with its key, also among strong words.
            yield from (Strong(part) if isinstance(part, str) else part for part in words_in(token.content, self.marks))
        elif token.type == "footnote_ref" and token.meta["id"] in self.notes:
            self.marks.allowance.spend("notes", 1, row)
            yield self.notes[token.meta["id"]]
        else:
            raise TextFault("report_text.markdown", row, what=token.type)


def words_in(content: str, marks: Marks, language: str = "zh") -> Iterator[Word]:
    """Put back what the marks of a text stand for; Chinese names in another language's text say what they are."""
    run = ""
    for sign in content:
        behind: Marked | Foreign | None = marks.behind(sign)
        if language != "zh" and isinstance(behind, str) and CHINESE.search(behind):
            behind = Foreign(behind, "zh-CN")
        if behind is None or isinstance(behind, str):
            run += sign if behind is None else behind
            continue
        if run:
            yield run
        run = ""
        yield behind
    if run:
        yield run


def joined(words: Sequence[Word]) -> list[Word]:
    """Join texts that follow each other; a new line of the file is a space unless Chinese stands beside it."""
    found: list[Word] = []
    for place, given in enumerate(words):
        word = _gap(found, words[place + 1 :]) if given == BREAK else given
        if isinstance(word, str) and found and isinstance(found[-1], str):
            found[-1] += word
        elif word != "":
            found.append(word)
    return found


def _gap(before: Sequence[Word], after: Sequence[Word]) -> str:
    """Return what stands for a new line of the file."""
    last, first = _last(before), _first(after)
    return "" if not last or not first or CHINESE.match(last) or CHINESE.match(first) else " "


def _last(words: Sequence[Word]) -> str:
    return _said(words[-1])[-1:] if words else ""


def _first(words: Sequence[Word]) -> str:
    return _said(words[0])[:1] if words else ""


def _said(word: Word) -> str:
    if isinstance(word, str):
        return word
    return word.text if isinstance(word, Printed | Strong | Code | CommandLine | Foreign) else ""


def text_of(words: Sequence[Word]) -> Text:
    """Return words as the text of a document."""
    kept = tuple(word for word in words if not isinstance(word, tuple | FindingHead))
    return kept[0] if len(kept) == 1 and isinstance(kept[0], str | Printed) else kept


def plain(words: Iterable[Word], row: int) -> str:
    """Return words that have to be plain: titles, headings, captions and commands hold no figure and no note."""
    found = ""
    for word in words:
        if not isinstance(word, str):
            raise TextFault("report_text.not_plain", row)
        found += word
    return found.strip()
