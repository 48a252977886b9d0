"""Read answers where the paths of an expression lead."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from forms.direct.places import Run, UnsuitedError, Walked
from forms.structure import Node
from forms.translation import Context

if TYPE_CHECKING:
    from forms.answers import Answers


def answer_reader(node: Node, context: Context, end: Walked) -> Run:
    """Give what reads one answer: outside of repeats, in the expression's row, in one around it, in a predicate's."""
    path = node.path
    if not node.repeats:
        return lambda answers, _index, _row: answers.at[path][0].text or ""
    if end.of_predicate:
        if node.repeats != end.known:
            raise UnsuitedError
        return lambda answers, _index, row: answers.at[path][row].text or ""
    if node.repeats == context.repeats:
        return lambda answers, index, _row: answers.at[path][index].text or ""
    if context.repeats[: len(node.repeats)] != node.repeats:
        raise UnsuitedError
    inner = context.repeats[len(node.repeats) :][::-1]

    def read(answers: Answers, index: int, _row: Any) -> str:
        for repeat in inner:
            index = answers.outer[repeat][index]
        return answers.at[path][index].text or ""

    return read


def rows_reader(repeat: Node, context: Context) -> Run:
    """Give what lists the places of the rows of a repeat: all of them, or those in the row of the expression."""
    path, outer = repeat.path, repeat.repeats
    if not outer:
        return lambda answers, _index, _row: answers.rows_of(path, 0)
    if context.repeats[: len(outer)] != outer:
        raise UnsuitedError
    inner = context.repeats[len(outer) :][::-1]

    def read(answers: Answers, index: int, _row: Any) -> list[int]:
        for each in inner:
            index = answers.outer[each][index]
        return answers.rows_of(path, index)

    return read
