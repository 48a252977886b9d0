"""Tables of the fieldwork, of suspected cases and of files."""

from evalsvc.cases.values import KINDS
from evalsvc.editions.figures import Figures
from evalsvc.instruments.contract import DISPOSITIONS
from reports.document import Column, Row, Table

OPENED = ("main", "reserves", "opened")
STATES = ("confirmed", "excluded", "open")


def fieldwork(figures: Figures) -> Table:
    """Count what came of the visits in each county."""
    names = (*OPENED, *DISPOSITIONS, "response_rate")
    groups = (figures.label("fieldwork.opened_group"),) * len(OPENED)
    groups += (figures.label("fieldwork.outcome_group"),) * len(DISPOSITIONS) + ("",)
    columns = (
        Column(figures.label("column.county"), share=0.12),
        *(
            Column(figures.label(f"fieldwork.{name}"), "end", group=group)
            for name, group in zip(names, groups, strict=True)
        ),
    )
    rows = [
        Row((each.name, *(figures.count("fieldwork", "counties", each.code, name) for name in names)))
        for each in figures.counties
    ]
    if not figures.scope:
        total = (figures.count("fieldwork", "all", name) for name in names)
        rows.append(Row((figures.label("column.total"), *total), strong=True))
    return Table(figures.label("fieldwork.caption"), columns, tuple(rows), small=True)


def cases(figures: Figures) -> Table:
    """Count the suspected cases by county, kind and state."""
    columns = [
        Column(figures.label("column.county"), share=0.12),
        Column(figures.label("column.kind"), share=0.13),
    ]
    for state in STATES:
        group = figures.label(f"case_state.{state}")
        columns += [
            Column(figures.label("cases.households"), "end", group=group),
            Column(figures.label("cases.persons"), "end", group=group),
        ]
    rows = [
        _cases_row(figures, each.name, kind, ("cases", "counties", each.code, "kinds"))
        for each in figures.counties
        for kind in KINDS
        if _exists(figures, each.code, kind)
    ]
    if not figures.scope:
        total = figures.label("column.total")
        rows += [_cases_row(figures, total, kind, ("cases", "all"), strong=True) for kind in KINDS]
    return Table(figures.label("cases.caption"), tuple(columns), tuple(rows), small=True)


def _exists(figures: Figures, code: str, kind: str) -> bool:
    """Tell whether a county has cases of a kind; an edition about one county shows every kind."""
    county = next(each for each in figures.facts["cases"]["counties"] if each["code"] == code)
    return bool(figures.scope) or any(state["households"] for state in county["kinds"][kind].values())


def _cases_row(figures: Figures, place: str, kind: str, path: tuple[str, ...], *, strong: bool = False) -> Row:
    numbers = [figures.count(*path, kind, state, counted) for state in STATES for counted in ("households", "persons")]
    return Row((place, figures.label(f"case_kind.{kind}"), *numbers), strong)


def files(figures: Figures) -> Table:
    """List the files of the bundle with their hashes."""
    rows = tuple(Row((name, digest)) for name, digest in figures.facts["inputs"].items())
    columns = (Column(figures.label("column.file"), share=0.24), Column("SHA-256", share=0.76))
    return Table(figures.label("files.caption"), columns, rows, small=True)
