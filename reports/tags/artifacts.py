"""What is drawn but not read: heads and feet of pages, heads of a table that goes on, what a template hides."""

from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

from weasyprint.formatting_structure import boxes
from weasyprint.layout.absolute import AbsolutePlaceholder
from weasyprint.pdf.stream import Stream

from reports.tags.roles import HIDDEN

_marked = Stream.marked


def marked(stream: Any, box: Any, tag: str) -> AbstractContextManager[None]:
    """Begin marked content, or an artifact where the box is not read."""
    if getattr(box, "is_artifact", False):
        artifact: AbstractContextManager[None] = stream.artifact()
        return artifact
    content: AbstractContextManager[None] = _marked(stream, box, tag)
    return content


def mark_artifacts(document: Any) -> None:
    """Set apart everything of a laid-out document that is not read, before it is drawn."""
    heads: set[int] = set()
    for page in document.pages:
        for box in _unread(page._page_box, heads):
            for part in _inside(box):
                part.is_artifact = True


def children(box: Any) -> list[Any]:
    """Return the boxes inside a box, in the order of the page."""
    inner = box._box if isinstance(box, AbsolutePlaceholder) else box
    return [each._box if isinstance(each, AbsolutePlaceholder) else each for each in getattr(inner, "children", ())]


def _unread(box: Any, heads: set[int]) -> Iterator[Any]:
    """Yield the outermost boxes that are not read; `heads` are the heads of tables that have been read."""
    if isinstance(box, boxes.MarginBox) or _is_hidden(box) or _is_repeated(box, heads):
        yield box
        return
    for child in children(box):
        yield from _unread(child, heads)


def _is_hidden(box: Any) -> bool:
    return box.element is not None and box.element.get(HIDDEN) == "true"


def _is_repeated(box: Any, heads: set[int]) -> bool:
    if not (isinstance(box, boxes.TableRowGroupBox) and box.is_header):
        return False
    known = id(box.element) in heads
    heads.add(id(box.element))
    return known


def _inside(box: Any) -> Iterator[Any]:
    yield box
    for child in children(box):
        yield from _inside(child)
