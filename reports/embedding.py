"""The data files inside a report: each with its type, its relation to the pages and a description, listed once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import PurePath
from types import MappingProxyType
from typing import Any

import pydyf
import weasyprint

from reports.document import DocumentError

MEDIA_TYPES = MappingProxyType(
    {
        ".json": "application/json",
        ".csv": "text/csv",
        ".txt": "text/plain",
        ".md": "text/markdown",
        ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        ".zip": "application/zip",
    }
)
RELATIONSHIPS = frozenset({"Source", "Data", "Alternative", "Supplement", "Unspecified"})
"""What ISO 19005-3, 6.8 (with annex E) lets a file be to the document."""


@dataclass(frozen=True)
class Embedded:
    """A file to embed: its bytes, its media type, what it is in words, and what it is to the printed pages."""

    content: bytes
    media_type: str
    description: str
    relationship: str = "Data"

    def __post_init__(self) -> None:
        """Refuse a relation that the standard does not know."""
        if self.relationship not in RELATIONSHIPS:
            raise DocumentError("reports.attachment_relationship", relationship=self.relationship)


Attachments = Mapping[str, "bytes | Embedded"]


def embedded_of(attachments: Attachments) -> dict[str, Embedded]:
    """Return the files in the order of their names, with a type by the ending where none is given.

    Raises
    ------
    DocumentError
        ``reports.attachment_type`` for a file whose type its name does not tell.
    """
    return {name: _described(name, attachments[name]) for name in sorted(attachments, key=str.encode)}


def _described(name: str, given: bytes | Embedded) -> Embedded:
    if isinstance(given, Embedded):
        return given
    ending = PurePath(name).suffix.lower()
    if ending not in MEDIA_TYPES:
        raise DocumentError("reports.attachment_type", name=name, known=", ".join(MEDIA_TYPES))
    return Embedded(given, MEDIA_TYPES[ending], name, "Data" if ending in (".json", ".csv") else "Supplement")


def attach(document: Any, files: Mapping[str, Embedded], at: datetime) -> None:
    """Give a laid-out document its files, all of one time."""
    document.metadata.attachments = [
        weasyprint.Attachment(
            string=file.content, name=name, description=file.description, created=at, modified=at,
            relationship=file.relationship, base_url="",
        )
        for name, file in files.items()
    ]  # fmt: skip


def list_once(pdf: pydyf.PDF, files: Mapping[str, Embedded]) -> None:
    """Give each file its own type and relation, and list it once (WeasyPrint goes by content, and lists it twice)."""
    found: list[Any] = [each for each in pdf.objects if isinstance(each, dict) and each.get("Type") == "/Filespec"]
    for specification, file in zip(found, files.values(), strict=True):
        specification["AFRelationship"] = f"/{file.relationship}"
        stream = pdf.objects[int(specification["EF"]["F"].split()[0])]
        stream.extra["Subtype"] = _name(file.media_type)
    if found:
        pdf.catalog["AF"] = pydyf.Array(each.reference for each in found)


def _name(text: str) -> str:
    """Write a name of PDF; what is no letter or digit as its number."""
    return "/" + "".join(sign if sign.isalnum() or sign in "-.+" else f"#{ord(sign):02x}" for sign in text)
