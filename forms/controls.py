"""The body of an XForm: which control asks for which node, with what label and choices."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from lxml import etree

from forms.markup import local_name
from forms.paths import canonical
from forms.structure import Action, Choice, Itemset
from forms.texts import Translations, readable, resolve, texts_of

CONTROLS = frozenset({"input", "select", "select1", "upload", "trigger", "range", "rank", "secret", "textarea"})
_INSTANCE = re.compile(r"^\s*(?:randomize\(\s*)?instance\(\s*(['\"])(.+?)\1\s*\)([^\[,)]*)")
"""The table of choices and its rows, whether they are shown in their order or in a random one."""
_FUNCTION = re.compile(r"^[\w:-]+\(\s*([^()]*?)\s*\)$")
_NAME = re.compile(r"[^\W\d][\w.\-/]*")
_OWN_ATTRIBUTES = frozenset({"ref", "nodeset", "bind", "appearance"})


@dataclass(frozen=True)
class Control:
    """A control of the body, whatever it asks for."""

    name: str
    labels: Mapping[str, str]
    hints: Mapping[str, str]
    appearance: str
    choices: tuple[Choice, ...]
    itemset: Itemset | None
    attributes: Mapping[str, str]
    actions: tuple[Action, ...] = field(default=())


@dataclass(frozen=True)
class _Model:
    """What controls take from the model: texts, tables, and the choices of every table that was read already."""

    translations: Translations
    secondary: Mapping[str, etree._Element]
    lists: dict[tuple[str, ...], tuple[Choice, ...]] = field(default_factory=dict)

    def choices_of(self, itemset: Itemset) -> tuple[Choice, ...]:
        """Give the choices of a table, the same ones to all controls that ask from it."""
        table = self.secondary.get(itemset.instance or "")
        if table is None:
            return ()
        key = (itemset.instance or "", itemset.rows, itemset.value, itemset.label)
        if key not in self.lists:
            # The rows are counted from the table itself, whose root the path names first or not at all.
            found = table.iterfind(itemset.rows)
            self.lists[key] = tuple(choice_in(row, itemset.value, itemset.label, self.translations) for row in found)
        return self.lists[key]


def controls_of(
    body: etree._Element | None, root: str, translations: Translations, secondary: Mapping[str, etree._Element]
) -> dict[str, Control]:
    """Give the controls by the path of the node they ask for; groups and repeats are among them."""
    found: dict[str, Control] = {}
    if body is not None:
        _collect(body, "/" + root, _Model(translations, secondary), found)
    return found


def _collect(parent: etree._Element, base: str, model: _Model, found: dict[str, Control]) -> None:
    for element in parent:
        name = local_name(element)
        reference = element.get("nodeset") or element.get("ref")
        path = canonical(reference, base) if reference else base
        if name in CONTROLS and reference:
            found[path] = _control(element, name, path, model)
        elif name in ("group", "repeat"):
            if reference and (path not in found or name == "repeat"):
                found[path] = _with_outer_label(_control(element, name, path, model), found.get(path))
            _collect(element, path, model, found)


def _with_outer_label(control: Control, outer: Control | None) -> Control:
    # A repeat's label stands on the group around it, which refers to the same node.
    if outer is None or control.labels:
        return control
    return Control(
        control.name, outer.labels, outer.hints, outer.appearance or control.appearance,
        control.choices, control.itemset, {**outer.attributes, **control.attributes}, control.actions,
    )  # fmt: skip


def _control(element: etree._Element, name: str, path: str, model: _Model) -> Control:
    choices, itemset = _choices(element, model)
    return Control(
        name=name,
        labels=texts_of(element, "label", model.translations),
        hints=texts_of(element, "hint", model.translations),
        appearance=element.get("appearance", ""),
        choices=choices,
        itemset=itemset,
        attributes={str(k): str(v) for k, v in element.attrib.items() if k not in _OWN_ATTRIBUTES},
        actions=actions_in(element, path),
    )


def actions_in(element: etree._Element, path: str) -> tuple[Action, ...]:
    """Give the actions that stand directly inside a control (it triggers them) or the model."""
    return tuple(
        Action(
            target=canonical(child.get("ref") or child.get("target") or "", path),
            events=tuple((child.get("event") or child.get("{http://www.w3.org/2001/xml-events}event") or "").split()),
            name=local_name(child),
            expression=child.get("value"),
            text=(child.text or "").strip(),
            trigger=path,
        )
        for child in element
        if local_name(child) in ("setvalue", "setgeopoint", "recordaudio") and (child.get("ref") or child.get("target"))
    )


def declared_repeats(body: etree._Element | None, root: str) -> dict[str, str | None]:
    """Give the repeats by path, each with the expression of its count."""
    found: dict[str, str | None] = {}

    def visit(parent: etree._Element, base: str) -> None:
        for element in parent:
            name = local_name(element)
            reference = element.get("nodeset") or element.get("ref")
            path = canonical(reference, base) if reference else base
            if name == "repeat" and reference:
                found[path] = element.get("{http://openrosa.org/javarosa}count")
            if name in ("group", "repeat"):
                visit(element, path)

    if body is not None:
        visit(body, "/" + root)
    return found


def _choices(element: etree._Element, model: _Model) -> tuple[tuple[Choice, ...], Itemset | None]:
    source = element.find("{*}itemset")
    if source is None:
        return tuple(_item(item, model.translations) for item in element.iterfind("{*}item")), None
    nodeset = source.get("nodeset", "")
    value = source.find("{*}value")
    label = source.find("{*}label")
    call = _INSTANCE.match(nodeset)
    itemset = Itemset(
        nodeset=nodeset,
        value=value.get("ref", "") if value is not None else "",
        label=label.get("ref", "") if label is not None else "",
        instance=call.group(2) if call else None,
        rows=call.group(3).strip().strip("/") if call else "",
        filtered="[" in nodeset,
    )
    return model.choices_of(itemset), itemset


def _item(item: etree._Element, translations: Translations) -> Choice:
    value = item.find("{*}value")
    return Choice((value.text or "").strip() if value is not None else "", texts_of(item, "label", translations))


def choice_in(row: etree._Element, value: str, label: str, translations: Translations) -> Choice:
    """Give the choice that a row of a table is, its value and label under these names."""
    text, value = label.strip(), value.strip()
    if text.startswith("jr:itext("):
        key = row.findtext(text.removeprefix("jr:itext(").removesuffix(")").strip()) or ""
        return Choice(_cell(row, value), dict(translations.get(key, {})))
    # Enketo knows a function here; without it the plain name is looked up.
    plain = _FUNCTION.sub(r"\1", text)
    found = row.find(plain) if _NAME.fullmatch(plain) else None
    return Choice(_cell(row, value), resolve(readable(found), {}) if found is not None else {})


def _cell(row: etree._Element, name: str) -> str:
    return (row.findtext(name) or "").strip() if _NAME.fullmatch(name) else ""
