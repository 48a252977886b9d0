"""The nodes of a form: its primary instance joined with the binds of the model and the controls of the body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lxml import etree

from forms.complaint import Complaint
from forms.controls import Control, actions_in
from forms.paths import canonical
from forms.structure import Action, Node, NodeKind
from forms.texts import Translations, resolve

JAVAROSA = "{http://openrosa.org/javarosa}"
_BIND = frozenset({"nodeset", "ref", "id", "type", "required", "relevant", "constraint", "calculate", "readonly"})
_HANDLED = frozenset(
    JAVAROSA + name for name in ("preload", "preloadParams", "constraintMsg", "requiredMsg", "noAppErrorString")
)
_NO_CONTROL = Control("", {}, {}, "", (), None, {})


@dataclass(frozen=True)
class Sources:
    """All that is said about the nodes of a form outside of its primary instance."""

    controls: Mapping[str, Control]
    repeats: Mapping[str, str | None]
    translations: Translations


def nodes_of(
    model: etree._Element, root: etree._Element, sources: Sources
) -> tuple[tuple[Node, ...], tuple[Complaint, ...]]:
    """Give every node of the primary instance in document order, and what refers to nodes that are not there."""
    top = f"/{root.tag}"
    binds = _binds(model, top)
    actions = _actions(model, top, sources.controls)
    shapes = list(_shapes(root, top, (), sources.repeats))
    nodes = tuple(_node(shape, binds.get(shape.path, {}), actions, sources) for shape in shapes)
    known = {shape.path for shape in shapes} | {top}
    return nodes, _unknown(binds, sources, known)


@dataclass(frozen=True)
class _Shape:
    path: str
    kind: NodeKind
    outer: tuple[str, ...]
    default: str


def _shapes(
    element: etree._Element, path: str, outer: tuple[str, ...], repeats: Mapping[str, str | None]
) -> Iterator[_Shape]:
    """Walk the instance; siblings of one name are one node (a repeat's template and first rows)."""
    by_name: dict[str, list[etree._Element]] = {}
    for child in element:
        by_name.setdefault(str(child.tag), []).append(child)
    for name, siblings in by_name.items():
        below = f"{path}/{name}"
        children = next((s for s in siblings if len(s)), siblings[0])
        if below in repeats:
            yield _Shape(below, "repeat", outer, "")
            yield from _shapes(children, below, (*outer, below), repeats)
        elif len(children):
            yield _Shape(below, "group", outer, "")
            yield from _shapes(children, below, outer, repeats)
        else:
            yield _Shape(below, "question", outer, siblings[-1].text or "")


def _binds(model: etree._Element, top: str) -> dict[str, dict[str, str]]:
    binds: dict[str, dict[str, str]] = {}
    for bind in model.iterfind("{*}bind"):
        reference = bind.get("nodeset") or bind.get("ref")
        if reference:
            attributes = {str(k): str(v) for k, v in bind.attrib.items()}
            binds.setdefault(canonical(reference, top), {}).update(attributes)
    return binds


def _actions(model: etree._Element, top: str, controls: Mapping[str, Control]) -> dict[str, tuple[Action, ...]]:
    by_target: dict[str, tuple[Action, ...]] = {}
    in_model = tuple(replace(action, trigger=None) for action in actions_in(model, top))
    for action in (*in_model, *(a for control in controls.values() for a in control.actions)):
        by_target[action.target] = (*by_target.get(action.target, ()), action)
    return by_target


def _unknown(binds: Mapping[str, object], sources: Sources, known: set[str]) -> tuple[Complaint, ...]:
    # A bind may name an attribute of a node (entities do); attributes are not answers.
    binds_to = [path for path in binds if "@" not in path]
    missing = [path for path in (*binds_to, *sources.controls) if path not in known]
    # Some clients open such forms all the same, so this does not forbid anything.
    return tuple(
        Complaint("form", "form.unknown_node", path, {"path": path}, severity="warning")
        for path in dict.fromkeys(missing)
    )


def _node(shape: _Shape, bind: Mapping[str, str], actions: Mapping[str, tuple[Action, ...]], sources: Sources) -> Node:
    control = sources.controls.get(shape.path, _NO_CONTROL)
    preload = bind.get(JAVAROSA + "preload")
    return Node(
        path=shape.path,
        name=shape.path.rpartition("/")[2],
        kind=shape.kind,
        parent=shape.path.rpartition("/")[0],
        repeats=shape.outer,
        type=bind.get("type", "string").rpartition(":")[2],
        control=control.name if shape.kind == "question" and control.name else None,
        appearance=control.appearance,
        default=shape.default,
        required=bind.get("required"),
        relevant=bind.get("relevant"),
        constraint=bind.get("constraint"),
        calculate=bind.get("calculate"),
        readonly=bind.get("readonly"),
        preload=(preload, bind.get(JAVAROSA + "preloadParams", "")) if preload else None,
        repeat_count=sources.repeats.get(shape.path),
        labels=control.labels if control.name else _unasked(shape, sources.translations),
        hints=control.hints,
        constraint_messages=_message(bind, "constraintMsg", sources.translations),
        required_messages=_message(bind, "requiredMsg", sources.translations),
        choices=control.choices,
        itemset=control.itemset,
        attributes={k: v for k, v in (*bind.items(), *control.attributes.items()) if k not in _BIND | _HANDLED},
        actions=actions.get(shape.path, ()),
    )


def _unasked(shape: _Shape, translations: Translations) -> Mapping[str, str]:
    """Give the words for a value that nobody is asked, as a computed one: pyxform keeps them beside the others."""
    return translations.get(f"{shape.path}:label", {}) if shape.kind == "question" else {}


def _message(bind: Mapping[str, str], name: str, translations: Translations) -> Mapping[str, str]:
    reference = bind.get(JAVAROSA + name)
    return resolve(reference, translations) if reference else {}
