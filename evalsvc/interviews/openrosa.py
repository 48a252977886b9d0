"""The documents of the OpenRosa protocol: form list, manifest, response; pure, from values to bytes."""

from collections.abc import Iterable
from dataclasses import dataclass

from lxml import etree

LIST = "http://openrosa.org/xforms/xformsList"
MANIFEST = "http://openrosa.org/xforms/xformsManifest"
RESPONSE = "http://openrosa.org/http/response"
CONTENT_TYPE = "text/xml; charset=utf-8"


@dataclass(frozen=True)
class ListedForm:
    """One form of the list."""

    form_id: str
    name: str
    version: str
    md5: str
    download_url: str


def form_list(forms: Iterable[ListedForm], *, verbose: bool) -> bytes:
    """Write the form list; no manifest is named, because no published form has files beside it."""
    root = _root(LIST, "xforms")
    for form in forms:
        entry = _add(root, LIST, "xform")
        _add(entry, LIST, "formID", form.form_id)
        _add(entry, LIST, "name", form.name or form.form_id)
        _add(entry, LIST, "version", form.version)
        _add(entry, LIST, "hash", f"md5:{form.md5}")
        if verbose:
            _add(entry, LIST, "descriptionText", f"{form.name or form.form_id} {form.version}")
        _add(entry, LIST, "downloadUrl", form.download_url)
    return _bytes(root)


def manifest() -> bytes:
    """Write the manifest of a form without files beside it."""
    return _bytes(_root(MANIFEST, "manifest"))


def response(message: str, items: int) -> bytes:
    """Write the answer to a submission; `items` counts the interviews that were new."""
    root = _root(RESPONSE, "OpenRosaResponse")
    root.set("items", str(items))
    element = _add(root, RESPONSE, "message", message)
    element.set("nature", "submit_success")
    return _bytes(root)


def _root(namespace: str, name: str) -> etree._Element:
    return etree.Element(f"{{{namespace}}}{name}", nsmap={None: namespace})  # type: ignore[dict-item]


def _add(parent: etree._Element, namespace: str, name: str, text: str | None = None) -> etree._Element:
    element = etree.SubElement(parent, f"{{{namespace}}}{name}")
    element.text = text
    return element


def _bytes(root: etree._Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8")
