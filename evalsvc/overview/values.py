"""Values that the pages of a whole evaluation show; every figure in them is text that was formatted already."""

from collections.abc import Mapping
from dataclasses import dataclass

from reports.document import IntervalChart

DONE, UNSETTLED, CURRENT, WAITING = "done", "unsettled", "current", "waiting"
"""How far a stage is; unsettled: the work has gone on past it, and something in it is still open."""


@dataclass(frozen=True)
class Stage:
    """One stage of an evaluation: how far it is, what it holds, and where it is worked on."""

    name: str
    state: str
    facts: Mapping[str, int]
    endpoint: str


@dataclass(frozen=True)
class Overview:
    """The stages in order; `next` names the first one that is not passed, empty when all are."""

    stages: tuple[Stage, ...]
    next: str


@dataclass(frozen=True)
class ResultLine:
    """One county's line of an indicator; `verdict`: pass, fail, undecided or empty; `reason`: why no figures."""

    place: str
    group: str
    figures: Mapping[str, str]
    verdict: str
    point_rule: str
    reason: str


@dataclass(frozen=True)
class OpenRange:
    """What open cases leave open of one county's indicator: with none of them counted, and with all of them."""

    place: str
    none_counted: ResultLine
    all_counted: ResultLine


@dataclass(frozen=True)
class Remark:
    """A remark on rows of an indicator, with the counties that it is about."""

    places: tuple[str, ...]
    text: str


@dataclass(frozen=True)
class IndicatorView:
    """One indicator as its section shows it."""

    id: str
    name: str
    unit: str
    formula: str
    threshold: str
    chart: IntervalChart
    lines: tuple[ResultLine, ...]
    classes: tuple[ResultLine, ...]
    open_ranges: tuple[OpenRange, ...]
    remarks: tuple[Remark, ...]


@dataclass(frozen=True)
class JudgedIndicator:
    """One judged indicator of a county; with all open cases counted where that differs, else empty."""

    name: str
    estimate: str
    verdict: str
    open_estimate: str
    open_verdict: str


@dataclass(frozen=True)
class CountyVerdict:
    """The joint verdict of one county, with those of its indicators; `reason` says what else than they decided it."""

    name: str
    verdict: str
    reason: str
    indicators: tuple[JudgedIndicator, ...]


@dataclass(frozen=True)
class ResultsView:
    """A whole set of results."""

    counties: tuple[CountyVerdict, ...]
    indicators: tuple[IndicatorView, ...]
    pack_title: str
    pack_note: str
    has_open_cases: bool
    risk: str
    """What the verdicts together risk; empty where the pack makes none."""
