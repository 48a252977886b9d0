"""Answer one statement: its domains, its missing values, its variables and levels, its rows."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import product

import numpy as np

from sampling.estimate.answered import Answered, Part
from sampling.estimate.domain import partition
from sampling.estimate.fits.fitted import FITTINGS, answer_fitted
from sampling.estimate.fits.model_matrix import source
from sampling.estimate.judge import Judged, Subjected, blank_reasons, row_without_domains, rows_of_all
from sampling.estimate.layers import Layers, Sample
from sampling.estimate.pooling import larger, pooled_design_effect
from sampling.estimate.quantile import Woodruff, woodruff
from sampling.estimate.quantile_rule import ordered
from sampling.estimate.replicates.refit import refitted_variance
from sampling.estimate.result import EstimateRow
from sampling.estimate.statement import Statement
from sampling.estimate.statistics import Figures, figures
from sampling.estimate.strata_pooling import pooled_over_strata
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
    if sample.observed is not None:
        inside &= sample.observed
    split = partition(data, statement.by, inside)
    if split.count == 0:
        return Answered((row_without_domains(statement, "estimate.empty_domain", n=0),), split)
    missing = _missing(data, statement)
    lacking = np.zeros(split.count, dtype=np.bool_)
    if statement.missing == "fail":
        lacking = np.bincount(split.domain[missing & (split.domain >= 0)], minlength=split.count) > 0
    present = split.narrowed(~missing)
    layers = sample.layers(present, conditional=statement.statistic != "total")
    if statement.statistic in FITTINGS:
        return answer_fitted(layers, lacking, data, statement, split)
    names = statement.interval.pooled_deff
    pooled = pooled_design_effect(names, earlier, split) if names else None
    setting = _Setting(statement, layers, lacking)
    judgements: list[Subjected] = []
    parts: list[Part] = []
    for subject in _subjects(data, statement, layers):
        top, bottom = subject.numerator, subject.denominator
        lent = larger(pooled, pooled_over_strata(sample, statement, present, top, bottom))
        for p, found, own in _computed(setting, subject):
            judged = replace(_judged(setting, found, subject.fault, own), pooled=lent)
            judgements.append(Subjected(judged, subject.variable, subject.level))
            parts.append(replace(_part(setting, found, judged), variable=subject.variable, level=subject.level, p=p))
    rows = rows_of_all(statement, judgements, split.named())
    return Answered(tuple(_with_shares(rows, statement.probabilities, split.count)), split, tuple(parts))


def _with_shares(rows: Sequence[EstimateRow], shares: tuple[float, ...], domains: int) -> Iterator[EstimateRow]:
    """Name the p of quantiles in their rows, and bring the rows from domains within p to p within domains."""
    if not shares:
        yield from rows
        return
    variables = len(rows) // (len(shares) * domains)
    for variable, domain, number in product(range(variables), range(domains), range(len(shares))):
        yield replace(rows[(variable * len(shares) + number) * domains + domain], p=shares[number])


def _missing(data: Table, statement: Statement) -> BoolArray:
    missing = np.zeros(data.rows, dtype=np.bool_)
    for word in statement.columns:
        name = source(word, data) or word
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


def _computed(setting: _Setting, subject: Subject) -> Iterator[tuple[float | None, Figures, Woodruff | None]]:
    """Compute the figures of a subject; of a quantile for every p, over rows that are put in order once."""
    layers, statement, y = setting.layers, setting.statement, subject.numerator
    if statement.statistic != "quantile":
        yield None, figures(layers, statement, y, subject.denominator), None
        return
    steps = layers.steps
    found = ordered(steps.row_domain, steps.domains, y, steps.weights)
    for p in statement.probabilities:
        quantile = woodruff(layers, statement, y, found, p)
        yield p, quantile.figures, quantile


def _judged(setting: _Setting, found: Figures, fault: str | None, own: Woodruff | None) -> Judged:
    statement = setting.statement
    # A quantile without standard error is a figure all the same, if the share of rows up to it has a variance.
    spread = found.variance if own is None else own.spread
    reasons = blank_reasons(statement.interval, found.estimated.value, spread, found.n, found.df)
    if own is not None or statement.statistic == "variance":
        # Shares that fall where a negative weight stands belong to no distribution, and squares may sum up below 0.
        senseless = np.ones_like(setting.lacking) if own is not None else found.estimated.value < 0
        for index in np.flatnonzero(setting.layers.steps.negative & senseless):
            reasons[index] = "estimate.negative_weights"
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
        thinned=found.estimated.thinned,
        negative=setting.layers.steps.negative,
        refitted=refitted_variance(statement.interval.method, setting.layers.design.replicates, found.estimated),
        own=own,
    )


def _part(setting: _Setting, found: Figures, judged: Judged) -> Part:
    reasons = judged.reasons
    if judged.own is not None:
        reasons = [reason or own for reason, own in zip(reasons, judged.own.reasons, strict=True)]
    return Part(
        value=found.estimated.value,
        variance=found.variance.value,
        terms=found.estimated.terms,
        rows=setting.layers.steps.rows,
        row_domain=setting.layers.steps.row_domain,
        kish=found.kish,
        rate=found.rate,
        reasons=tuple(reasons),
        conditional=setting.layers.conditional,
        is_total=setting.statement.statistic == "total",
        replicated=found.estimated.replicated,
    )
