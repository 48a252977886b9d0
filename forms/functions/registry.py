"""The table of functions: what each takes and gives, and who computes it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

Type = Literal["string", "number", "boolean", "nodeset", "any"]
Implementation = Callable[..., Any]


@dataclass(frozen=True)
class Function:
    """One function; `parameters` types its arguments (the last one repeats), `call` is None where libxml2 computes it.

    A volatile function gives another value at another time or place (clock, chance, device), so that its result cannot
    be computed again; a spoken one depends on the language in which the form was shown. The further arguments of a
    paired one come two by two.
    """

    name: str
    result: Type
    minimum: int
    maximum: int | None
    parameters: tuple[Type, ...]
    call: Implementation | None
    volatile: bool = False
    spoken: bool = False
    paired: bool = False

    def takes(self, number: int) -> bool:
        """Tell whether so many arguments can be given."""
        enough = self.minimum <= number and (self.maximum is None or number <= self.maximum)
        return enough and not (self.paired and (number - self.minimum) % 2)

    def parameter(self, index: int) -> Type:
        """Give the type that an argument is wanted in."""
        return self.parameters[min(index, len(self.parameters) - 1)] if self.parameters else "any"

    @property
    def alias(self) -> str:
        """Give the name under which libxml2 finds it: its own functions cannot be replaced, and prefixes cost time."""
        return self.name if self.call is None else "or-" + self.name.replace(":", "-")


FUNCTIONS: dict[str, Function] = {}


def function(
    name: str,
    result: Type,
    arity: tuple[int, int | None],
    *parameters: Type,
    volatile: bool = False,
    spoken: bool = False,
    paired: bool = False,
) -> Callable[[Implementation], Implementation]:
    """Enter an implementation into the table; it takes lxml's context first, then the arguments."""

    def enter(call: Implementation) -> Implementation:
        FUNCTIONS[name] = Function(name, result, *arity, parameters, call, volatile, spoken, paired)
        return call

    return enter


def native(name: str, result: Type, arity: tuple[int, int | None], *parameters: Type) -> None:
    """Enter a function that libxml2 computes as forms want it."""
    FUNCTIONS[name] = Function(name, result, *arity, parameters, None)


native("count", "number", (1, 1), "nodeset")
native("last", "number", (0, 0))
native("local-name", "string", (0, 1), "nodeset")
native("name", "string", (0, 1), "nodeset")
native("namespace-uri", "string", (0, 1), "nodeset")
native("starts-with", "boolean", (2, 2), "string")
native("contains", "boolean", (2, 2), "string")
native("substring-before", "string", (2, 2), "string")
native("substring-after", "string", (2, 2), "string")
native("substring", "string", (2, 3), "string", "number")
native("string-length", "number", (0, 1), "string")
native("normalize-space", "string", (0, 1), "string")
native("translate", "string", (3, 3), "string")
native("boolean", "boolean", (1, 1), "boolean")
native("not", "boolean", (1, 1), "boolean")
native("true", "boolean", (0, 0))
native("false", "boolean", (0, 0))
native("lang", "boolean", (1, 1), "string")
native("sum", "number", (1, 1), "nodeset")
native("floor", "number", (1, 1), "number")
native("ceiling", "number", (1, 1), "number")
