"""Choosing and testing: if, coalesce, once, selected and their kin."""

from __future__ import annotations

from forms.functions.registry import function
from forms.pattern import matches
from forms.scope import CURRENT
from forms.values import Value, text_of, texts_of, to_boolean, to_number, to_string


@function("if", "any", (3, 3), "boolean", "any")
def choose(_: object, condition: object, then: Value, otherwise: Value) -> Value:
    """Give one of two values."""
    return then if to_boolean(condition) else otherwise


@function("coalesce", "string", (1, None), "any")
def coalesce(_: object, *values: Value) -> str:
    """Give the first value that is not empty."""
    return next((text for text in map(to_string, values) if text), "")


@function("once", "string", (1, 1), "any")
def once(_: object, value: Value) -> str:
    """Give the node's own value if it has one, so that a value is computed a single time."""
    return text_of(CURRENT.get().node) or to_string(value)


@function("depend", "any", (1, None), "any")
def depend(_: object, value: Value, *_others: Value) -> Value:
    """Give the first value; the others are named so that it is computed again when they change."""
    return value


@function("boolean-from-string", "boolean", (1, 1), "any")
def boolean_from_string(_: object, value: Value) -> bool:
    """Tell whether a text says true."""
    return to_string(value).strip().lower() in ("true", "1")


@function("is-selected", "boolean", (2, 2), "string")
@function("selected", "boolean", (2, 2), "string")
def selected(_: object, answers: Value, value: Value) -> bool:
    """Tell whether a choice is among the answers."""
    return to_string(value).strip() in to_string(answers).split()


@function("selected-at", "string", (2, 2), "string", "number")
def selected_at(_: object, answers: Value, index: Value) -> str:
    """Give one of the answers, counted from 0."""
    chosen = to_string(answers).split()
    position = to_number(index)
    return chosen[int(position)] if 0 <= position < len(chosen) else ""


@function("count-selected", "number", (1, 1), "string")
def count_selected(_: object, answers: Value) -> float:
    """Count the answers."""
    return float(len(to_string(answers).split()))


@function("count-non-empty", "number", (1, 1), "nodeset")
def count_non_empty(_: object, nodes: Value) -> float:
    """Count the nodes that hold something."""
    return float(sum(1 for text in texts_of(nodes) if text))


@function("checklist", "boolean", (2, None), "number", "number", "boolean")
def checklist(_: object, minimum: Value, maximum: Value, *items: Value) -> bool:
    """Tell whether enough, and not too many, of the items are true; -1 sets no bound."""
    return _between(float(sum(to_boolean(item) for item in items)), minimum, maximum)


@function("weighted-checklist", "boolean", (2, None), "number", "number", "any", paired=True)
def weighted_checklist(_: object, minimum: Value, maximum: Value, *items: Value) -> bool:
    """Tell the same of items that each bring a weight."""
    pairs = zip(items[::2], items[1::2], strict=True)
    return _between(sum(to_number(weight) for item, weight in pairs if to_boolean(item)), minimum, maximum)


def _between(total: float, minimum: Value, maximum: Value) -> bool:
    low, high = to_number(minimum), to_number(maximum)
    return (low < 0 or total >= low) and (high < 0 or total <= high)


@function("regex", "boolean", (2, 2), "string")
def regex(_: object, value: Value, pattern: Value) -> bool:
    """Tell whether a pattern matches the whole text."""
    return matches(to_string(pattern), to_string(value))
