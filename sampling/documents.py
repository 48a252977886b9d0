"""Read YAML and JSON documents strictly and list every place where they leave their schema."""

import json
import math
import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any, NoReturn

import yaml

from sampling.document_values import PlainValues
from sampling.errors import Complaint, complain

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError


TYPES = {
    ("object",): "document.type_object",
    ("array",): "document.type_array",
    ("string",): "document.type_string",
    ("integer",): "document.type_integer",
    ("number",): "document.type_number",
    ("null",): "document.type_null",
    ("object", "null"): "document.type_object_or_null",
    ("string", "null"): "document.type_string_or_null",
    ("string", "number"): "document.type_string_or_number",
    ("object", "string"): "document.type_object_or_string",
}
"""The sentence of each type, or choice of types."""
RANGES = {
    "minimum": "document.too_small",
    "exclusiveMinimum": "document.not_above",
    "maximum": "document.too_large",
    "exclusiveMaximum": "document.not_below",
    "pattern": "document.pattern",
    "minItems": "document.too_few",
    "maxItems": "document.too_many",
    "minLength": "document.too_short",
    "minProperties": "document.too_few",
    "maxProperties": "document.too_many",
    "uniqueItems": "document.repeated",
}
"""The sentence of each keyword that bounds a value."""


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


class _AliasError(yaml.YAMLError):
    """Stop at an alias: some lines of them stand for millions of entries."""

    def __init__(self, name: str, row: int) -> None:
        super().__init__(name)
        self.name = name
        self.row = row


class _BadValueError(Exception):
    """Stop at a number or a date that is none, or that no number holds."""

    def __init__(self, value: str, row: int | None = None) -> None:
        super().__init__(value)
        self.value = value
        self.row = row


class StrictLoader(yaml.SafeLoader):
    """Load plain YAML in which no key stands twice and nothing is said by an alias."""

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose what stands next; never an alias."""
        if self.check_event(yaml.AliasEvent):
            event: Any = self.peek_event()  # type: ignore[no-untyped-call]
            raise _AliasError(event.anchor, event.start_mark.line + 1)
        return super().compose_node(parent, index)

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        """Build a value; a number or a date that does not exist stops it."""
        try:
            return super().construct_object(node, deep)
        except (ValueError, OverflowError) as error:
            if isinstance(error, UnicodeError):
                raise
            raise _BadValueError(_short(str(node.value)), node.start_mark.line + 1) from error

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        """Build the entries of a mapping; a key that stands twice stops it."""
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


def _integer(digits: str) -> int:
    """Read an integer of a JSON document."""
    try:
        return int(digits)
    except ValueError as error:  # more digits than Python reads
        raise _BadValueError(_short(digits)) from error


def _decimal(digits: str) -> float:
    """Read a number of a JSON document that is no integer."""
    value = float(digits)
    if not math.isfinite(value):
        raise _BadValueError(_short(digits))
    return value


def _constant(name: str) -> NoReturn:
    """Refuse what Python reads beyond JSON: NaN and the infinities."""
    raise _BadValueError(name)


def parse_document(text: str, file: str) -> Document:
    """Parse YAML, or JSON when the text begins with a brace; text comes back in NFC."""
    document = _parsed(text, file)
    plain = PlainValues(file)
    value = plain.of(document.value)
    return Document(None, tuple(plain.complaints)) if plain.complaints else Document(value, document.complaints)


def _parsed(text: str, file: str) -> Document:
    text = unicodedata.normalize("NFC", text)
    try:
        if text.lstrip("\ufeff \t\r\n").startswith("{"):
            return Document(_json(text.lstrip("\ufeff")), ())
        return Document(yaml.load(text, Loader=StrictLoader), ())  # noqa: S506 (a SafeLoader)
    except _DuplicateKeyError as error:
        problem = complain("document.duplicate_key", file=file, row=error.row, key=error.key)
    except _BadValueError as error:
        problem = complain("document.bad_value", file=file, row=error.row, value=error.value)
    except _AliasError as error:
        problem = complain("document.alias", file=file, row=error.row, name=error.name)
    except json.JSONDecodeError as error:
        problem = complain("document.not_readable", file=file, row=error.lineno, problem=error.msg)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        row = 1 if mark is None else mark.line + 1
        told = str(getattr(error, "problem", error))
        code = "document.tab" if "'\\t'" in told else "document.not_readable"
        problem = complain(code, file=file, row=row, problem=told)
    except RecursionError:
        problem = complain("document.not_readable", file=file, row=1, problem="nested too deeply")
    return Document(None, (problem,))


def _json(text: str) -> Any:
    """Parse JSON: nothing beyond the standard, and no key twice."""
    return json.loads(
        text, object_pairs_hook=_unique_pairs, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
    )


class _Writer(yaml.SafeDumper):
    """Write everything out, also what is the same object in two places."""

    def ignore_aliases(self, data: Any) -> bool:
        """Say that no object is written as an alias, which the reader refuses."""
        return True


def document_text(value: object, width: int = 100) -> str:
    """Write a document as YAML that `parse_document` reads: entries in their order, nothing said by an alias."""
    return str(yaml.dump(value, Dumper=_Writer, allow_unicode=True, sort_keys=False, width=width))


@cache
def _validator(schema: str) -> "Draft202012Validator":
    """Load a schema file that is shipped beside this module."""
    from jsonschema import Draft202012Validator  # noqa: PLC0415 (loaded when a document is checked)
    from jsonschema.validators import extend  # noqa: PLC0415 (as above)

    text = resources.files("sampling").joinpath(schema).read_text(encoding="utf-8")
    # 12.0 is an integer to JSON Schema, and would be hashed as another text than 12 is.
    types = Draft202012Validator.TYPE_CHECKER.redefine("integer", _is_integer)
    strict: Any = extend(Draft202012Validator, {"pattern": _check_pattern}, type_checker=types)  # type: ignore[no-untyped-call]
    return strict(json.loads(text))  # type: ignore[no-any-return]


def _is_integer(_checker: object, value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _check_pattern(
    _validator: object, pattern: str, value: object, _schema: Mapping[str, Any]
) -> "Iterator[ValidationError]":
    """Match as JavaScript does, in whose words schemas are written: there the end is not before a last line feed."""
    from jsonschema.exceptions import ValidationError  # noqa: PLC0415 (as above)

    whole = pattern.removesuffix("$") + r"\Z" if pattern.endswith("$") else pattern
    if isinstance(value, str) and not re.search(whole, value):
        yield ValidationError(f"{value!r} does not match {pattern!r}")


def check_schema(value: object, schema: str, file: str) -> list[Complaint]:
    """List every place where a document leaves the schema file named, in document order."""
    if value is None:
        return [complain("document.empty", file=file)]
    return described(_validator(schema).iter_errors(value), file)


def described(errors: "Iterable[ValidationError]", file: str) -> list[Complaint]:
    """Turn a validator's errors into complaints, in document order; its own words are English and stay behind."""
    found = [problem for error in errors for problem in _described(error, file)]
    return sorted(found, key=lambda problem: problem.column or "")


