"""Tables of one county, and of cases and the quality of the fieldwork."""

from collections.abc import Mapping
from typing import Any

from evalsvc.editions.figures import Figures
from evalsvc.planning.indicators import INDICATORS
from reports.document import Column, Row, Table, Text

STATES = ("confirmed", "excluded", "open")
QUALITY = ("received", "flagged", "corrected", "rejected", "replaced")


def indicators(figures: Figures, county: str) -> Table:
    """Put every indicator of one county below each other."""
    level = f"{figures.facts['pack']['level'] * 100:g}%"
    fields = ("estimate", "interval", "bound", "verdict", "point_rule")
    columns = (
        Column(figures.label("column.indicator"), share=0.2),
        Column(figures.label("column.threshold"), "center"),
        Column(figures.label("column.estimate"), "end"),
        Column(figures.label("column.interval_at", level=level), "center", 0.24),
        Column(figures.label("column.bound"), "end"),
        Column(figures.label("column.verdict"), "center"),
        Column(figures.label("column.point_rule"), "center"),
    )
    none = figures.label("thresholds.none_short")
    rows = []
    for each in INDICATORS:
        row = figures.row(each.id, county)
        found = (figures.of(row, field) for field in fields)
        rows.append(Row((figures.name_of(each), figures.threshold(each.id) or none, *found)))
    caption, note = figures.label("indicators.caption", county=_name(figures, county)), figures.label("indicators.note")
    return Table(caption, columns, tuple(rows), note=note, small=True)


def precisions(figures: Figures, county: str) -> Table:
    """Say how precise every indicator of one county is."""
    names = ("n", "se", "n_effective", "deff", "df")
    columns = (
        Column(figures.label("column.indicator"), share=0.24),
        *(Column(figures.label(f"column.{name}"), "end") for name in names),
    )
    rows = tuple(
        Row((figures.name_of(each), *(figures.of(figures.row(each.id, county), name) for name in names)))
        for each in INDICATORS
    )
    caption = figures.label("precisions.caption", county=_name(figures, county))
    return Table(caption, columns, rows, note=figures.label("precisions.note"), small=True)


def problems(figures: Figures, county: str) -> Table | None:
    """Count the cases of one county by kind and by the standard that was not met."""
    kinds = {each["code"]: each["kinds"] for each in figures.facts["problems"]}.get(county, [])
    columns = (
        Column(figures.label("column.kind"), share=0.22),
        Column(figures.label("column.standard"), share=0.36),
        *(
            Column(figures.label(f"case_state.{state}"), "end", group=figures.label("column.households"))
            for state in STATES
        ),
    )
    rows = []
    for kind in kinds:
        for standard in kind["standards"]:
            path = ("problems", county, "kinds", kind["code"], "standards", standard["code"])
            numbers = (figures.count(*path, state) for state in STATES)
            names = (figures.label(f"case_kind.{kind['code']}"), figures.label(f"standard.{standard['code']}"))
            rows.append(Row((*names, *numbers)))
    caption = figures.label("problems.caption", county=_name(figures, county))
    return Table(caption, columns, tuple(rows), note=figures.label("problems.note"), small=True) if rows else None


def dossier(figures: Figures, county: str) -> Table | None:
    """List the cases of one county; an edition that holds none one by one has no such table."""
    cases = {each["code"]: each["cases"] for each in figures.facts.get("dossier", ())}.get(county, [])
    columns = (
        Column(figures.label("dossier.number"), share=0.12),
        Column(figures.label("column.kind"), share=0.18),
        Column(figures.label("column.standard"), share=0.24),
        Column(figures.label("dossier.persons"), "end"),
        Column(figures.label("dossier.confirm"), "end", group=figures.label("dossier.experts")),
        Column(figures.label("dossier.exclude"), "end", group=figures.label("dossier.experts")),
        Column(figures.label("dossier.state"), "center"),
    )
    rows = tuple(_case(figures, county, each) for each in cases)
    caption = figures.label("dossier.caption", county=_name(figures, county))
    return Table(caption, columns, rows, note=figures.label("dossier.note"), small=True) if rows else None


def _case(figures: Figures, county: str, case: Mapping[str, Any]) -> Row:
    path = ("dossier", county, "cases", case["code"])
    persons, confirm, exclude = (figures.count(*path, name) for name in ("persons", "confirm", "exclude"))
    kind, standard = figures.label(f"case_kind.{case['kind']}"), figures.label(f"standard.{case['standard']}")
    chosen = figures.label("dossier.purposive") if case["purposive"] else ""
    state = figures.label(f"case_state.{case['state']}")
    cells: tuple[Text, ...] = (f"{case['code']}{chosen}", kind, standard, persons, confirm, exclude, state)
    return Row(cells)


def quality(figures: Figures) -> Table:
    """Count what was corrected, rejected, remarked on and replaced in each county."""
    columns = (
        Column(figures.label("column.county"), share=0.16),
        *(Column(figures.label(f"quality.{name}"), "end") for name in QUALITY),
    )
    rows = [
        Row((each.name, *(figures.count("quality", "counties", each.code, name) for name in QUALITY)))
        for each in figures.counties
    ]
    if not figures.scope:
        total = (figures.count("quality", "all", name) for name in QUALITY)
        rows.append(Row((figures.label("column.total"), *total), strong=True))
    return Table(figures.label("quality.caption"), columns, tuple(rows), note=figures.label("quality.note"), small=True)


def replacements(figures: Figures) -> Table | None:
    """Count the replaced households by the reason of it."""
    return _by_reason(figures, "replacements", "replacement", "households")


def rejections(figures: Figures) -> Table | None:
    """Count the rejected interviews by the reason of it."""
    return _by_reason(figures, "rejections", "rejection", "interviews")


def _by_reason(figures: Figures, part: str, reason: str, counted: str) -> Table | None:
    columns = (Column(figures.label("column.reason"), share=0.7), Column(figures.label(f"{part}.counted"), "end"))
    rows = tuple(
        Row((figures.label(f"{reason}.{each['code']}"), figures.count("quality", part, each["code"], counted)))
        for each in figures.facts["quality"][part]
    )
    return Table(figures.label(f"{part}.caption"), columns, rows, small=True) if rows else None


def _name(figures: Figures, county: str) -> str:
    return next((each.name for each in figures.counties if each.code == county), county)
