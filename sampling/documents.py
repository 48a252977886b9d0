"""Read YAML and JSON documents strictly and list every place where they leave their schema."""

import json
import unicodedata
from collections.abc import Hashable, Iterator
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

import yaml

from sampling.errors import Complaint, complain

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


@dataclass(frozen=True)
class Document:
    """Hold a parsed document, or the complaints that forbid its use."""

    value: Any
    complaints: tuple[Complaint, ...]


class _DuplicateKeyError(Exception):
    """Stop at a key that stands twice: the parser would silently keep the last one."""

    def __init__(self, key: str, row: int | None) -> None:
        super().__init__(key)
        self.key = key
        self.row = row


class _StrictLoader(yaml.SafeLoader):
    """Load plain YAML in which no key stands twice."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if str(key) in seen:
                raise _DuplicateKeyError(str(key), key_node.start_mark.line + 1)
            seen.add(str(key))
        return super().construct_mapping(node, deep)


def _unique_pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Build a JSON object and refuse a key that stands twice."""
    built: dict[str, Any] = {}
    for key, value in pairs:
        if key in built:
            raise _DuplicateKeyError(key, None)
        built[key] = value
    return built


def parse_document(text: str, file: str) -> Document:
    """Parse YAML, or JSON when the text begins with a brace; text comes back in NFC."""
    text = unicodedata.normalize("NFC", text)
    try:
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return Document(json.loads(text.lstrip("\ufeff"), object_pairs_hook=_unique_pairs), ())
        return Document(yaml.load(text, Loader=_StrictLoader), ())  # noqa: S506 (a SafeLoader)
    except _DuplicateKeyError as error:
        problem = complain("document.duplicate_key", file=file, row=error.row, key=error.key)
    except json.JSONDecodeError as error:
        problem = complain("document.not_readable", file=file, row=error.lineno, problem=error.msg)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = 1 if mark is None else mark.line + 1
        problem = complain("document.not_readable", file=file, row=row, problem=str(getattr(error, "problem", error)))
    except RecursionError:
        problem = complain("document.not_readable", file=file, row=1, problem="nested too deeply")
    return Document(None, (problem,))


@cache
def _validator(schema: str) -> "Draft202012Validator":
    """Load a schema file that is shipped beside this module."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (loaded when a document is checked)

    text = resources.files("sampling").joinpath(schema).read_text(encoding="utf-8")
    return Draft202012Validator(json.loads(text))


def check_schema(value: object, schema: str, file: str) -> list[Complaint]:
    """List every place where a document leaves the schema file named, in document order."""
    found = [problem for error in _validator(schema).iter_errors(value) for problem in _described(error, file)]
    return sorted(found, key=lambda problem: problem.column or "")


def _described(error: "ValidationError", file: str) -> Iterator[Complaint]:
    """Turn a validator's error into complaints by its keyword."""
    place = _place(error)
    rule: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "required":
        for key in rule:
            if key not in instance and repr(key) in error.message:  # one error is raised for each missing key
                yield complain("document.missing_key", file=file, column=place, key=key)
    elif error.validator == "additionalProperties":
        schema: Any = error.schema
        allowed = schema.get("properties", {})
        for key in instance:
            if key not in allowed:
                names = ", ".join(allowed)
                yield complain("document.unknown_key", file=file, column=place, key=str(key), allowed=names)
    elif error.validator in ("enum", "const"):
        values = rule if error.validator == "enum" else [rule]
        names = ", ".join(_short(value) for value in values)
        yield complain("document.not_allowed", file=file, column=place, value=_short(instance), allowed=names)
    elif error.validator == "type":
        wanted = rule if isinstance(rule, str) else ", ".join(rule)
        yield complain("document.wrong_type", file=file, column=place, value=_short(instance), expected=wanted)
    else:
        limit = f"{error.validator} {_short(rule)}"
        yield complain("document.out_of_range", file=file, column=place, value=_short(instance), rule=limit)


def _short(value: object) -> str:
    """Write a value for a sentence, cut to a readable length."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def _place(error: "ValidationError") -> str:
    """Write the path of a place as ``stages[1].take``."""
    text = ""
    for part in error.absolute_path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".") or "."