def _described(error: "ValidationError", file: str) -> Iterator[Complaint]:
    """Turn a validator's error into complaints by its keyword."""
    place = _place(error)
    rule: Any = error.validator_value
    instance: Any = error.instance
    if error.validator == "required":
        for key in rule:
            if key not in instance and repr(key) in error.message:  # one error is raised for each missing key
                code = "document.missing_key" if place else "document.missing_key_at_top"
                yield complain(code, file=file, column=place, key=key)
    elif error.validator == "additionalProperties":
        schema: Any = error.schema
        allowed = schema.get("properties", {})
        for key in instance:
            if key not in allowed:
                names = ", ".join(allowed)
                code = "document.unknown_key" if place else "document.unknown_key_at_top"
                yield complain(code, file=file, column=place, key=_short(str(key)), allowed=names)
    elif error.validator in ("enum", "const"):
        values = rule if error.validator == "enum" else [rule]
        names = ", ".join(_short(value) for value in values)
        yield complain("document.not_allowed", file=file, column=place, value=_short(instance), allowed=names)
    elif error.validator == "type":
        wanted = (rule,) if isinstance(rule, str) else tuple(rule)
        if not place and wanted == ("object",):
            yield complain("document.not_entries", file=file)
            return
        code = TYPES.get(wanted, "document.wrong_type")
        yield complain(code, file=file, column=place, value=_short(instance), expected=", ".join(wanted))
    else:
        keyword = str(error.validator)
        details: dict[str, Any] = {
            "value": _short(instance),
            "limit": _short(rule),
            "rule": f"{keyword} {_short(rule)}",
        }
        yield complain(RANGES.get(keyword, "document.out_of_range"), file=file, column=place, **details)


def _short(value: object) -> str:
    """Write a value for a sentence, cut to a readable length."""
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
    return text if len(text) <= 80 else text[:77] + "..."


def _place(error: "ValidationError") -> str:
    """Write the path of a place as ``stages[1].take``."""
    text = ""
    for part in error.absolute_path:
        text += f"[{part}]" if isinstance(part, int) else f".{part}"
    return text.lstrip(".")
