"""A team's households as a list on paper: village by village, in order of visit, with boxes to tick; A4, Chinese.

Nothing stands on it but what the frame gives; reserves that nobody opened never reach these values.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from reports.html import TEMPLATES


@dataclass(frozen=True)
class Visit:
    """One household to be visited."""

    order: int
    """Place in the village's order of visit, from 1."""
    unit_id: str
    group: str
    """Its class, as the design names it; empty where the design has none."""
    facts: tuple[tuple[str, str], ...] = ()
    """What the frame says of the household: column and value."""
    note: str = ""
    """For example which household it stands beside."""
    unannounced: bool = False
    """Whether it is visited without notice."""


@dataclass(frozen=True)
class VillageVisits:
    """The households of one village."""

    code: str
    name: str
    within: str
    """Names of the county and of what else the village lies in."""
    visits: tuple[Visit, ...]
    unannounced: bool = False
    """Whether the village itself is visited without notice."""


@dataclass(frozen=True)
class VisitingList:
    """What one team visits."""

    title: str
    """Of the evaluation."""
    subject: str
    """Evaluation and number of the draw, as the public log names them."""
    team: str
    """Empty where the villages were given to no team."""
    villages: tuple[VillageVisits, ...]

    @property
    def households(self) -> int:
        """Count the households."""
        return sum(len(village.visits) for village in self.villages)

    @property
    def unannounced(self) -> bool:
        """Tell whether anything on the list is visited without notice."""
        return any(one.unannounced or any(visit.unannounced for visit in one.visits) for one in self.villages)


ATTEMPTS = ("第1次", "第2次", "第3次")
OUTCOMES = ("完成", "未访到", "拒访", "空挂", "已故", "重复")


def visits_page(lists: Sequence[VisitingList]) -> str:
    """Write lists as one HTML page that needs no other file: for a printer, and for WeasyPrint."""
    page = _templates().get_template("visits_page.html")
    return page.render(lists=lists, style=style(), attempts=ATTEMPTS, outcomes=OUTCOMES)


def visits_body(lists: Sequence[VisitingList]) -> str:
    """Write lists as a part of another page, which links the style sheet."""
    return _templates().get_template("visits.html").render(lists=lists, attempts=ATTEMPTS, outcomes=OUTCOMES)


@cache
def style() -> str:
    """Return the style sheet of the lists."""
    return (TEMPLATES / "visits.css").read_text(encoding="utf-8")


@cache
def _templates() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
