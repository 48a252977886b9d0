"""XML from strangers: read without entities, document types or network, in bounded time and memory."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

from lxml import etree

from forms.complaint import Complaint
from forms.errors import FormsError

_DECLARED_ENCODING = re.compile(rb"^\s*<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([A-Za-z0-9._-]{1,40})[\"']")
_PREFIX = re.compile(r"Namespace prefix (?P<prefix>\S+) (?:for (?P<name>\S+) )?on \S+ is not defined")
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_ENCODINGS = {"utf-8", "utf8", "us-ascii", "ascii", "utf-16", "utf-16le", "utf-16be"}


@dataclass(frozen=True)
class Limits:
    """How much XML is read: bytes of the file, elements, and depth of nesting."""

    max_bytes: int = 10_000_000
    max_elements: int = 100_000
    max_depth: int = 64


SUBMISSION_LIMITS = Limits()
FORM_LIMITS = Limits(max_bytes=50_000_000, max_elements=1_000_000, max_depth=200)


def read_xml(data: bytes, limits: Limits, error: type[FormsError]) -> etree._Element:
    """Parse `data` and return its root; every refusal is an `error` with a code."""
    _refuse_before_parsing(data, limits, error)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, attribute_defaults=False,
        huge_tree=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as problem:
        raise error(_malformed(problem, limits)) from problem
    except (ValueError, LookupError) as problem:
        raise error(_complaint("xml.encoding", encoding=_declared(data))) from problem
    _refuse_after_parsing(root, limits, error)
    return root


def _refuse_before_parsing(data: bytes, limits: Limits, error: type[FormsError]) -> None:
    if not data.strip():
        raise error(_complaint("xml.empty"))
    if len(data) > limits.max_bytes:
        raise error(_complaint("xml.too_large", size=len(data), limit=limits.max_bytes))
    # Every element needs at least one "<"; closing tags are counted too, hence the factor.
    if data.count(b"<") > 2 * limits.max_elements:
        raise error(_complaint("xml.too_many_elements", limit=limits.max_elements))
    if _declared(data) not in _ENCODINGS:
        raise error(_complaint("xml.encoding", encoding=_declared(data)))
    if b"<!DOCTYPE" in data.replace(b"\x00", b""):
        raise error(_complaint("xml.document_type"))


def _refuse_after_parsing(root: etree._Element, limits: Limits, error: type[FormsError]) -> None:
    if root.getroottree().docinfo.internalDTD is not None:
        raise error(_complaint("xml.document_type"))
    if _deeper_than(limits.max_depth)(root):
        raise error(_complaint("xml.too_deep", limit=limits.max_depth))


@cache
def _deeper_than(depth: int) -> etree.XPath:
    """Ask for elements below a depth; walking the tree element by element takes ten times as long."""
    return etree.XPath(f"boolean({'/*' * (depth + 1)})")


def _declared(data: bytes) -> str:
    if data.startswith(_UTF16_MARKS):
        return "utf-16"
    found = _DECLARED_ENCODING.match(data.removeprefix(b"\xef\xbb\xbf"))
    return found.group(1).decode("ascii").lower() if found else "utf-8"


def _malformed(problem: etree.XMLSyntaxError, limits: Limits) -> Complaint:
    if "Excessive depth" in str(problem.msg):
        return _complaint("xml.too_deep", limit=limits.max_depth)
    prefix = _PREFIX.search(str(problem.msg))
    if prefix is not None:
        return _complaint("xml.prefix_unknown", prefix=prefix["prefix"], name=prefix["name"] or "—")
    line, column = problem.position
    return _complaint("xml.malformed", line=int(line or 0), position=int(column or 0), reason=str(problem.msg))


def _complaint(code: str, **details: str | int) -> Complaint:
    return Complaint("structure", code, details=details)


def local_name(element: etree._Element) -> str:
    """Give the name of an element without its namespace."""
    tag = element.tag
    if not isinstance(tag, str):
        return ""
    return tag.rpartition("}")[2]


def without_namespaces(root: etree._Element) -> etree._Element:
    """Rename every element below `root`, and `root`, to its local name; paths are then written without prefixes."""
    for element in root.iter():
        if isinstance(element.tag, str) and element.tag[0] == "{":
            element.tag = element.tag.rpartition("}")[2]
    return root


def form_id_of(root: etree._Element, namespace: str) -> str:
    """Give the id that a form or a submission carries: its own, else its namespace, else the name of its root."""
    return (root.get("id") or namespace or local_name(root)).strip()


def version_of(root: etree._Element) -> str:
    """Give the version that a form or a submission carries; old ones have it in a namespace of their own."""
    plain = root.get("version")
    if plain is None:
        plain = next((str(value) for name, value in root.attrib.items() if str(name).endswith("}version")), "")
    return str(plain).strip()


def printable(text: str) -> str:
    """Leave out what XML cannot hold."""
    return "".join(
        c for c in text if c in "\t\n\r" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF and ord(c) < 0xFFFE)
    )
