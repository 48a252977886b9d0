"""The OpenRosa protocol as pure functions: lists, manifests, answers to the device, names of the parts.

Facts: the OpenRosa pages of docs.getodk.org (form list, form submission, HTTP, import and export of settings).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from lxml import etree

from forms.answer_types import is_file_name
from forms.markup import printable

VERSION_HEADER = "X-OpenRosa-Version"
LENGTH_HEADER = "X-OpenRosa-Accept-Content-Length"
VERSION = "1.0"
CONTENT_TYPE = "text/xml; charset=utf-8"
SUBMISSION_PART = "xml_submission_file"
INCOMPLETE_FIELD = "*isIncomplete*"

READY = 204
"""Status of HEAD before a submission; Collect takes any other success for the page of a hotspot."""
RECEIVED = 201
"""Success of POST; 200 is not success to a device."""
BAD_REQUEST = 400

LIST_NAMESPACE = "http://openrosa.org/xforms/xformsList"
MANIFEST_NAMESPACE = "http://openrosa.org/xforms/xformsManifest"
RESPONSE_NAMESPACE = "http://openrosa.org/http/response"


@dataclass(frozen=True)
class ListedForm:
    """A form as the list shows it; `hash` is that of the form's bytes, so that devices see every change."""

    form_id: str
    name: str
    version: str
    hash: str
    download_url: str
    description: str = ""
    manifest_url: str | None = None


@dataclass(frozen=True)
class MediaFile:
    """A file of a form as the manifest shows it."""

    filename: str
    hash: str
    download_url: str


def form_list(forms: Iterable[ListedForm]) -> bytes:
    """Write the list of forms."""
    root = etree.Element(f"{{{LIST_NAMESPACE}}}xforms", nsmap=_only(LIST_NAMESPACE))
    for form in forms:
        fields: dict[str, str | None] = {
            "formID": form.form_id,
            "name": form.name or form.form_id,
            "version": form.version,
            "hash": form.hash,
            "descriptionText": form.description or None,
            "downloadUrl": form.download_url,
            "manifestUrl": form.manifest_url,
        }
        _append(root, f"{{{LIST_NAMESPACE}}}xform", LIST_NAMESPACE, fields)
    return _written(root)


def manifest(files: Iterable[MediaFile]) -> bytes:
    """Write the list of a form's files; refuse a name that a device could not store."""
    root = etree.Element(f"{{{MANIFEST_NAMESPACE}}}manifest", nsmap=_only(MANIFEST_NAMESPACE))
    for file in files:
        if not is_file_name(file.filename):
            raise ValueError(file.filename)
        fields = {"filename": file.filename, "hash": file.hash, "downloadUrl": file.download_url}
        _append(root, f"{{{MANIFEST_NAMESPACE}}}mediaFile", MANIFEST_NAMESPACE, fields)
    return _written(root)


def response(message: str, *, nature: str = "", items: int = 0) -> bytes:
    """Write the answer to a submission; devices show the message of errors, so it says what to do."""
    root = etree.Element(f"{{{RESPONSE_NAMESPACE}}}OpenRosaResponse", nsmap=_only(RESPONSE_NAMESPACE), items=str(items))
    child = etree.SubElement(root, f"{{{RESPONSE_NAMESPACE}}}message", nature=nature)
    child.text = printable(message)
    return _written(root)


def headers(accept_bytes: int) -> dict[str, str]:
    """Give the headers of every answer, errors and files too."""
    return {VERSION_HEADER: VERSION, LENGTH_HEADER: str(accept_bytes)}


def speaks_version(header: str | None) -> bool:
    """Tell whether a request names the protocol's version; its Date is never looked at, devices write it wrongly."""
    return (header or "").strip() == VERSION


def is_incomplete(fields: Mapping[str, str]) -> bool:
    """Tell whether more parts of the same submission will follow."""
    return fields.get(INCOMPLETE_FIELD, "").strip().lower() == "yes"


def part_file_name(name: str, filename: str | None) -> str | None:
    """Give the file name of a part, None where it is no plain name.

    Name and file name of a part are the same; some clients send only one. Names that were read byte by byte are
    put together again.
    """
    text = _reread(filename or name)
    return text if is_file_name(text) and text.strip() else None


def _reread(text: str) -> str:
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text


def _only(namespace: str) -> dict[str, str]:
    # lxml wants None for the namespace without prefix; its annotations do not know that.
    return cast(dict[str, str], {None: namespace})


def _append(root: etree._Element, tag: str, namespace: str, fields: Mapping[str, str | None]) -> None:
    element = etree.SubElement(root, tag)
    for name, text in fields.items():
        if text is not None:
            etree.SubElement(element, f"{{{namespace}}}{name}").text = text


def _written(root: etree._Element) -> bytes:
    return etree.tostring(root, encoding="utf-8", xml_declaration=True)
