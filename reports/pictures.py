"""Drawings of strangers (SVG) that come onto our pages: plain shapes that reach for nothing outside themselves."""

import re
from xml.etree import ElementTree

from reports.errors import ReportError

_SVG = "{http://www.w3.org/2000/svg}"
SHAPES = frozenset(
    {
        "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "linearGradient",
        "radialGradient", "stop", "clipPath", "title", "desc", "metadata",
    }
)  # fmt: skip
"""No words (their face would not be there), no pictures, no styles, no scripts, no copies of copies."""
MOST_SHAPES = 3_000
_REFERENCE = re.compile(r"url\(\s*['\"]?(?!#)", re.IGNORECASE)


def check_svg(content: bytes) -> None:
    """Let pass a drawing of plain shapes.

    Raises
    ------
    ReportError
        ``reports.logo`` with the element or attribute that cannot be taken.
    """
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content:
        raise ReportError("reports.logo", reason="<!DOCTYPE>")
    try:
        root = ElementTree.fromstring(content)  # noqa: S314 -- no entities, see above, and few bytes
    except (ElementTree.ParseError, ValueError) as error:
        raise ReportError("reports.logo", reason=str(error)) from error
    if root.tag != f"{_SVG}svg" or "viewBox" not in root.attrib:
        raise ReportError("reports.logo", reason="<svg viewBox>")
    shapes = list(root.iter())
    if len(shapes) > MOST_SHAPES:
        raise ReportError("reports.logo", reason=f"{len(shapes):,} > {MOST_SHAPES:,}")
    for shape in shapes:
        _check_shape(shape)


def _check_shape(shape: ElementTree.Element) -> None:
    # What editors keep for themselves inside <metadata> or in their own names draws nothing.
    name = shape.tag.removeprefix(_SVG)
    if shape.tag.startswith(_SVG) and name not in SHAPES:
        raise ReportError("reports.logo", reason=f"<{name}>")
    for attribute, value in shape.attrib.items():
        local = attribute.rpartition("}")[2]
        outside = local in ("href", "src") and not value.startswith("#")
        if local.lower().startswith("on") or outside or _REFERENCE.search(value):
            raise ReportError("reports.logo", reason=local)
