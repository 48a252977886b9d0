"""Turn result rows into what the results page shows, in the reader's language; figures are looked up, not computed."""

from collections.abc import Iterator, Mapping, Sequence

from evalsvc.editions.facts import UNDECIDED, Facts
from evalsvc.editions.figures import NONE, County, Figures, Row, tone_of
from evalsvc.editions.risk import risk_sentence
from evalsvc.overview.values import (
    CountyVerdict,
    IndicatorView,
    JudgedIndicator,
    OpenRange,
    Remark,
    ResultLine,
    ResultsView,
)
from evalsvc.planning.indicators import INDICATORS, Indicator
from evalsvc.words import sentence
from reports.document import IntervalChart, IntervalRow, Threshold

FIELDS = ("estimate", "interval", "bound", "n", "n_effective", "deff", "df")
VERDICTS: Mapping[str | None, str] = {"达标": "pass", "不达标": "fail", "不能判定": "undecided", None: "", NONE: ""}
"""The verdict of a row as the pages' macro takes it."""
CLEAR_INTERVALS = {"passes": "results.clear_interval_passes", "fails": "results.clear_interval_fails"}
"""The sentence for an undecided verdict beside an interval that lies wholly on one side of the threshold."""
ENGLISH_VERDICTS: Mapping[str, str] = {"达标": "met", "不达标": "not met", "不能判定": "undecided"}


def results_view(facts: Facts, language: str, *, has_open_cases: bool) -> ResultsView:
    """Prepare a set of results for its page."""
    figures = Figures(facts)
    return ResultsView(
        counties=tuple(_county(figures, each, language) for each in figures.counties),
        indicators=tuple(_indicator(figures, each, language) for each in INDICATORS),
        pack_title=facts["pack"]["title"],
        pack_note=facts["pack"]["note"],
        has_open_cases=has_open_cases,
        risk=risk_sentence(facts, language),
    )


def name_of(indicator: Indicator, language: str) -> str:
    """Return an indicator's name in the reader's language."""
    return indicator.english if language == "en" else indicator.chinese


def _county(figures: Figures, county: County, language: str) -> CountyVerdict:
    judged = next((each for each in figures.facts["verdicts"] if each["code"] == county.code), None)
    indicators = tuple(_judged(figures, county, each, language) for each in figures.judged)
    if judged is None:
        return CountyVerdict(county.name, "", "", indicators)
    reason = sentence("edition.open_cases_decide", {}, language) if judged["open_cases_decide"] else ""
    return CountyVerdict(county.name, VERDICTS[judged["verdict"]], reason, indicators)


def _judged(figures: Figures, county: County, indicator: Indicator, language: str) -> JudgedIndicator:
    """Prepare an indicator as a county's card shows it; a missing row is as undecided there as in the joint verdict."""
    row, opened = figures.row(indicator.id, county.code), figures.row(indicator.id, county.code, open_for=True)
    shown = [
        (_text(figures, each, "estimate"), UNDECIDED if each is None else each["verdict"]) for each in (row, opened)
    ]
    (estimate, verdict), (other, other_verdict) = shown
    differs = opened is not None and shown[0] != shown[1]
    return JudgedIndicator(
        name=name_of(indicator, language),
        estimate=estimate,
        verdict=VERDICTS[verdict],
        open_estimate=other if differs else "",
        open_verdict=VERDICTS[other_verdict] if differs else "",
    )


def _indicator(figures: Figures, indicator: Indicator, language: str) -> IndicatorView:
    reading = indicator.reading(figures.facts["pack"]["readings"])
    rows = [(each, figures.row(indicator.id, each.code)) for each in figures.counties]
    classes = [(each, row) for each in figures.counties for row in figures.class_rows(indicator.id, each.code)]
    return IndicatorView(
        id=indicator.id,
        name=name_of(indicator, language),
        unit=indicator.unit,
        formula=reading.english if language == "en" else reading.chinese,
        threshold=figures.threshold(indicator.id),
        chart=_chart(figures, indicator, rows, language),
        lines=tuple(_line(figures, county, row, language) for county, row in rows),
        classes=tuple(_line(figures, county, row, language) for county, row in classes),
        open_ranges=tuple(_open_ranges(figures, indicator, language)),
        remarks=tuple(_remarks(figures, indicator, language)),
    )


def _open_ranges(figures: Figures, indicator: Indicator, language: str) -> Iterator[OpenRange]:
    for county in figures.counties:
        none, every = (figures.row(indicator.id, county.code, open_for=each) for each in (False, True))
        if every is not None:
            lines = (_line(figures, county, row, language) for row in (none, every))
            yield OpenRange(county.name, *lines)


def _remarks(figures: Figures, indicator: Indicator, language: str) -> Iterator[Remark]:
    """Explain verdicts that their figures alone would not; say what the rows remark and why figures are missing."""
    for county in figures.counties:
        row, opened = figures.row(indicator.id, county.code), figures.row(indicator.id, county.code, open_for=True)
        if row is None or row["verdict"] is None:
            continue
        side = figures.clear_side(indicator.id, row) if row["verdict"] == UNDECIDED else None
        if side is not None:
            details = {"bound": figures.text(row, "bound")}
            yield Remark((county.name,), sentence(CLEAR_INTERVALS[side], details, language))
        if opened is not None and opened["verdict"] != row["verdict"]:
            details = {"verdict": opened["verdict"], "verdict_en": ENGLISH_VERDICTS[opened["verdict"]]}
            yield Remark((county.name,), sentence("results.open_cases_change", details, language))
    for code, places in figures.remarks(indicator.id).items():
        yield Remark(places, sentence(code, {}, language))


def _line(figures: Figures, county: County, row: Row | None, language: str) -> ResultLine:
    values = () if row is None else tuple(row["domain"].values())
    return ResultLine(
        place=county.name,
        group=values[1] if len(values) > 1 else "",
        figures={name: _text(figures, row, name) for name in FIELDS},
        verdict=VERDICTS[None if row is None else row["verdict"]],
        point_rule=VERDICTS[_text(figures, row, "point_rule")],
        reason="" if row is None or row["reason"] is None else sentence(row["reason"], {}, language),
    )


def _text(figures: Figures, row: Row | None, field: str) -> str:
    return NONE if row is None else figures.text(row, field)


def _chart(
    figures: Figures, indicator: Indicator, rows: Sequence[tuple[County, Row | None]], language: str
) -> IntervalChart:
    """Draw each county's interval; the words inside are the county's name and its interval only."""
    lines = tuple(
        IntervalRow(
            label=county.name,
            estimate=None if row is None else row["estimate"],
            low=None if row is None else row["low"],
            high=None if row is None else row["high"],
            tone=tone_of(row),
            figure=_text(figures, row, "interval"),
        )
        for county, row in rows
    )
    found = figures.facts["pack"]["thresholds"].get(indicator.id)
    line = None if found is None else Threshold(found["value"], figures.threshold(indicator.id))
    name = name_of(indicator, language)
    described = "; ".join(f"{row.label} {row.figure}" for row in lines)
    return IntervalChart(name, described, lines, line)
