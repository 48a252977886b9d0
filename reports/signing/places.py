"""Where signatures lie: the layout leaves named places, which readers of the file do not see."""

from dataclasses import dataclass

from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader

from reports.errors import ReportError
from reports.hand import HEIGHT_MM, WIDTH_MM
from reports.seal import DIAMETER_MM
from reports.signing.roles import INSTITUTE, Role

_POINTS = 72 / 25.4
_SEAL_RISE = 0.58
"""The anchor stands between the institute's name and the date, which GB/T 9704 sets below the centre of the seal."""


@dataclass(frozen=True)
class Place:
    """Where a signature lies: the page from 0, and its box in points from the lower left corner."""

    page: int
    box: tuple[int, int, int, int]


def place_of(reader: PdfFileReader, role: Role) -> Place:
    """Find the place that the layout left for a role.

    Raises
    ------
    ReportError
        ``reports.no_seal_place`` when the file was not laid out by this package, or not for this role.
    """
    target = _destination(reader.root, role.anchor)
    if target is None:
        raise ReportError("reports.no_seal_place", place=role.anchor)
    page, x, y = target
    if role is INSTITUTE:
        side = DIAMETER_MM * _POINTS
        left, top = x - side / 2, y + _SEAL_RISE * side
        return Place(page, _rounded(left, top - side, left + side, top))
    # The anchor of a place for a hand is the middle of its left side.
    width, height = WIDTH_MM * _POINTS, HEIGHT_MM * _POINTS
    return Place(page, _rounded(x, y - height / 2, x + width, y + height / 2))


def has_place(reader: PdfFileReader, role: Role) -> bool:
    """Tell whether the layout left a place for a role."""
    return _destination(reader.root, role.anchor) is not None


def page_references(node: generic.DictionaryObject) -> list[generic.Reference]:
    """List the pages in order, whatever the depth of the page tree."""
    found: list[generic.Reference] = []
    kids = node["/Kids"]
    for place in range(len(kids)):
        if kids[place]["/Type"] == "/Page":
            found.append(kids.raw_get(place).reference)
        else:
            found.extend(page_references(kids[place]))
    return found


def _destination(root: generic.DictionaryObject, anchor: str) -> tuple[int, float, float] | None:
    """Read a named destination: page number, x and y."""
    try:
        names = root["/Names"]["/Dests"]["/Names"]
    except KeyError:
        return None
    places = {str(names[place]): place + 1 for place in range(0, len(names), 2)}
    if anchor not in places:
        return None
    target = names[places[anchor]]
    page = target.raw_get(0)
    return page_references(root["/Pages"]).index(page.reference), float(target[2]), float(target[3])


def _rounded(*box: float) -> tuple[int, int, int, int]:
    left, bottom, right, top = (round(each) for each in box)
    return left, bottom, right, top
