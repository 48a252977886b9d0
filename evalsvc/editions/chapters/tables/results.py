"""Tables of what was estimated: verdicts at a glance, results, precision, classes, open cases."""

from evalsvc.editions.figures import Figures
from evalsvc.planning.indicators import COMPOSITE, INDICATORS, Indicator
from reports.document import Column, Row, Table, Text


def overview(figures: Figures) -> Table:
    """Put every judged indicator of every county side by side."""
    columns = [Column(figures.label("column.county"), share=0.14)]
    for each in figures.judged:
        name = figures.name_of(each)
        columns += [
            Column(figures.label("column.estimate"), "end", group=name),
            Column(figures.label("column.verdict"), "center", group=name),
        ]
    rows = []
    for county in figures.counties:
        cells: list[Text] = [county.name]
        for each in figures.judged:
            row = figures.row(each.id, county.code)
            cells += [figures.of(row, "estimate"), figures.of(row, "verdict")]
        rows.append(Row(tuple(cells)))
    note = figures.label("overview.note")
    return Table(figures.label("overview.caption"), tuple(columns), tuple(rows), small=True, note=note)


def thresholds(figures: Figures) -> Table:
    """List the indicators with their units and thresholds."""
    columns = (
        Column(figures.label("column.indicator"), share=0.3),
        Column(figures.label("column.unit"), "center"),
        Column(figures.label("column.threshold"), "center"),
    )
    none = figures.label("thresholds.none")
    rows = tuple(
        Row((figures.name_of(each), figures.label(f"unit.{each.unit}"), figures.threshold(each.id) or none))
        for each in INDICATORS
    )
    return Table(figures.label("thresholds.caption"), columns, rows)


def results(figures: Figures, indicator: Indicator) -> Table:
    """Give an indicator's estimates, intervals and verdicts."""
    level = f"{figures.facts['pack']['level'] * 100:g}%"
    columns = [
        Column(figures.label("column.county"), share=0.16),
        Column(figures.label("column.estimate"), "end"),
        Column(figures.label("column.interval_at", level=level), "center", 0.3),
    ]
    fields = ["estimate", "interval"]
    if figures.threshold(indicator.id):
        columns += [
            Column(figures.label("column.bound"), "end"),
            Column(figures.label("column.verdict"), "center"),
            Column(figures.label("column.point_rule"), "center"),
        ]
        fields += ["bound", "verdict", "point_rule"]
    caption = figures.label("results.caption", indicator=figures.name_of(indicator))
    return Table(caption, tuple(columns), _rows(figures, indicator, fields), _note(figures, indicator), small=True)


def _rows(figures: Figures, indicator: Indicator, fields: list[str]) -> tuple[Row, ...]:
    return tuple(
        Row((each.name, *(figures.of(figures.row(indicator.id, each.code), name) for name in fields)))
        for each in figures.counties
    )


def _note(figures: Figures, indicator: Indicator) -> Text:
    if not figures.threshold(indicator.id):
        return figures.label("results.note_without_threshold")
    pack = figures.facts["pack"]
    return figures.label(
        "results.note",
        threshold=figures.threshold(indicator.id),
        level=f"{(1 - pack['alpha']) * 100:g}%",
        deff=f"{pack['planned_deff'][indicator.unit]:g}",
    )


def precision(figures: Figures, indicator: Indicator) -> Table:
    """Say how precise an indicator's estimates are."""
    names = ("n", "se", "n_effective", "deff", "df")
    columns = (
        Column(figures.label("column.county"), share=0.16),
        *(Column(figures.label(f"column.{name}"), "end") for name in names),
    )
    name = figures.name_of(indicator)
    caption, note = figures.label("precision.caption", indicator=name), figures.label("precision.note")
    gap = " " if figures.language == "en" else ""
    note = gap.join(part for part in (note, _missing_effect(figures, indicator)) if part)
    return Table(caption, columns, _rows(figures, indicator, list(names)), note=note, small=True)


def _missing_effect(figures: Figures, indicator: Indicator) -> str:
    """Say why a design effect is missing, where one is."""
    if indicator.id == COMPOSITE:
        return figures.label("precision.composite")
    found = (figures.row(indicator.id, each.code) for each in figures.counties)
    if any(row is not None and row["deff"] is None and row["estimate"] in (0, 1) for row in found):
        return figures.label("precision.all_or_none")
    return ""


def classes(figures: Figures, indicator: Indicator) -> Table | None:
    """Give an indicator by household class; nothing where no class was estimated."""
    if not indicator.by_class:
        return None
    columns = (
        Column(figures.label("column.county"), share=0.14),
        Column(figures.label("column.class"), share=0.15),
        Column(figures.label("column.households"), "end", 0.12),
        Column(figures.label("column.estimate"), "end", 0.13),
        Column(figures.label("column.interval"), "center", 0.26),
        Column(figures.label("column.n_effective"), "end", 0.2),
    )
    rows = []
    for each in figures.counties:
        for row in figures.class_rows(indicator.id, each.code):
            cells = (figures.of(row, name) for name in ("n", "estimate", "interval", "n_effective"))
            rows.append(Row((each.name, list(row["domain"].values())[1], *cells)))
    caption = figures.label("classes.caption", indicator=figures.name_of(indicator))
    return Table(caption, columns, tuple(rows), note=figures.label("classes.note"), small=True) if rows else None


def open_cases(figures: Figures, indicator: Indicator) -> Table | None:
    """Show the range that open cases leave: none counted, all counted; nothing where no case is open."""
    rows = []
    for each in figures.counties:
        row, other = figures.row(indicator.id, each.code), figures.row(indicator.id, each.code, open_for=True)
        if other is not None:
            none = (figures.of(row, name) for name in ("estimate", "verdict"))
            counted = (figures.of(other, name) for name in ("estimate", "interval", "verdict"))
            rows.append(Row((each.name, *none, *counted)))
    if not rows or not any(kind["open"]["households"] for kind in figures.facts["cases"]["all"].values()):
        return None
    estimate, verdict = figures.label("column.estimate"), figures.label("column.verdict")
    without, with_open = figures.label("open_cases.none_counted"), figures.label("open_cases.all_counted")
    columns = (
        Column(figures.label("column.county"), share=0.14),
        Column(estimate, "end", group=without),
        Column(verdict, "center", group=without),
        Column(estimate, "end", group=with_open),
        Column(figures.label("column.interval"), "center", 0.26, group=with_open),
        Column(verdict, "center", group=with_open),
    )
    caption = figures.label("open_cases.caption", indicator=figures.name_of(indicator))
    return Table(caption, columns, tuple(rows), small=True)
