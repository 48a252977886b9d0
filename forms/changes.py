"""What changed from one version of a form to the next, question by question."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from forms.definition import FormDefinition
from forms.structure import Node, Texts

ChangeKind = Literal[
    "added", "removed", "moved", "type", "choice_added", "choice_removed", "choice_words", "label", "hint",
    "required", "relevant", "constraint", "calculation", "readonly", "repeat_count", "choice_filter", "default",
    "marks", "file_added", "file_removed",
]  # fmt: skip
EXPRESSIONS: tuple[tuple[ChangeKind, str], ...] = (
    ("required", "required"),
    ("relevant", "relevant"),
    ("constraint", "constraint"),
    ("calculation", "calculate"),
    ("readonly", "readonly"),
    ("repeat_count", "repeat_count"),
    ("default", "default"),
)
_PATH = re.compile(r"(?<![\w)\]'\"])(?:\.\.)?/(?:(?:\.\.|[\w.-]+)/)*([\w.-]+)")
BREAKING: frozenset[ChangeKind] = frozenset({"removed", "type", "choice_removed", "calculation"})
"""Changes after which a column of answers is no longer the same thing in both versions."""


@dataclass(frozen=True)
class Change:
    """One thing that is otherwise in the newer version; `before` and `after` are as the form has them."""

    kind: ChangeKind
    path: str
    name: str
    before: str = ""
    after: str = ""

    @property
    def breaks(self) -> bool:
        """Tell whether answers of both versions cannot simply stand in one column."""
        return self.kind in BREAKING


def changes(old: FormDefinition, new: FormDefinition) -> tuple[Change, ...]:
    """Give what changed, in the order of the newer form, what was removed behind it.

    Questions are the same by their path; one that only moved to another group is found by its name, where the name is
    that of one question only in both versions.
    """
    before = _told(old)
    after = _told(new)
    moved = _moved(before, after)
    found: list[Change] = []
    for path, node in after.items():
        earlier = before.get(path) or before.get(moved.get(path, ""))
        if earlier is None:
            found.append(Change("added", path, node.name, after=node.sort))
            continue
        if path not in before:
            found.append(Change("moved", path, node.name, moved[path], path))
        found.extend(_of_node(earlier, replace(node, path=path)))
    gone = {path: node for path, node in before.items() if path not in after and path not in moved.values()}
    found.extend(Change("removed", path, node.name, before=node.sort) for path, node in gone.items())
    return (*found, *_files(old, new))


def _told(definition: FormDefinition) -> dict[str, Node]:
    """Give the nodes that people know of by their path: not the form's own metadata, nor texts that ask nothing."""
    root = f"/{definition.root}"
    kept = (each for each in definition.nodes if not (each.is_meta or each.is_note or each.path == f"{root}/meta"))
    return {node.path.removeprefix(root): node for node in kept}


def _moved(before: dict[str, Node], after: dict[str, Node]) -> dict[str, str]:
    """Give the old paths of questions that stand elsewhere now, by their new paths."""
    gone = _by_name({path: node for path, node in before.items() if path not in after})
    new = _by_name({path: node for path, node in after.items() if path not in before})
    return {paths[0]: gone[name][0] for name, paths in new.items() if len(paths) == 1 and len(gone.get(name, ())) == 1}


def _by_name(nodes: dict[str, Node]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for path, node in nodes.items():
        if node.kind == "question":
            found.setdefault(node.name, []).append(path)
    return found


def _of_node(old: Node, new: Node) -> Iterator[Change]:
    path, name = new.path, new.name
    if _type(old) != _type(new):
        yield Change("type", path, name, *_sorts(old, new))
    if dict(old.labels) != dict(new.labels):
        yield Change("label", path, name, _words(old.labels), _words(new.labels))
    if dict(old.hints) != dict(new.hints):
        yield Change("hint", path, name, _words(old.hints), _words(new.hints))
    yield from _choices(old, new)
    for kind, column in EXPRESSIONS:
        before, after = _expression(old, column), _expression(new, column)
        if before != after:
            yield Change(kind, path, name, before, after)
    filters = [each.itemset.nodeset if each.itemset else "" for each in (old, new)]
    if filters[0] != filters[1]:
        yield Change("choice_filter", path, name, *filters)
    if dict(old.attributes) != dict(new.attributes) or old.appearance != new.appearance:
        yield Change("marks", path, name, _marks(old), _marks(new))


def _choices(old: Node, new: Node) -> Iterator[Change]:
    before = {choice.value: choice for choice in old.choices}
    after = {choice.value: choice for choice in new.choices}
    for value, choice in after.items():
        if value not in before:
            yield Change("choice_added", new.path, new.name, after=f"{value} {_words(choice.labels)}".strip())
        elif dict(before[value].labels) != dict(choice.labels):
            words = (f"{value} {_words(each.labels)}" for each in (before[value], choice))
            yield Change("choice_words", new.path, new.name, *words)
    for value, choice in before.items():
        if value not in after:
            yield Change("choice_removed", new.path, new.name, before=f"{value} {_words(choice.labels)}".strip())


def _files(old: FormDefinition, new: FormDefinition) -> Iterator[Change]:
    before, after = ({each.filename: each for each in form.attachments} for form in (old, new))
    for name in after:
        if name not in before:
            yield Change("file_added", "", name)
    for name in before:
        if name not in after:
            yield Change("file_removed", "", name)


def _type(node: Node) -> str:
    if node.kind != "question":
        return node.kind
    return f"{node.control} {node.type}" if node.control else node.type


def _sorts(old: Node, new: Node) -> tuple[str, str]:
    """Name both sorts of answers, with the types where the sorts are alike."""
    if old.sort != new.sort:
        return old.sort, new.sort
    return f"{old.sort} {old.type}", f"{new.sort} {new.type}"


def _expression(node: Node, column: str) -> str:
    """Give an expression as people write it: the groups that a question lies in do not matter."""
    return _PATH.sub(r"${\1}", " ".join((getattr(node, column) or "").split()))


def _words(texts: Texts) -> str:
    return " / ".join(texts.values())


def _marks(node: Node) -> str:
    marks = [f"{name.rpartition('}')[2]}={value}" for name, value in sorted(node.attributes.items())]
    return ", ".join([*marks, *([f"appearance={node.appearance}"] if node.appearance else [])])
