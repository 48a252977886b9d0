"""What is known about an expression before and after it is translated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from forms.complaint import Complaint
from forms.functions.registry import FUNCTIONS, Type
from forms.structure import Node
from forms.xpath import Binary, Call, Expr, Literal, Negation, Number, Path

NUMERIC_TYPES = frozenset({"int", "integer", "decimal", "long", "double", "float", "short"})
ARITHMETIC = frozenset({"+", "-", "*", "div", "mod"})


@dataclass(frozen=True)
class Context:
    """Where an expression stands: its node, the repeats whose row is thereby known, and all nodes of the form.

    `fleeting` are the tables that only the device has, such as the answers that were saved last.
    """

    path: str
    repeats: tuple[str, ...]
    nodes: Mapping[str, Node]
    numeric: frozenset[str]
    primary_instance: str | None = None
    fleeting: frozenset[str] = frozenset()


@dataclass
class Translation:
    """What libxml2 is to evaluate, and what was learned on the way."""

    text: str = ""
    result: Type = "any"
    references: dict[str, bool] = field(default_factory=dict)
    functions: set[str] = field(default_factory=set)
    tables: set[str] = field(default_factory=set)
    complaints: list[Complaint] = field(default_factory=list)
    fleeting: bool = False

    @property
    def volatile(self) -> bool:
        """Tell whether the value cannot be computed again."""
        return self.fleeting or any(FUNCTIONS[name].volatile for name in self.functions)

    @property
    def spoken(self) -> bool:
        """Tell whether the value depends on the language."""
        return any(FUNCTIONS[name].spoken for name in self.functions)


def result_type(tree: Expr) -> Type:
    """Tell what an expression gives, as far as it can be told without a form."""
    match tree:
        case Number() | Negation():
            return "number"
        case Literal():
            return "string"
        case Call(name=name):
            return FUNCTIONS[name].result if name in FUNCTIONS else "any"
        case Binary(operator=operator):
            return "nodeset" if operator == "|" else "number" if operator in ARITHMETIC else "boolean"
        case Path():
            return "nodeset"
        case _:
            return "any"
