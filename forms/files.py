"""The files that answers name: photos, signatures, recordings, the client's own log."""

from __future__ import annotations

from dataclasses import dataclass

from forms.answer_types import is_own_file
from forms.definition import FormDefinition
from forms.instance import Instance
from forms.structure import Node


@dataclass(frozen=True)
class NamedFile:
    """A file that a submission names, and the question it answers."""

    filename: str
    path: str
    is_audit_log: bool


def named_files(definition: FormDefinition, instance: Instance) -> tuple[NamedFile, ...]:
    """Give every file that a submission names, in the order of the form; each of them must arrive with it."""
    found: dict[str, NamedFile] = {}
    for node in definition.nodes:
        if node.type == "binary" and node.kind == "question":
            for name in _names(instance, node, definition.root):
                found.setdefault(name, NamedFile(name, node.path, node.path == f"/{definition.root}/meta/audit"))
    return tuple(found.values())


def _names(instance: Instance, node: Node, root: str) -> list[str]:
    if instance.root.tag != root:
        return []
    elements = instance.root.iterfind(node.path.removeprefix(f"/{root}/"))
    names = (e.text.strip() for e in elements if e.text)
    return [name for name in names if name and not is_own_file(name)]
