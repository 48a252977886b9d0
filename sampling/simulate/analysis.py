"""Estimate from one simulated survey, by the plan that its design dictates."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sampling.design import Design
from sampling.empty_units import NOTHING, empty_units
from sampling.estimate import load_plan, run_plan
from sampling.estimate.result import EstimateRow
from sampling.estimate.statement import Plan
from sampling.manifest import ManifestStage, ManifestUnit
from sampling.planned_design import PlannedStage, planned_design
from sampling.simulate.fieldwork import Opened
from sampling.simulate.pattern import Indicator, Pattern
from sampling.simulate.population import Kind, Population
from sampling.stages import Stage


def plan_for(design: Design, pattern: Pattern) -> Plan:
    """Make the plan that a design and a pattern dictate; the columns are those of `table_of`."""
    reading = load_plan({"version": 1, "design": _design(design, pattern), "estimates": _statements(pattern)})
    if reading.plan is None:
        raise ValueError(f"no plan: {reading.complaints}")
    return reading.plan


def _design(design: Design, pattern: Pattern) -> dict[str, Any]:
    """Name the columns of every stage; they are those of `table_of`."""
    last = len(design.stages) - 1
    stages = [
        PlannedStage(
            cluster=f"unit{number}" if number < last or stage.joint_method == "successive-differences" else None,
            strata=f"stratum{number}" if stage.strata else None,
            chance=f"chance{number}",
            joint_method=stage.joint_method,
            draws=f"draws{number}" if stage.method == "with_replacement" else None,
        )
        for number, stage in enumerate(design.stages)
    ]
    return planned_design(stages, pattern.lonely_psu)


def _statements(pattern: Pattern) -> list[dict[str, Any]]:
    """Write one statement for each indicator and kind; `statement_id` names them."""
    by = [f"by{i}" for i in range(len(pattern.by))]
    found: list[dict[str, Any]] = []
    for number, indicator in enumerate(pattern.indicators):
        found.append({**_rate(number, indicator), "id": statement_id(number, "rate"), "by": by})
        if pattern.totals:
            for kind, variable in (("cases", f"cases{number}"), ("count", f"persons{number}")):
                total = {"statistic": "total", "variables": [variable], "where": f"counts{number} == 1", "by": by}
                found.append({**total, "id": statement_id(number, kind)})
    return found


def statement_id(number: int, kind: str) -> str:
    """Name the statement of an indicator's kind of figure."""
    return f"{kind}{number}"


def _rate(number: int, indicator: Indicator) -> dict[str, Any]:
    """Write the statement of a rate: a share of units, or a ratio of persons."""
    interval: dict[str, Any] = {"method": indicator.method, "level": indicator.level}
    statement: dict[str, Any] = {"where": f"counts{number} == 1", "interval": interval}
    if indicator.persons is None:
        statement |= {"statistic": "proportion", "variables": [f"cases{number}"]}
    else:
        statement |= {"statistic": "ratio", "numerator": f"cases{number}", "denominator": f"persons{number}"}
    if indicator.threshold is not None:
        limit = {name: value for name, value in vars(indicator.threshold).items() if value is not None}
        statement["threshold"] = limit
        if indicator.threshold.planned_deff is not None:
            interval["planned_deff"] = indicator.threshold.planned_deff
    return statement


def table_of(
    design: Design, stages: Sequence[ManifestStage], opened: Opened, population: Population
) -> Mapping[str, Any]:
    """Make the table of one survey: design columns, weights and, for those who answered, what was found.

    Drawn units in which nothing was taken have a row of weight 0 at the end, which no statement counts.
    """
    empty = empty_units(stages, {unit.parent for unit in opened.units})
    columns: dict[str, Any] = {"weight": _with_none(opened.weight, len(empty))}
    for number, units in enumerate(_lines(stages, opened.units, empty)):
        if number < len(stages) - 1 or design.stages[number].joint_method == "successive-differences":
            columns[f"unit{number}"] = [NOTHING if unit is None else unit.id for unit in units]
        columns |= _columns_of(design.stages[number], stages[number], number, units)
    for i, name in enumerate(population.pattern.by):
        coded = population.column(name)
        found = [coded.levels[code] if code >= 0 else None for code in coded.codes[opened.place]]
        columns[f"by{i}"] = [*found, *(None for _ in empty)]
    for number in range(len(population.pattern.indicators)):
        counts = opened.responded & population.counting[number][opened.place]
        persons = population.persons[number][opened.place]
        cases = persons * population.cases[number][opened.place]
        columns[f"counts{number}"] = _with_none(counts.astype(np.int64), len(empty))
        columns[f"persons{number}"] = _with_none(persons, len(empty))
        columns[f"cases{number}"] = _with_none(cases, len(empty))
    return columns


def _with_none(values: Any, more: int) -> Any:
    """Add the zeros of drawn units in which nothing was taken."""
    return np.concatenate([values, np.zeros(more, dtype=values.dtype)])


def _columns_of(
    stage: Stage, drawn: ManifestStage, number: int, units: Sequence[ManifestUnit | None]
) -> dict[str, Any]:
    """Give the columns of one stage; below a unit in which nothing was taken stands one unit that is taken in full."""
    columns: dict[str, Any] = {}
    if stage.strata:
        columns[f"stratum{number}"] = [NOTHING if unit is None else unit.stratum for unit in units]
    if stage.joint_method is None:
        sizes = {(each.parent, each.stratum): each.population for each in drawn.strata}
        chances: list[float | None] = [1 if unit is None else sizes[unit.parent, unit.stratum] for unit in units]
    else:
        chances = [1 if unit is None else unit.probability for unit in units]
    columns[f"chance{number}"] = np.array(chances, dtype=float)
    if stage.method == "with_replacement":
        columns[f"draws{number}"] = np.array([1 if unit is None else unit.times or 1 for unit in units], dtype=float)
    return columns


def _lines(
    stages: Sequence[ManifestStage], units: Sequence[ManifestUnit], empty: Sequence[tuple[int, ManifestUnit]]
) -> list[list[ManifestUnit | None]]:
    """Give, for each stage, the unit of that stage that each row lies in: opened units first, then the empty ones."""
    found: list[list[ManifestUnit | None]] = [[*units, *(None for _ in empty)]]
    for number in range(len(stages) - 2, -1, -1):
        by_id = {unit.id: unit for unit in stages[number].units}
        above = [None if unit is None else by_id[unit.parent or ""] for unit in found[-1]]
        for place, (own, unit) in enumerate(empty, start=len(units)):
            above[place] = unit if own == number else above[place]
        found.append(above)
    return found[::-1]


def estimates(
    plan: Plan, table: Mapping[str, Any], pattern: Pattern
) -> dict[tuple[int, Kind, tuple[str, ...]], EstimateRow]:
    """Compute the plan and give its rows by indicator, kind and domain."""
    kinds: tuple[Kind, ...] = ("rate", "cases", "count")
    names = {statement_id(i, kind): (i, kind) for i in range(len(pattern.indicators)) for kind in kinds}
    found = {}
    for row in run_plan(plan, table).rows:
        number, kind = names[row.id]
        found[number, kind, tuple(row.domain.get(f"by{i}", "") for i in range(len(pattern.by)))] = row
    return found
