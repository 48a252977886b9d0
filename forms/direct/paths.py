"""What expressions read: answers, the rows of repeats, and values that are looked up."""

from __future__ import annotations

from abc import ABC, abstractmethod
from math import isfinite
from typing import TYPE_CHECKING, Any

from forms.direct.casts import xpath_number
from forms.direct.combine import column
from forms.direct.lookups import found, lookup_in
from forms.direct.places import ITEM, Run, UnsuitedError, Walked, single, walked
from forms.direct.reading import answer_reader, rows_reader
from forms.scope import CURRENT, DIRECT_WORK_OF_ROW
from forms.structure import Node
from forms.translation import Context, result_type
from forms.xpath import Call, Expr, Path

if TYPE_CHECKING:
    from forms.answers import Answers


class PathReading(ABC):
    """Compile paths and the functions of rows; what stands inside of them is compiled by who extends this."""

    def __init__(self, context: Context) -> None:
        self._context = context

    @abstractmethod
    def number(self, tree: Expr, base: str | None) -> Run:
        """Give the value as a number."""

    @abstractmethod
    def truth(self, tree: Expr, base: str | None) -> Run:
        """Give the value as true or false."""

    @abstractmethod
    def text(self, tree: Expr, base: str | None) -> Run:
        """Give the value as a text."""

    def _path(self, tree: Path, base: str | None) -> Run:
        try:
            return self._answer(tree, base)[1]
        except UnsuitedError:
            end, node = self._several(tree, base)
        path, rows = self._question_in(node), self._rows(end, node)

        def texts(answers: Answers, index: int, row: Any) -> list[str]:
            elements, wanted = answers.at[path], rows(answers, index, row)
            CURRENT.get().spend(DIRECT_WORK_OF_ROW * len(wanted))
            return [elements[each].text or "" for each in wanted]

        return texts

    def _answer(self, tree: Expr, base: str | None) -> tuple[Node | None, Run]:
        """Give the node of a single answer (None for a column of a table) and what reads it."""
        if isinstance(tree, Call) and tree.name == "indexed-repeat":
            return self._of_row(tree, base)
        if not isinstance(tree, Path):
            raise UnsuitedError
        if base == ITEM and tree.start == "" and len(tree.steps) == 1:
            return None, column(_column_name(tree))
        if isinstance(tree.start, Call) and tree.start.name == "instance":
            return None, self._looked_up(tree, base)
        end = walked(tree, self._context, base)
        node = single(end, self._context)
        return node, answer_reader(node, self._context, end)

    def _looked_up(self, tree: Path, base: str | None) -> Run:
        lookup = lookup_in(tree)
        if base is not None or lookup.table in self._context.fleeting:
            raise UnsuitedError
        if result_type(lookup.key) == "nodeset" and self._is_numeric(self._answer(lookup.key, base)[0]):
            # 3 and 3.0 are the same number, but not the same key.
            raise UnsuitedError
        key, column = self.text(lookup.key, base), lookup.column
        tests = [self.truth(each, ITEM) for each in lookup.tests]

        def read(answers: Answers, index: int, row: Any) -> str:
            for item in found(lookup, key(answers, index, row)):
                if all(test(answers, index, item) for test in tests):
                    return item.get(column, "")
            return ""

        return read

    def _of_row(self, call: Call, base: str | None) -> tuple[Node, Run]:
        """Read a question in the n-th row of a repeat that stands in no other."""
        if len(call.arguments) != 3:
            raise UnsuitedError
        target, rows, number = call.arguments
        node, repeat = self._named(target), self._named(rows).path
        if node.repeats != (repeat,) or node.kind != "question":
            raise UnsuitedError
        path, place = node.path, self.number(number, base)

        def read(answers: Answers, index: int, row: Any) -> str:
            wanted = place(answers, index, row)
            there = answers.rows_of(repeat, 0)
            found = isfinite(wanted) and 1 <= int(wanted) <= len(there)
            return (answers.at[path][there[int(wanted) - 1]].text or "") if found else ""

        return node, read

    def _named(self, tree: Expr) -> Node:
        """Give the node of an absolute path, all rows of it."""
        if not isinstance(tree, Path) or tree.start != "/" or tree.predicates:
            raise UnsuitedError
        if any(step.axis not in ("", "child") or step.predicates for step in tree.steps):
            raise UnsuitedError
        node = self._context.nodes.get("".join(f"/{step.test}" for step in tree.steps))
        if node is None:
            raise UnsuitedError
        return node

    def _is_numeric(self, node: Node | None) -> bool:
        return node is not None and node.path in self._context.numeric

    def _several(self, tree: Expr, base: str | None) -> tuple[Walked, Node]:
        """Give where a path leads that means rows of a repeat, or one question in them."""
        if base is not None or not isinstance(tree, Path):
            raise UnsuitedError
        end = walked(tree, self._context, base)
        node = self._context.nodes.get(end.path)
        if end.rows is None or node is None:
            raise UnsuitedError
        if node.path != end.rows and (node.repeats[-1:] != (end.rows,) or node.kind == "repeat"):
            raise UnsuitedError
        return end, node

    def _question_in(self, node: Node) -> str:
        if node.kind != "question":
            raise UnsuitedError
        return node.path

    def _rows(self, end: Walked, node: Node) -> Run:
        repeat = self._context.nodes[end.rows or ""]
        every = rows_reader(repeat, self._context)
        if any(result_type(each) == "number" for each in end.predicates):
            raise UnsuitedError
        if not end.predicates:
            return every
        tests = [self.truth(each, repeat.path) for each in end.predicates]
        if len(tests) > 1:
            raise UnsuitedError
        test = tests[0]

        def chosen(answers: Answers, index: int, row: Any) -> list[int]:
            rows: list[int] = every(answers, index, row)
            CURRENT.get().spend(DIRECT_WORK_OF_ROW * len(rows))
            return [each for each in rows if test(answers, index, each)]

        return chosen

    # ---- functions of rows

    def _position(self, call: Call, base: str | None) -> Run:
        """Give the place of the expression's own row; any other place is left to libxml2."""
        argument = call.arguments[0] if call.arguments else None
        if base is not None or not isinstance(argument, Path) or not self._context.repeats:
            raise UnsuitedError
        own = self._context.repeats[-1]
        end = walked(argument, self._context, base)
        if end.path != own or (end.rows is not None and argument.start != "/") or end.predicates:
            raise UnsuitedError
        return lambda answers, index, _row: answers.position_of(own, index)

    def _count(self, call: Call, base: str | None) -> Run:
        rows = self._rows(*self._several(call.arguments[0], base))
        return lambda answers, index, row: float(len(rows(answers, index, row)))

    def _indexed(self, call: Call, base: str | None) -> Run:
        return self._of_row(call, base)[1]

    def _sum(self, call: Call, base: str | None) -> Run:
        end, node = self._several(call.arguments[0], base)
        path, rows = self._question_in(node), self._rows(end, node)

        def total(answers: Answers, index: int, row: Any) -> float:
            elements, wanted = answers.at[path], rows(answers, index, row)
            CURRENT.get().spend(DIRECT_WORK_OF_ROW * len(wanted))
            return float(sum(xpath_number(elements[each].text or "") for each in wanted))

        return total


def _column_name(tree: Path) -> str:
    step = tree.steps[0]
    if step.axis not in ("", "child") or step.test == "*" or "(" in step.test or step.predicates:
        raise UnsuitedError
    return step.test
