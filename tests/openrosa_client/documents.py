"""The XML that a server answers with, read as a device reads it."""

from collections.abc import Iterator
from dataclasses import dataclass
from xml.etree import ElementTree

LIST, MANIFEST, RESPONSE = (
    "{http://openrosa.org/xforms/xformsList}",
    "{http://openrosa.org/xforms/xformsManifest}",
    "{http://openrosa.org/http/response}",
)


@dataclass(frozen=True)
class ListedForm:
    """One form of the form list."""

    form_id: str
    name: str
    version: str
    hash: str
    download_url: str
    manifest_url: str | None


@dataclass(frozen=True)
class ListedFile:
    """One file of a manifest."""

    filename: str
    hash: str
    download_url: str


def form_list(content: bytes) -> list[ListedForm]:
    """Read a form list; what must stand there exactly once does, or this fails."""
    root = ElementTree.fromstring(content)
    assert root.tag == f"{LIST}xforms", root.tag
    return [
        ListedForm(
            form_id=_once(form, f"{LIST}formID"),
            name=_once(form, f"{LIST}name"),
            version=_once(form, f"{LIST}version"),
            hash=_once(form, f"{LIST}hash"),
            download_url=_once(form, f"{LIST}downloadUrl"),
            manifest_url=next(_texts(form, f"{LIST}manifestUrl"), None),
        )
        for form in root.findall(f"{LIST}xform")
    ]


def manifest(content: bytes) -> list[ListedFile]:
    """Read a manifest."""
    root = ElementTree.fromstring(content)
    assert root.tag == f"{MANIFEST}manifest", root.tag
    return [
        ListedFile(*(_once(file, f"{MANIFEST}{name}") for name in ("filename", "hash", "downloadUrl")))
        for file in root.findall(f"{MANIFEST}mediaFile")
    ]


def message(content: bytes) -> str | None:
    """Return the sentence of an answer, which a device shows to its user; None where there is none."""
    try:
        root = ElementTree.fromstring(content)
    except ElementTree.ParseError:
        return None
    return next(_texts(root, f"{RESPONSE}message"), None) if root.tag == f"{RESPONSE}OpenRosaResponse" else None


def _once(element: ElementTree.Element, tag: str) -> str:
    found = list(_texts(element, tag))
    assert len(found) == 1, (tag, found)
    return found[0]


def _texts(element: ElementTree.Element, tag: str) -> Iterator[str]:
    return ((each.text or "").strip() for each in element.findall(tag))
