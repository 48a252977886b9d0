"""Turn result rows into what the results page shows, in the reader's language; figures are looked up, not computed."""

from collections.abc import Mapping, Sequence

from evalsvc.editions.facts import Facts
from evalsvc.editions.figures import NONE, County, Figures, Row, tone_of
from evalsvc.editions.summary import judged_indicators
from evalsvc.overview.values import CountyVerdict, IndicatorView, ResultLine, ResultsView
from evalsvc.planning.indicators import INDICATORS, Indicator
from evalsvc.words import sentence
from reports.document import IntervalChart, IntervalRow, Threshold

FIELDS = ("estimate", "interval", "bound", "n", "n_effective", "deff", "df")
VERDICTS: Mapping[str | None, str] = {"达标": "pass", "不达标": "fail", "不能判定": "undecided", None: "", NONE: ""}
"""The verdict of a row as the pages' macro takes it."""


def results_view(facts: Facts, language: str, *, has_open_cases: bool) -> ResultsView:
    """Prepare a set of results for its page."""
    figures = Figures(facts)
    return ResultsView(
        counties=tuple(_county(figures, each, language) for each in figures.counties),
        indicators=tuple(_indicator(figures, each, language) for each in INDICATORS),
        pack_title=facts["pack"]["title"],
        pack_note=facts["pack"]["note"],
        has_open_cases=has_open_cases,
    )


def name_of(indicator: Indicator, language: str) -> str:
    """Return an indicator's name in the reader's language."""
    return indicator.english if language == "en" else indicator.chinese


def _county(figures: Figures, county: County, language: str) -> CountyVerdict:
    judged = next((each for each in figures.facts["verdicts"] if each["code"] == county.code), None)
    indicators = []
    for each in judged_indicators(figures):
        row = figures.row(each.id, county.code)
        verdict = None if row is None else row["verdict"]
        indicators.append((name_of(each, language), _text(figures, row, "estimate"), VERDICTS[verdict]))
    return CountyVerdict(county.name, VERDICTS[None if judged is None else judged["verdict"]], tuple(indicators))


def _indicator(figures: Figures, indicator: Indicator, language: str) -> IndicatorView:
    reading = indicator.reading(figures.facts["pack"]["readings"])
    rows = [(each, figures.row(indicator.id, each.code)) for each in figures.counties]
    opened = [(each, figures.row(indicator.id, each.code, open_for=True)) for each in figures.counties]
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
        open_lines=tuple(_line(figures, county, row, language) for county, row in opened if row is not None),
    )


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
