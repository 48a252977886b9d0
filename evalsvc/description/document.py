"""The OpenAPI document as values that a page can show."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Field:
    """One parameter, or one field of a body."""

    name: str
    place: str
    type: str
    required: bool
    note: str


@dataclass(frozen=True)
class Operation:
    """One method of one address."""

    method: str
    path: str
    tag: str
    summary: str
    fields: tuple[Field, ...]
    answers: tuple[tuple[str, str], ...]


def operations(document: Mapping[str, Any]) -> list[Operation]:
    """List what the document describes, in its own order."""
    return [
        _operation(document, method, path, item)
        for path, item in document.get("paths", {}).items()
        for method in METHODS
        if method in item
    ]


def _operation(document: Mapping[str, Any], method: str, path: str, item: Mapping[str, Any]) -> Operation:
    described = item[method]
    parameters = [_resolved(document, each) for each in (*item.get("parameters", ()), *described.get("parameters", ()))]
    answers = (
        (status, _resolved(document, each).get("description", "")) for status, each in described["responses"].items()
    )
    return Operation(
        method=method.upper(),
        path=path,
        tag=_tag(document, described),
        summary=described.get("summary", ""),
        fields=(*map(_parameter, parameters), *_body_fields(document, described.get("requestBody", {}))),
        answers=tuple(sorted((status, text) for status, text in answers if status != "default")),
    )


def _tag(document: Mapping[str, Any], described: Mapping[str, Any]) -> str:
    """Return what a group of addresses is called: the words of its blueprint, or its name."""
    name = next(iter(described.get("tags", ())), "")
    words = {each["name"]: each.get("description") for each in document.get("tags", ())}
    return str(words.get(name) or name)


def _parameter(given: Mapping[str, Any]) -> Field:
    schema = given.get("schema", {})
    return Field(given["name"], given["in"], _type(schema), bool(given.get("required")), given.get("description", ""))


def _body_fields(document: Mapping[str, Any], body: Mapping[str, Any]) -> Iterator[Field]:
    for content_type, content in body.get("content", {}).items():
        schema = _resolved(document, content.get("schema", {}))
        required = schema.get("required", ())
        for name, each in schema.get("properties", {}).items():
            if not each.get("readOnly"):
                yield Field(name, content_type, _type(each), name in required, each.get("description", ""))


def _type(schema: Mapping[str, Any]) -> str:
    kind = schema.get("type", "object")
    return "/".join(kind) if isinstance(kind, list) else str(kind)


def _resolved(document: Mapping[str, Any], given: Mapping[str, Any]) -> Mapping[str, Any]:
    """Follow one reference inside the document."""
    if "$ref" not in given:
        return given
    found: Any = document
    for step in str(given["$ref"]).removeprefix("#/").split("/"):
        found = found[step]
    return dict(found)
