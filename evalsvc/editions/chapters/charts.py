"""The charts of reports, each made from the facts."""

from evalsvc.editions.chapters.faults import TextFault
from evalsvc.editions.figures import Figures, tone_of
from evalsvc.planning.indicators import Indicator
from reports.charts.kinds import (
    Answer,
    AnswerChart,
    AnswerRow,
    Chances,
    FlowBox,
    FlowChart,
    FlowStep,
    OperatingChart,
    Share,
    Tile,
    TileMap,
)
from reports.document import BarChart, BarRow, IntervalChart, IntervalRow, Printed, Threshold, Tone
from reports.number_format import exact_percent, percent

INELIGIBLE = ("ineligible_vacant", "ineligible_deceased", "ineligible_duplicate")
SAID_AT = 15
"""Steps between the rates that the words of an operating curve name: five of its sixty-one."""
MOST_SQUARES = 5_000
"""Villages that a map of tiles draws, a square each."""


def intervals(figures: Figures, indicator: Indicator) -> IntervalChart:
    """Draw an indicator's intervals by county against its threshold."""
    rows = []
    for each in figures.counties:
        row = figures.row(indicator.id, each.code) or {"estimate": None, "low": None, "high": None, "verdict": None}
        figure = figures.of(row if "id" in row else None, "interval")
        verdict = figures.verdict_word(row["verdict"])
        rows.append(IntervalRow(each.name, row["estimate"], row["low"], row["high"], tone_of(row), figure, verdict))
    line = _threshold(figures, indicator)
    name = figures.name_of(indicator)
    described = "".join(figures.label("chart.described", county=row.label, found=_plain(figures, row)) for row in rows)
    return IntervalChart(
        figures.label("chart.intervals", indicator=name),
        figures.label("chart.intervals_described", indicator=name, described=described),
        tuple(rows),
        line,
    )


def _threshold(figures: Figures, indicator: Indicator) -> Threshold | None:
    found = figures.facts["pack"]["thresholds"].get(indicator.id)
    drawn = figures.label("chart.threshold", threshold=figures.threshold(indicator.id))
    return None if found is None else Threshold(found["value"], drawn)


def _plain(figures: Figures, row: IntervalRow) -> str:
    text = _text(row.figure)
    return _joined(figures, [text, row.verdict]) if row.verdict else text


def answers(figures: Figures, indicator: Indicator) -> AnswerChart | None:
    """Draw an indicator of households as bars of 100 %: those it counts, and the others who answered, by county.

    None where no county has an estimate.
    """
    known = [(each, figures.row(indicator.id, each.code)) for each in figures.counties]
    rows = tuple(
        AnswerRow(
            each.name,
            (Share(row["estimate"], figures.of(row, "estimate")), Share(1.0 - row["estimate"], "")),
            figures.of(row, "n"),
        )
        for each, row in known
        if row is not None and row["estimate"] is not None
    )
    if not rows:
        return None
    name = figures.name_of(indicator)
    said = [figures.label("chart.described", county=row.label, found=_text(row.shares[0].figure)) for row in rows]
    return AnswerChart(
        figures.label("chart.answers", indicator=name),
        figures.label("chart.answers_described", indicator=name, described="".join(said)),
        (Answer(figures.label("chart.answers_counted", indicator=name)), Answer(figures.label("chart.answers_others"))),
        rows,
    )


def operating(figures: Figures, indicator: Indicator) -> OperatingChart | None:
    """Draw how the sample decides about an indicator, for the county of middle effective size, which is named.

    None where no county was judged by it. The curve follows from the county's row of estimates alone.
    """
    from evalsvc.editions.deciding import deciding, typical  # noqa: PLC0415 (loads numpy and scipy)

    by_county = {each.name: figures.row(indicator.id, each.code) for each in figures.counties}
    row = typical([each for each in by_county.values() if each is not None])
    found = None if row is None else deciding(row, figures.facts["pack"]["interval"])
    line = _threshold(figures, indicator)
    if row is None or found is None or line is None:
        return None
    county = next(name for name, each in by_county.items() if each is row)
    parts = {Tone.PASS: found.passes, Tone.FAIL: found.fails, Tone.UNDECIDED: found.undecided}
    lines = tuple(Chances(figures.label(f"verdict.{tone.value}"), tone, values) for tone, values in parts.items())
    said = "".join(_chances_at(figures, found.rates[at], lines, at) for at in range(0, len(found.rates), SAID_AT))
    name = figures.name_of(indicator)
    return OperatingChart(
        figures.label("chart.operating", indicator=name, county=county),
        figures.label("chart.operating_described", indicator=name, county=county, described=said),
        rates=found.rates,
        lines=lines,
        threshold=line,
    )


def _chances_at(figures: Figures, rate: float, lines: tuple[Chances, ...], at: int) -> str:
    chances = _joined(figures, [f"{each.label} {percent(each.values[at], '', 0)}" for each in lines])
    return figures.label("chart.operating_point", rate=exact_percent(rate, 1), chances=chances)


def _joined(figures: Figures, parts: list[str]) -> str:
    return (", " if figures.language == "en" else "，").join(parts)


def _text(figure: Printed | str) -> str:
    return figure if isinstance(figure, str) else figure.text


def response_rates(figures: Figures) -> BarChart:
    """Draw the response rate of each county."""
    path = ("fieldwork", "counties")
    by_county = {each["code"]: each for each in figures.facts["fieldwork"]["counties"]}
    rows = tuple(
        BarRow(
            each.name, by_county[each.code]["response_rate"] or 0.0, figures.count(*path, each.code, "response_rate")
        )
        for each in figures.counties
    )
    return BarChart(figures.label("chart.response_rates"), figures.label("chart.response_rates_described"), rows)


def flow(figures: Figures) -> FlowChart:
    """Draw the way of the households from the draw to the interview, of all counties or of the one."""
    path = ("fieldwork", "counties", figures.scope) if figures.scope else ("fieldwork", "all")

    def box(name: str) -> FlowBox:
        return FlowBox(figures.label(f"flow.{name}"), figures.count(*path, name))

    steps = (
        FlowStep(box("opened"), tuple(box(name) for name in INELIGIBLE)),
        FlowStep(box("eligible"), (box("non_contact"), box("refused"))),
        FlowStep(box("completed")),
    )
    boxes = [each for step in steps for each in (step.box, *step.aside)]
    said = [figures.label("flow.described", box=each.label, count=_text(each.figure)) for each in boxes]
    return FlowChart(figures.label("flow.caption"), "".join(said), steps=steps)


def tiles(figures: Figures) -> TileMap:
    """Draw a tile for each county, with a square for each of its villages, the drawn ones dark."""
    drawn = {each.code: 0 for each in figures.counties}
    for village in figures.facts["villages"]:
        drawn[village["county"]] = drawn.get(village["county"], 0) + 1
    units = {each["code"]: int(each["villages"]) for each in figures.facts["frame"]["counties"]}
    if sum(units.values()) > MOST_SQUARES:
        raise TextFault("report_text.many_cells", most=MOST_SQUARES)
    made = tuple(
        Tile(each.name, units[each.code], drawn[each.code], figures.count("frame", "counties", each.code, "villages"))
        for each in figures.counties
    )
    said = [figures.label("tiles.described", county=each.label, units=each.units, drawn=each.drawn) for each in made]
    return TileMap(figures.label("tiles.caption"), "".join(said), tiles=made)
