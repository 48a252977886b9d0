"""The charts of reports, each made from the facts."""

from evalsvc.editions.chapters.faults import TextFault
from evalsvc.editions.figures import Figures, tone_of
from evalsvc.planning.indicators import Indicator
from reports.charts.kinds import FlowBox, FlowChart, FlowStep, Tile, TileMap
from reports.document import BarChart, BarRow, IntervalChart, IntervalRow, Threshold

INELIGIBLE = ("ineligible_vacant", "ineligible_deceased", "ineligible_duplicate")
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
    found = figures.facts["pack"]["thresholds"].get(indicator.id)
    drawn = figures.label("chart.threshold", threshold=figures.threshold(indicator.id))
    line = None if found is None else Threshold(found["value"], drawn)
    name = figures.name_of(indicator)
    described = "".join(figures.label("chart.described", county=row.label, found=_plain(figures, row)) for row in rows)
    return IntervalChart(
        figures.label("chart.intervals", indicator=name),
        figures.label("chart.intervals_described", indicator=name, described=described),
        tuple(rows),
        line,
    )


def _plain(figures: Figures, row: IntervalRow) -> str:
    text = row.figure if isinstance(row.figure, str) else row.figure.text
    comma = ", " if figures.language == "en" else "，"
    return f"{text}{comma}{row.verdict}" if row.verdict else text


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
    said = [figures.label("flow.described", box=each.label, count=figure_text(each)) for each in boxes]
    return FlowChart(figures.label("flow.caption"), "".join(said), steps=steps)


def figure_text(box: FlowBox) -> str:
    """Return the text of a box's figure."""
    return box.figure if isinstance(box.figure, str) else box.figure.text


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
