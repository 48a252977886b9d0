"""The parts of a form: groups, repeats and questions with everything their binds and controls say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

EVALSVC = "{https://evalsvc.org/xform/1}"
SELECTS = frozenset({"select", "select1", "rank"})
MEDIA = frozenset({"image", "audio", "video"})
NodeKind = Literal["group", "repeat", "question"]
Texts = Mapping[str, str]


@dataclass(frozen=True)
class Choice:
    """One answer of a closed question; labels by language code."""

    value: str
    labels: Texts = field(default_factory=dict)


@dataclass(frozen=True)
class Itemset:
    """Where choices are looked up: a node set, possibly filtered, with the names of value and label.

    `instance` is the table, where it can be told, and `rows` the path of all its rows.
    """

    nodeset: str
    value: str
    label: str
    instance: str | None
    rows: str
    filtered: bool


@dataclass(frozen=True)
class Node:
    """A group, a repeat or a question; `path` is absolute without prefixes, expressions are as the form has them."""

    path: str
    name: str
    kind: NodeKind
    parent: str | None
    repeats: tuple[str, ...] = ()
    type: str = "string"
    control: str | None = None
    appearance: str = ""
    default: str = ""
    required: str | None = None
    relevant: str | None = None
    constraint: str | None = None
    calculate: str | None = None
    readonly: str | None = None
    preload: tuple[str, str] | None = None
    repeat_count: str | None = None
    labels: Texts = field(default_factory=dict)
    hints: Texts = field(default_factory=dict)
    constraint_messages: Texts = field(default_factory=dict)
    required_messages: Texts = field(default_factory=dict)
    choices: tuple[Choice, ...] = ()
    itemset: Itemset | None = None
    attributes: Mapping[str, str] = field(default_factory=dict)
    actions: tuple[Action, ...] = ()

    @property
    def sort(self) -> str:
        """Name what is asked for: by its control where that tells it, as `calculate`, or by the type of the answer."""
        if self.kind != "question":
            return self.kind
        if self.control == "upload":
            medium = self.attributes.get("mediatype", "").partition("/")[0]
            return medium if medium in MEDIA else "binary"
        if self.control in SELECTS or self.control in ("range", "trigger"):
            return str(self.control)
        return "calculate" if self.control is None and self.calculate is not None else self.type

    @property
    def is_select(self) -> bool:
        """Tell whether the answer is one or several of listed choices."""
        return self.control in SELECTS and (bool(self.choices) or self.itemset is not None)

    @property
    def is_multiple(self) -> bool:
        """Tell whether the answer is a list of choices."""
        return self.control in ("select", "rank")

    @property
    def is_note(self) -> bool:
        """Tell whether the node only shows text and never holds an answer."""
        constant = (self.readonly or "").replace(" ", "") == "true()"
        return constant and self.control == "input" and not (self.calculate or self.default or self.actions)

    @property
    def is_meta(self) -> bool:
        """Tell whether the node belongs to the form's own metadata block."""
        return self.path.split("/")[2:3] == ["meta"]

    @property
    def indicators(self) -> tuple[str, ...]:
        """Give the indicators that the answer feeds."""
        return tuple(self.attributes.get(EVALSVC + "indicator", "").split())

    @property
    def assignment(self) -> str | None:
        """Give the column of the assignment that the answer is taken from before the form is opened."""
        return self.attributes.get(EVALSVC + "assignment")

    @property
    def personal(self) -> str | None:
        """Give the sort of personal data that the answer is, if it is any."""
        return self.attributes.get(EVALSVC + "personal")


@dataclass(frozen=True)
class Action:
    """A value that is set by an event: `setvalue` with an expression or text, or something a device records."""

    target: str
    events: tuple[str, ...]
    name: str
    expression: str | None
    text: str
    trigger: str | None


@dataclass(frozen=True)
class Attachment:
    """A file that belongs to the form: its name, where the form mentions it, and what it is."""

    filename: str
    source: str
    kind: Literal["data", "media"]
