"""The files that a form needs beside itself."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from lxml import etree

from forms.structure import Attachment, Node

# Whatever stands there is a name, even one that no device could store: that is complained of.
_MEDIA = re.compile(r"^\s*jr://(images|audio|video)/(?P<name>\S(?:.*\S)?)\s*$")
_DATA = re.compile(r"^\s*jr://(file|file-csv)/(?P<name>\S(?:.*\S)?)\s*$")
_LOOKED_UP = re.compile(r"(?:pulldata|search)\(\s*(['\"])(?P<name>[^'\"]+)\1")


def attachments_of(document: etree._Element, nodes: Iterable[Node]) -> tuple[Attachment, ...]:
    """Give the files a form mentions, each once, in the order of first mention."""
    found: dict[str, Attachment] = {}
    for attachment in (*_data(document), *_lookups(nodes), *_media(document)):
        found.setdefault(attachment.filename, attachment)
    return tuple(found.values())


def _data(document: etree._Element) -> Iterator[Attachment]:
    for instance in document.iterfind("{*}head/{*}model/{*}instance"):
        source = instance.get("src", "")
        match = _DATA.match(source)
        if match:
            yield Attachment(match.group("name"), source, "data")
    for control in document.iter("{*}input"):
        # Choices of select_one_external are always looked up in this one file.
        if control.get("query"):
            yield Attachment("itemsets.csv", "query", "data")


def _lookups(nodes: Iterable[Node]) -> Iterator[Attachment]:
    for node in nodes:
        for expression in (node.calculate, node.relevant, node.constraint, node.required, node.appearance):
            for match in _LOOKED_UP.finditer(expression or ""):
                name = match.group("name")
                yield Attachment(name if name.endswith(".csv") else f"{name}.csv", expression or "", "data")


def _media(document: etree._Element) -> Iterator[Attachment]:
    for value in document.iter("{*}value"):
        match = _MEDIA.match(value.text or "")
        if match and value.get("form"):
            yield Attachment(match.group("name"), (value.text or "").strip(), "media")
