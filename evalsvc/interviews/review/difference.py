"""Say what changed between two versions of an interview, question by question, rows of repeats matched; pure."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from lxml import etree

from evalsvc.interviews.nodes import children_of
from evalsvc.interviews.presentation import Complaints, Reader, answer_lines
from evalsvc.interviews.review.alignment import Answer, aligned
from evalsvc.interviews.values import AnswerLine, Change, CommentLine
from forms.definition import FormDefinition
from forms.instance import Instance

CHANGED, ANSWERED, CLEARED = "changed", "answered", "cleared"
ROW_ADDED, ROW_REMOVED = "row_added", "row_removed"
UNCHANGED, ASKED = "unchanged", "asked"
"""A question that was commented on and did not change; a row or group that was commented on, changed or not."""
Comments = Mapping[str, Sequence[CommentLine]]
"""What reviewers said, by its place in the older version."""


@dataclass(frozen=True, eq=False)
class Version:
    """One version, with the form version that it was answered with."""

    definition: FormDefinition
    instance: Instance
    complaints: Complaints = field(default=())
    """What the reader may know of what the checks found."""


@dataclass(frozen=True)
class _Place:
    """A node of one version: its path in the form, with the rows in it, and its element; None where it has none."""

    path: str
    place: str
    element: etree._Element | None


@dataclass(frozen=True)
class _Found:
    kind: str
    old: str
    new: str
    with_row: bool = False


def changes(old: Version, new: Version, reader: Reader, comments: Comments | None = None) -> list[Change]:
    """List what changed from one version to another, in the order of the newer form, as the reader may see it.

    What was commented on stands in the list, also where it did not change.
    """
    said = comments or {}
    before = {line.path: line for line in answer_lines(old.definition, old.instance, (), reader)}
    after = {line.path: line for line in answer_lines(new.definition, new.instance, new.complaints, reader)}
    found = _Comparison(old.definition, new.definition, said).below(_top(old), _top(new))
    told = (_told(each, before.get(each.old), after.get(each.new), said.get(each.old, ())) for each in found)
    return [each for each in told if each is not None]


def _top(version: Version) -> _Place:
    path = f"/{version.definition.root}"
    return _Place(path, path, version.instance.root)


def _told(
    found: _Found, before: AnswerLine | None, after: AnswerLine | None, said: Sequence[CommentLine]
) -> Change | None:
    """Write a change as people read it; what pages leave out, such as values that the form computes, is left out."""
    line = after or before
    if line is None:
        return None
    return Change(
        kind=found.kind,
        path=line.path,
        label=line.title,
        row=line.row,
        with_row=found.with_row,
        old="" if before is None or line.is_group else before.answer,
        new="" if after is None or line.is_group else after.answer,
        hidden=any(each is not None and each.hidden for each in (before, after)),
        around=line.around,
        comments=tuple(said),
        complaints=() if after is None else after.complaints,
    )


@dataclass(frozen=True)
class _Comparison:
    old: FormDefinition
    new: FormDefinition
    asked: Collection[str]
    """Places of the older version that were commented on."""

    def below(self, old: _Place, new: _Place) -> Iterator[_Found]:
        """Compare what lies below a node of both versions; questions that the newer form lacks come last."""
        before = {node.name: node for node in children_of(self.old).get(old.path, ())}
        after = {node.name: node for node in children_of(self.new).get(new.path, ())}
        for name in dict.fromkeys([*after, *before]):
            kinds = {node.kind for node in (before.get(name), after.get(name)) if node is not None}
            if "repeat" in kinds:
                yield from self._rows(old, new, name)
            elif "group" in kinds:
                yield from self._asked(_child(old, name), _child(new, name))
                yield from self.below(_child(old, name), _child(new, name))
            else:
                yield from self._answers(_child(old, name), _child(new, name))

    def _rows(self, old: _Place, new: _Place, name: str) -> Iterator[_Found]:
        before, after = _rows_of(old, name), _rows_of(new, name)
        for a, b in aligned([_leaves(row) for row in before], [_leaves(row) for row in after]):
            was = _Place(f"{old.path}/{name}", "", None) if a is None else before[a]
            now = _Place(f"{new.path}/{name}", "", None) if b is None else after[b]
            if a is None or b is None:
                yield _Found(ROW_ADDED if a is None else ROW_REMOVED, was.place, now.place)
                yield from (replace(each, with_row=True) for each in self.below(was, now))
            else:
                yield from self._asked(was, now)
                yield from self.below(was, now)

    def _asked(self, old: _Place, new: _Place) -> Iterator[_Found]:
        if old.place in self.asked:
            yield _Found(ASKED, old.place, new.place)

    def _answers(self, old: _Place, new: _Place) -> Iterator[_Found]:
        before, after = _text(old.element), _text(new.element)
        if before != after:
            kind = CHANGED if before and after else ANSWERED if after else CLEARED
            yield _Found(kind, old.place, new.place)
        elif old.place in self.asked:
            yield _Found(UNCHANGED, old.place, new.place)


def _child(place: _Place, name: str) -> _Place:
    element = None if place.element is None else place.element.find(name)
    # Below a row that the other version lacks there are no places.
    return _Place(f"{place.path}/{name}", f"{place.place}/{name}" if place.place else "", element)


def _rows_of(place: _Place, name: str) -> list[_Place]:
    elements: Sequence[etree._Element] = [] if place.element is None else place.element.findall(name)
    path, around = f"{place.path}/{name}", f"{place.place}/{name}"
    return [_Place(path, f"{around}[{number}]", element) for number, element in enumerate(elements, start=1)]


def _text(element: etree._Element | None) -> str:
    return "" if element is None else (element.text or "").strip()


def _leaves(row: _Place) -> list[Answer]:
    """List the answers of a row by their places below it."""
    return [] if row.element is None else list(_below(row.element, ""))


def _below(element: etree._Element, path: str) -> Iterator[Answer]:
    for child in element:
        if len(child):
            yield from _below(child, f"{path}/{child.tag}")
        elif _text(child):
            yield f"{path}/{child.tag}", _text(child)
