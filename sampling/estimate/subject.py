"""Answer one statement: its domains, its missing values, its variables and levels, its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from sampling.estimate.answered import Answered, Part
from sampling.estimate.domain import partition
from sampling.estimate.fitted import FITTINGS, answer_fitted
from sampling.estimate.judge import Judged, Subjected, blank_reasons, row_without_domains, rows_of_all
from sampling.estimate.layers import Layers, Sample
from sampling.estimate.pooling import pooled_design_effect
from sampling.estimate.statement import Statement
from sampling.estimate.statistics import Figures, figures
from sampling.estimate.table import BoolArray, FloatArray, Table


@dataclass(frozen=True)
class Subject:
    """Hold what one row is about, over the used rows; `fault` says why it cannot be computed, if so."""

    variable: str
    numerator: FloatArray
    denominator: FloatArray | None = None
    level: str | None = None
    fault: str | None = None


def answer(sample: Sample, data: Table, statement: Statement, earlier: Mapping[str, Answered]) -> Answered:
    """Answer a statement of any statistic but contrast."""
    inside = np.ones(data.rows, dtype=np.bool_) if statement.where is None else statement.where.mask(data)
    split = partition(data, statement.by, inside)
    if split.count == 0:
        return Answered((row_without_domains(statement, "estimate.empty_domain", n=0),), split, None)
    missing = _missing(data, statement)
    lacking = np.zeros(split.count, dtype=np.bool_)
    if statement.missing == "fail":
        lacking = np.bincount(split.domain[missing & (split.domain >= 0)], minlength=split.count) > 0
    layers = sample.layers(split.narrowed(~missing), conditional=statement.statistic != "total")
    if statement.statistic in FITTINGS:
        return answer_fitted(layers, lacking, data, statement, split)
    names = statement.interval.pooled_deff
    pooled = pooled_design_effect(names, earlier, split) if names else None
    setting = _Setting(statement, layers, lacking, pooled)
    judgements: list[Subjected] = []
    parts: list[Part] = []
    for subject in _subjects(data, statement, layers):
        found = figures(layers, statement, subject.numerator, subject.denominator)
        judged = _judged(setting, found, subject.fault)
        judgements.append(Subjected(judged, subject.variable, subject.level))
        parts.append(_part(found, layers, judged, is_total=statement.statistic == "total"))
    rows = rows_of_all(statement, judgements, split.named())
    alone = len(parts) == 1 and rows[0].level is None
    return Answered(tuple(rows), split, parts[0] if alone else None)


def _missing(data: Table, statement: Statement) -> BoolArray:
    missing = np.zeros(data.rows, dtype=np.bool_)
    for name in statement.columns:
        if data[name].any_missing:
            missing |= data[name].missing
    return missing


def _subjects(data: Table, statement: Statement, layers: Layers) -> Iterator[Subject]:
    steps = layers.steps
    if statement.numerator is not None and statement.denominator is not None:
        name = f"{statement.numerator}/{statement.denominator}"
        top, bottom = data[statement.numerator].numbers, data[statement.denominator].numbers
        if top is None or bottom is None:
            yield Subject(name, np.zeros(steps.rows.size), fault="estimate.text_column")
        else:
            yield Subject(name, steps.take(top), steps.take(bottom))
        return
    for name in statement.variables:
        yield from _variable(data, statement, layers, name)


def _variable(data: Table, statement: Statement, layers: Layers, name: str) -> Iterator[Subject]:
    column, steps = data[name], layers.steps
    numbers = column.numbers
    if name in statement.categorical or (numbers is None and statement.statistic == "proportion"):
        codes, levels = column.coded
        here = codes[steps.rows]
        for index, level in enumerate(levels):
            yield Subject(name, (here == index).astype(np.float64), level=level)
        return
    if numbers is None:
        yield Subject(name, np.zeros(steps.rows.size), fault="estimate.text_column")
        return
    used = steps.take(numbers)
    other = statement.statistic == "proportion" and bool(((used != 0) & (used != 1)).any())
    yield Subject(name, used, fault="estimate.not_zero_one" if other else None)


@dataclass(frozen=True)
class _Setting:
    """Hold what all variables of a statement share."""

    statement: Statement
    layers: Layers
    lacking: BoolArray
    pooled: FloatArray | None


def _judged(setting: _Setting, found: Figures, fault: str | None) -> Judged:
    statement = setting.statement
    reasons = blank_reasons(statement.interval, found.estimated.value, found.variance, found.n, found.df)
    for index in np.flatnonzero(setting.lacking):
        reasons[index] = "estimate.missing_values"
    if fault is not None:
        reasons = [fault] * len(reasons)
    return Judged(
        value=found.estimated.value,
        variance=found.variance.value,
        n=found.n,
        df=found.df,
        deff=found.deff,
        conditional=setting.layers.conditional,
        certainty_clusters=setting.layers.certainty_clusters,
        alone=found.variance.lonely,
        reasons=reasons,
        kish=found.kish if statement.is_rate else None,
        rate=found.rate,
        pooled=setting.pooled,
    )


def _part(found: Figures, layers: Layers, judged: Judged, *, is_total: bool) -> Part:
    return Part(
        value=found.estimated.value,
        variance=found.variance.value,
        terms=found.estimated.terms,
        steps=layers.steps,
        kish=found.kish,
        rate=found.rate,
        reasons=tuple(judged.reasons),
        is_total=is_total,
        replicated=found.estimated.replicated,
    )
