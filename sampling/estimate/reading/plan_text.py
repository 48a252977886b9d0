"""Parse the text of a plan, and say of a text that is no YAML which sign, tab or key keeps it from being read."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from sampling.estimate.errors import Complaint
from sampling.estimate.reading.meant import FULL_WIDTH

OPENING = {"'": "'", '"': '"'}
SIGNS_IN_A_MESSAGE = 20


def parse_plan(text: str, complaints: list[Complaint]) -> Any:
    """Parse YAML or JSON; None where it cannot be read, with what keeps it from being read."""
    try:
        values = yaml.load(text, Loader=_UniqueKeys)  # noqa: S506 - a SafeLoader
    except yaml.YAMLError as error:
        complaints += _faults(text, error)
        return None
    if isinstance(values, str):
        # Without one colon of its own a whole plan is one text to YAML.
        complaints += full_width_signs(text)
    return values


def full_width_signs(text: str) -> list[Complaint]:
    """Name every full-width sign that stands where YAML has signs of its own, not in quotes and not in comments."""
    found = [
        Complaint("plan.full_width", {"line": line, "column": column, "sign": sign, "meant": FULL_WIDTH[sign]})
        for line, words in enumerate(text.splitlines(), start=1)
        for column, sign in _bare_signs(words)
    ]
    return found[:SIGNS_IN_A_MESSAGE]


def _bare_signs(words: str) -> Iterator[tuple[int, str]]:
    closing = ""
    for column, sign in enumerate(words, start=1):
        before = words[: column - 1]
        if closing:
            closing = "" if sign == closing else closing
        elif sign == "#" and (not before or before[-1].isspace()):
            return
        elif sign in OPENING and (not before.strip() or before[-1] in " [{(,:"):
            closing = OPENING[sign]
        elif sign in FULL_WIDTH:
            yield column, sign


class _TwiceError(yaml.YAMLError):
    """Stop at a key that stands twice."""

    def __init__(self, key: str, mark: yaml.Mark, first: int) -> None:
        super().__init__(key)
        self.key, self.mark, self.first = key, mark, first


class _UniqueKeys(yaml.SafeLoader):
    """Refuse a mapping that names a key twice; YAML's loader would keep the last one silently."""


def _unique_mapping(loader: _UniqueKeys, node: yaml.MappingNode) -> dict[Any, Any]:
    seen: dict[Any, int] = {}
    for key_node, _ in node.value:
        key = loader.construct_object(key_node, deep=True)
        if key in seen:
            raise _TwiceError(str(key), key_node.start_mark, seen[key])
        seen[key] = key_node.start_mark.line + 1
    return loader.construct_mapping(node, deep=True)


_UniqueKeys.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, _unique_mapping)


def _faults(text: str, error: yaml.YAMLError) -> list[Complaint]:
    if isinstance(error, _TwiceError):
        place = {"line": error.mark.line + 1, "column": error.mark.column + 1}
        return [Complaint("plan.key_twice", {**place, "key": error.key, "first": error.first})]
    mark = getattr(error, "problem_mark", None)
    line, column = (None, None) if mark is None else (mark.line + 1, mark.column + 1)
    problem = str(getattr(error, "problem", None) or error)
    if r"'\t'" in problem:
        return [Complaint("plan.tab", {"line": line, "column": column})]
    # The parser stops where it can go no further, which is often a line or two below the sign that led it astray.
    signs = full_width_signs(text)
    return signs or [Complaint("plan.not_yaml", {"line": line, "column": column, "problem": problem})]
