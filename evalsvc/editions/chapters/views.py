"""What a text sees of an edition: plain fields to ask about and to print, in the language of the edition.

Numbers that are verified one by one are no fields: `count` and `figure` give them with their keys.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from evalsvc.editions.chapters.labels import label, level_name, listed, local_time
from evalsvc.editions.figures import Figures
from evalsvc.planning.indicators import INDICATORS, Indicator
from evalsvc.words import term
from evalsvc.zone import SHANGHAI


@dataclass(frozen=True)
class EvaluationView:
    """The evaluation."""

    name: str
    client: str
    code: str
    simulated: bool


@dataclass(frozen=True)
class EditionView:
    """What the edition says of itself."""

    number: str
    kind: str
    institute: str
    lead: str
    reviewer: str
    date: str
    scope: str
    """The code of the one county that it is about; empty for all."""
    answer_by: str
    """The day until which a county may answer; empty where none is set."""


@dataclass(frozen=True)
class PackView:
    """The rule pack."""

    title: str
    note: str
    decimals: str
    level: str
    bound_level: str
    interval: str
    deff_person: str
    deff_household: str
    has_readings: bool
    has_thresholds: bool


@dataclass(frozen=True)
class DrawView:
    """The draw and its commitment."""

    number: str
    commitment: str
    committed_at: str
    drawn_at: str
    stamped_at: str
    """Empty without a time stamp."""
    authority: str
    public: bool
    """Whether a public random value took part."""


@dataclass(frozen=True)
class CountyView:
    """A judged county with its joint verdict."""

    code: str
    name: str
    verdict: str
    passes: bool
    fails: bool
    undecided: bool
    open_cases_decide: bool


@dataclass(frozen=True)
class IndicatorView:
    """An indicator, and in one county what became of it."""

    id: str
    name: str
    formula: str
    threshold: str
    """Empty where the pack has none."""
    verdict: str = ""
    passes: bool = False
    fails: bool = False
    undecided: bool = False
    has_row: bool = False
    clear_side: str = ""
    """`passes` or `fails` where the whole interval lies on one side of the threshold and the verdict is open."""


@dataclass(frozen=True)
class KindView:
    """A kind of suspected case."""

    id: str
    name: str


@dataclass(frozen=True)
class RemarkView:
    """What is remarked on rows of results, and on which: the names of counties, or of indicators."""

    names: str
    words: str


@dataclass(frozen=True)
class ExcludedView:
    """Units that the design leaves out."""

    code: str
    level: str
    values: str
    reason: str


def evaluation_view(facts: Mapping[str, Any]) -> EvaluationView:
    """Return what a text sees of the evaluation."""
    about = facts["evaluation"]
    return EvaluationView(about["name"], about["client"], about["code"], bool(about["simulated"]))


def edition_view(facts: Mapping[str, Any], language: str) -> EditionView:
    """Return what a text sees of the edition."""
    head = facts["edition"]
    return EditionView(
        number=str(head["number"]),
        kind=label(f"kind.{head['kind']}", language),
        institute=head["institute"],
        lead=head["lead"],
        reviewer=head["reviewer"],
        date=date_text(head["issued_at"], language),
        scope=head.get("scope", ""),
        answer_by=day_text(date.fromisoformat(head["answer_by"]), language) if head.get("answer_by") else "",
    )


def date_text(issued_at: str, language: str) -> str:
    """Write the day of a time of the files."""
    return day_text(
        datetime.strptime(issued_at, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone(SHANGHAI), language
    )


def day_text(day: date, language: str) -> str:
    """Write a day."""
    return f"{day.day} {day:%B} {day.year}" if language == "en" else f"{day.year}年{day.month}月{day.day}日"


def pack_view(facts: Mapping[str, Any], language: str) -> PackView:
    """Return what a text sees of the rule pack."""
    pack = facts["pack"]
    deff = pack["planned_deff"]
    return PackView(
        title=pack["title"],
        note=pack["note"],
        decimals=str(pack["decimals"]),
        level=percent_of(pack["level"]),
        bound_level=percent_of(1 - pack["alpha"]),
        interval=term("report.interval", pack["interval"], language),
        deff_person=f"{deff['person']:g}",
        deff_household=f"{deff['household']:g}",
        has_readings=bool(pack["readings"]),
        has_thresholds=bool(pack["thresholds"]),
    )


def percent_of(level: float) -> str:
    """Write a level that people have set."""
    return f"{level * 100:g}%"


def draw_view(facts: Mapping[str, Any], language: str) -> DrawView:
    """Return what a text sees of the draw."""
    draw = facts["draw"]
    stamp = draw["time_stamp"] or {"at": None, "authority": ""}
    return DrawView(
        str(draw["number"]),
        draw["commitment"],
        local_time(draw["committed_at"], language),
        local_time(draw["drawn_at"], language),
        "" if stamp["at"] is None else local_time(stamp["at"], language),
        stamp["authority"],
        draw["public_value"] is not None,
    )


def county_views(figures: Figures) -> Iterator[CountyView]:
    """Yield the counties that the edition is about."""
    judged = {each["code"]: each for each in figures.facts["verdicts"]}
    for county in figures.counties:
        found = judged.get(county.code, {"verdict": None, "open_cases_decide": False})
        state = figures.state(found["verdict"])
        yield CountyView(
            county.code,
            county.name,
            figures.verdict_word(found["verdict"]),
            state == "pass",
            state == "fail",
            state == "undecided",
            found["open_cases_decide"],
        )


def indicator_view(figures: Figures, indicator: Indicator) -> IndicatorView:
    """Return an indicator as every county has it."""
    return IndicatorView(
        indicator.id,
        figures.name_of(indicator),
        figures.formula(indicator),
        figures.threshold(indicator.id),
    )


def judged_view(figures: Figures, indicator: Indicator, county: str) -> IndicatorView:
    """Return an indicator with what became of it in a county; without a row it is undecided there."""
    plain = indicator_view(figures, indicator)
    verdicts = {each["code"]: each["indicators"] for each in figures.facts["verdicts"]}.get(county, {})
    row = figures.row(indicator.id, county)
    verdict = verdicts.get(indicator.id)
    state = figures.state(verdict)
    own = None if row is None else figures.state(row["verdict"])
    side = figures.clear_side(indicator.id, row) if row is not None and own == "undecided" else None
    return IndicatorView(
        plain.id,
        plain.name,
        plain.formula,
        plain.threshold,
        figures.verdict_word(verdict),
        state == "pass",
        state == "fail",
        state == "undecided",
        row is not None,
        side or "",
    )


def remark_views(figures: Figures, indicator: str) -> Iterator[RemarkView]:
    """Yield what the rows of an indicator remark, and why figures are missing."""
    for code, names in figures.remarks(indicator).items():
        yield RemarkView(listed(names, figures.language), figures.sentence(code))


def joined_remarks(figures: Figures) -> Iterator[RemarkView]:
    """Yield every remark once, with the indicators that it is about."""
    about: dict[str, list[str]] = {}
    for indicator in INDICATORS:
        for code in figures.remarks(indicator.id):
            about.setdefault(code, []).append(figures.name_of(indicator))
    for code, names in about.items():
        yield RemarkView(listed(names, figures.language), figures.sentence(code))


def excluded_views(figures: Figures) -> Iterator[ExcludedView]:
    """Yield what the design leaves out."""
    for each in figures.facts["frame"]["excluded"]:
        level, values = level_name(each["level"], figures.language), listed(each["values"], figures.language)
        yield ExcludedView(each["code"], level, values, each["reason"])
