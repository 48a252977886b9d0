"""Estimate from one simulated survey, by the plan that its design dictates."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from sampling.design import Design
from sampling.estimable import UNEQUAL
from sampling.estimate import load_plan, run_plan
from sampling.estimate.result import EstimateRow
from sampling.estimate.statement import Plan
from sampling.manifest import ManifestStage, ManifestUnit
from sampling.simulate.fieldwork import Opened
from sampling.simulate.pattern import Indicator, Pattern
from sampling.simulate.population import Kind, Population


def plan_for(design: Design, pattern: Pattern) -> Plan:
    """Make the plan that a design and a pattern dictate; the columns are those of `table_of`."""
    reading = load_plan({"version": 1, "design": _design(design, pattern), "estimates": _statements(pattern)})
    if reading.plan is None:
        raise ValueError(f"no plan: {reading.complaints}")
    return reading.plan


def _design(design: Design, pattern: Pattern) -> dict[str, Any]:
    """Name the columns of every stage, as the service does for its own plans."""
    stages: list[dict[str, str]] = []
    methods: list[str] = []
    for number, stage in enumerate(design.stages):
        columns = {} if number == len(design.stages) - 1 else {"cluster": f"unit{number}"}
        if stage.strata:
            columns["strata"] = f"stratum{number}"
        if stage.joint_method is None:
            columns["population"] = f"population{number}"
        elif stage.joint_method in UNEQUAL:
            columns["probability"] = f"probability{number}"
            methods.append(stage.joint_method)
        elif stage.method == "with_replacement":
            columns["draws"] = f"draws{number}"
        stages.append(columns)
    found: dict[str, Any] = {"stages": stages, "weights": "weight", "nested": True, "lonely_psu": pattern.lonely_psu}
    if methods:
        found["unequal"] = UNEQUAL[methods[0]]
    return found


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
    """Make the table of one survey: design columns, weights and, for those who answered, what was found."""
    columns: dict[str, Any] = {"weight": opened.weight}
    for number, units in enumerate(_lines(stages, opened.units)):
        stage, drawn = design.stages[number], stages[number]
        if number < len(stages) - 1:
            columns[f"unit{number}"] = [unit.id for unit in units]
        if stage.strata:
            columns[f"stratum{number}"] = [unit.stratum for unit in units]
        if stage.joint_method is None:
            sizes = {(each.parent, each.stratum): each.population for each in drawn.strata}
            columns[f"population{number}"] = np.array([sizes[unit.parent, unit.stratum] for unit in units], dtype=float)
        elif stage.joint_method in UNEQUAL:
            columns[f"probability{number}"] = np.array([unit.probability for unit in units], dtype=float)
        elif stage.method == "with_replacement":
            columns[f"draws{number}"] = np.array([unit.times or 1 for unit in units], dtype=float)
    for i, name in enumerate(population.pattern.by):
        coded = population.column(name)
        columns[f"by{i}"] = [coded.levels[code] if code >= 0 else None for code in coded.codes[opened.place]]
    for number in range(len(population.pattern.indicators)):
        counts = opened.responded & population.counting[number][opened.place]
        persons = population.persons[number][opened.place]
        columns[f"counts{number}"] = counts.astype(np.int64)
        columns[f"persons{number}"] = persons
        columns[f"cases{number}"] = persons * population.cases[number][opened.place]
    return columns


def _lines(stages: Sequence[ManifestStage], units: Sequence[ManifestUnit]) -> list[list[ManifestUnit]]:
    """Give, for each stage, the unit of that stage that each opened unit lies in."""
    found = [list(units)]
    for stage in reversed(stages[:-1]):
        by_id = {unit.id: unit for unit in stage.units}
        found.append([by_id[unit.parent or ""] for unit in found[-1]])
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
