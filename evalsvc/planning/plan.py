"""The analysis plan as the rule pack, the design and the frame's totals dictate it: known before the first answer."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalsvc import files
from evalsvc.evaluations.rule_pack import Pack
from evalsvc.frames.judged import CLASS_COLUMN
from evalsvc.planning.indicators import (
    BY_CLASS,
    COMPOSITE,
    INDICATORS,
    OPEN_COLUMN,
    OPEN_FOR,
    Indicator,
    Reading,
    in_county,
)
from evalsvc.planning.layout import Layout
from sampling.documents import document_text
from sampling.planned_design import planned_design

Mappings = dict[str, Any]


@dataclass(frozen=True)
class CountyTotals:
    """The known persons of one county, counted in the frame within the design's scope."""

    county: str
    remaining: int
    exited: int
    not_registered: int

    @property
    def persons(self) -> int:
        """Return all rural persons of the county."""
        return self.remaining + self.exited + self.not_registered


def plan_for(pack: Pack, layout: Layout, totals: Sequence[CountyTotals]) -> Mappings:
    """Return the plan of one evaluation; `totals` holds the judged counties."""
    estimates = [statement for each in INDICATORS for statement in _statements(each, pack, layout, totals)]
    return {"version": 1, "data": files.ANSWERS, "design": _design(pack, layout), "estimates": estimates}


def plan_text(plan: Mapping[str, Any]) -> str:
    """Write plan.yaml; the same plan gives the same text."""
    return document_text(dict(plan), width=120)


def _design(pack: Pack, layout: Layout) -> Mappings:
    last = len(layout.stages) - 1
    stages = [stage.planned(rows=number == last) for number, stage in enumerate(layout.stages)]
    return planned_design(stages, pack.lonely_psu)


def _statements(indicator: Indicator, pack: Pack, layout: Layout, totals: Sequence[CountyTotals]) -> Iterator[Mappings]:
    reading = indicator.reading(pack.readings)
    endings = ("", OPEN_COLUMN) if reading.cases else ("",)
    for ending in endings:
        if indicator.id == COMPOSITE:
            for county in totals:
                yield from _composite(county, indicator, pack, layout, ending)
        else:
            yield _by(indicator, reading, pack, [layout.county], ending)
    if indicator.by_class:
        yield _by(indicator, reading, pack, [layout.county, CLASS_COLUMN], "", judged=False)


def _by(
    indicator: Indicator, reading: Reading, pack: Pack, by: list[str], ending: str, *, judged: bool = True
) -> Mappings:
    name = indicator.id + (OPEN_FOR if ending else "") + ("" if judged else BY_CLASS)
    statement = {"id": name, **_counting_open(reading, ending), "by": by, "interval": _interval(indicator, pack)}
    if reading.asked_only:
        listed = ", ".join(map(_quoted, pack.asked))
        statement["where"] = f"{statement['where']} and {CLASS_COLUMN} in [{listed}]"
    statement["design_effect"] = "replace"
    return statement | (_threshold(indicator, pack) if judged else {})


def _quoted(text: str) -> str:
    """Write a text as a condition reads it."""
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def _counting_open(reading: Reading, ending: str) -> Mappings:
    """Return the statement with its case columns replaced by those that also count open cases."""
    swap = {name: name + ending for name in reading.cases}
    return {
        key: swap.get(value, value) if isinstance(value, str) else value for key, value in reading.statement.items()
    }


def _composite(
    county: CountyTotals, indicator: Indicator, pack: Pack, layout: Layout, ending: str
) -> Iterator[Mappings]:
    """Return the composite rate of one county and its two parts: each county has its own known totals."""
    name = in_county(COMPOSITE + (OPEN_FOR if ending else ""), county.county)
    shares = {"wrong_exit_rate": county.exited, "missed_rate": county.not_registered}
    terms = [str(county.remaining)]
    for part, persons in shares.items():
        if persons:
            rate = next(each for each in INDICATORS if each.id == part)
            statement = _by(rate, rate.reading(pack.readings), pack, [layout.county], ending, judged=False)
            where = f"{statement['where']} and {layout.county} == {_quoted(county.county)}"
            yield statement | {"id": f"{name}_{part}", "where": where}
            terms.append(f"{name}_{part} * {persons}")
    if len(terms) > 1:
        yield {
            "id": name,
            "statistic": "contrast",
            "expression": f"({' + '.join(terms)}) / {county.persons}",
            "by": [layout.county],
            "interval": _interval(indicator, pack),
            **_threshold(indicator, pack),
        }


def _interval(indicator: Indicator, pack: Pack) -> Mappings:
    return {"method": pack.interval, "level": pack.level, "planned_deff": pack.planned_deff[indicator.unit]}


def _threshold(indicator: Indicator, pack: Pack) -> Mappings:
    threshold = pack.thresholds.get(indicator.id)
    if threshold is None:
        return {}
    planned = pack.planned_deff[indicator.unit]
    side = {"value": threshold.value, "side": threshold.side, "alpha": pack.alpha, "planned_deff": planned}
    return {"threshold": side}
