"""Visiting lists as PDF, set in the faces of this package alone."""

from collections.abc import Sequence

from reports.faces import LAYOUT
from reports.pdf import lay_out
from reports.visits import VisitingList, visits_page


def visits_pdf(lists: Sequence[VisitingList]) -> bytes:
    """Lay lists out on A4; one document of this process at a time."""
    with LAYOUT:
        return lay_out(visits_page(lists))
