"""Small pieces that compiled expressions are put together from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from forms.direct.places import Run
from forms.functions.registry import FUNCTIONS
from forms.xpath import Call, Expr, Path

if TYPE_CHECKING:
    from forms.answers import Answers

Compute = Callable[..., Any]


@dataclass(frozen=True)
class Constant:
    """What is the same everywhere."""

    value: str | float | bool

    def __call__(self, answers: Answers, index: int, row: Any) -> str | float | bool:
        """Give the value."""
        return self.value


def then(compute: Compute, first: Run) -> Run:
    """Compute something out of one value."""
    if isinstance(first, Constant):
        return Constant(compute(first.value))
    return lambda answers, index, row: compute(first(answers, index, row))


def both(compute: Compute, left: Run, right: Run) -> Run:
    """Compute something out of two values."""
    if isinstance(right, Constant):
        value = right.value
        return lambda answers, index, row: compute(left(answers, index, row), value)
    return lambda answers, index, row: compute(left(answers, index, row), right(answers, index, row))


def all_or_any(tests: Sequence[Run], operator: str) -> Run:
    """Join what is true or false by `and` or `or`, as far as it must be looked at."""
    wanted = operator == "or"
    if len(tests) == 2:
        first, second = tests
        if wanted:
            return lambda answers, index, row: first(answers, index, row) or second(answers, index, row)
        return lambda answers, index, row: first(answers, index, row) and second(answers, index, row)

    def joined(answers: Answers, index: int, row: Any) -> bool:
        for test in tests:
            if bool(test(answers, index, row)) is wanted:
                return wanted
        return not wanted

    return joined


def folded(first: Run, others: Sequence[tuple[Compute, Run]]) -> Run:
    """Compute from left to right; forms add up hundreds of questions."""

    def fold(answers: Answers, index: int, row: Any) -> Any:
        value = first(answers, index, row)
        for compute, other in others:
            value = compute(value, other(answers, index, row))
        return value

    return fold


def equals(read: Run, text: str, wanted: bool) -> Run:
    """Compare a text with one that is given."""
    if wanted:
        return lambda answers, index, row: read(answers, index, row) == text
    return lambda answers, index, row: read(answers, index, row) != text


def called(compute: Compute, arguments: Sequence[Run]) -> Run:
    """Call a function of values."""
    if len(arguments) == 1:
        return then(compute, arguments[0])
    if len(arguments) == 2:
        return both(compute, *arguments)
    return lambda answers, index, row: compute(*[argument(answers, index, row) for argument in arguments])


def entered(name: str, arguments: Sequence[Run]) -> Run:
    """Call a function of the table of functions, which take a context first that these do not look at."""
    call = FUNCTIONS[name].call
    assert call is not None  # noqa: S101  (only functions of ours come here)
    if len(arguments) == 1:
        one = arguments[0]
        return lambda answers, index, row: call(None, one(answers, index, row))
    if len(arguments) == 2:
        first, second = arguments
        return lambda answers, index, row: call(None, first(answers, index, row), second(answers, index, row))
    return lambda answers, index, row: call(None, *[argument(answers, index, row) for argument in arguments])


def column(name: str) -> Run:
    """Read a column of an item of a table."""
    return lambda _answers, _index, row: row.get(name, "")


def gives_nodes(tree: Expr) -> bool:
    """Tell whether a choice between values can give a node, which counts as true even when it is empty."""
    if isinstance(tree, Call) and tree.name == "if":
        return any(map(gives_nodes, tree.arguments[1:]))
    return isinstance(tree, Path)
