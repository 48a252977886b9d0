"""Estimate the design variance of linear scores: the one routine that every estimator uses.

A statistic's score at unit i is a linear combination of weighted columns, with one coefficient per domain; the variance
is the quadratic form of sampling.estimate.stages.unequal, summed over the strata of every stage (Sarndal, Swensson,
Wretman (1992), section 4.3, and its recursion over further stages; the rule of R survey's svyrecvar).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampling.estimate.design import Design
from sampling.estimate.ladder import Ladder, StagePairs
from sampling.estimate.table import BoolArray, FloatArray, IntArray, sums

CANCELLED = 1e-13
"""A form over pairs this small beside its squares is what rounding leaves of terms that cancel, of either sign."""


@dataclass(frozen=True)
class Term:
    """Hold one part of a score: `coefficient` (domains,) times the weighted `column` over the ladder's rows.

    No column stands for ones; `totals` are the column's over the ladder it was made on, if they are at hand.
    """

    column: FloatArray | None
    coefficient: FloatArray
    totals: list[FloatArray] | None = None


@dataclass(frozen=True)
class Variance:
    """Hold the variance of each domain (NaN where it cannot be had), and which domains meet a lone PSU.

    `refused` marks those of them whose value is not to be used, which is what lonely_psu "fail" asks for.
    """

    value: FloatArray
    lonely: BoolArray
    refused: BoolArray


def joined(parts: Sequence[Variance]) -> Variance:
    """Put the variances of several lots of domains in a row."""
    return Variance(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in ("value", "lonely", "refused"))
    )


def variance(design: Design, steps: Ladder, terms: Sequence[Term], *, own: bool = True) -> Variance:
    """Give the variance of the score sum(terms) in every domain.

    `own` says that totals kept in the terms are those of this ladder.
    """
    return quadratic(design, steps.stages, pair_scores(steps, terms, own=own), steps.domains)


def quadratic(design: Design, stages: Sequence[StagePairs], scores: Sequence[FloatArray], domains: int) -> Variance:
    """Give the quadratic form of the design in the scores of every (domain, unit) pair, summed over all stages.

    Parameters
    ----------
    scores : for each stage (pairs,) the score summed over the pair's rows
    """
    value = np.zeros(domains)
    lonely = np.zeros(domains, dtype=np.bool_)
    for pairs, score in zip(stages, scores, strict=True):
        by_group, alone = _stage_groups(design, pairs, score)
        lonely |= sums(pairs.group_domain, alone, domains) > 0
        if design.lonely_psu == "average":
            by_group = _averaged(pairs, by_group, alone)
        value += sums(pairs.group_domain, by_group, domains)
    return Variance(value, lonely, lonely if design.lonely_psu == "fail" else np.zeros_like(lonely))


def pair_scores(steps: Ladder, terms: Sequence[Term], *, own: bool) -> list[FloatArray]:
    """Sum the score sum(terms) over the rows of every (domain, unit) pair of each stage."""
    scores = [np.zeros(pairs.unit.size) for pairs in steps.stages]
    for term in terms:
        totals = term.totals if own and term.totals is not None else steps.totals(term.column)
        for level, (pairs, total) in enumerate(zip(steps.stages, totals, strict=True)):
            scores[level] += term.coefficient[pairs.domain] * total
    return scores


def _stage_groups(design: Design, pairs: StagePairs, score: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Give the variance of every (domain, stratum) pair of one stage, and 1 where the stratum is a lone PSU's."""
    stage = pairs.stage
    groups = pairs.group_domain.size
    stratum = pairs.group_stratum
    counted = stage.counted[pairs.unit]
    alone = stage.lonely[stratum]
    if design.lonely_domain and design.lonely_psu in ("adjust", "average"):
        times = counted if stage.draws is None else counted * stage.draws[pairs.unit]
        active = sums(pairs.group, times, groups)
        heard = stage.heard[stratum] & (stage.centre[stratum] > 0)
        alone = alone | ((active == 1) & (stage.size[stratum] > 1) & heard)
    whole = sums(pairs.group, counted * score, groups)
    if stage.draws is not None:
        score = score / stage.draws[pairs.unit]  # each draw with replacement is a unit of its own
    mean = stage.centre[stratum] * whole / np.maximum(stage.size[stratum], 1.0)
    if design.lonely_psu == "adjust":
        mean = np.where(alone, _grand_mean(pairs, whole), mean)
    alpha = stage.alpha[pairs.unit]
    left = score - mean[pairs.group]
    spread = sums(pairs.group, alpha * left * left, groups)
    rest = stage.alpha_total[stratum] - sums(pairs.group, alpha, groups)
    value = spread + mean * mean * np.maximum(rest, 0.0)
    if stage.row_sum is not None and stage.row_sum_total is not None:
        row_sum = stage.row_sum[pairs.unit]
        cross = sums(pairs.group, row_sum * left, groups)
        outside = stage.row_sum_total[stratum] - sums(pairs.group, row_sum, groups)
        value += 2.0 * mean * (cross - mean * outside) + mean * mean * stage.row_sum_total[stratum]
    if stage.pairs is not None:
        over_pairs = sums(pairs.group, score * stage.pairs.times(pairs.domain, pairs.unit, score), groups)
        largest = sums(pairs.group, stage.pairs.diagonal[pairs.unit] * score * score, groups)
        value += np.where(np.abs(over_pairs) <= CANCELLED * largest, 0.0, over_pairs)
    return value, alone.astype(np.float64)


def _grand_mean(pairs: StagePairs, whole: FloatArray) -> FloatArray:
    """Give each group the mean over all drawn units of the strata under its parent (R survey 4.2 and later)."""
    family = _family(pairs)
    families = int(family.max()) + 1 if family.size else 0
    size = sums(family, pairs.stage.size[pairs.group_stratum], families)
    return np.asarray((sums(family, whole, families) / np.maximum(size, 1.0))[family], dtype=np.float64)


def _averaged(pairs: StagePairs, by_group: FloatArray, alone: FloatArray) -> FloatArray:
    """Let a lone PSU's stratum count as the average of the others under the same parent (NaN when there is none)."""
    key = _family(pairs)
    families = int(key.max()) + 1 if key.size else 0
    strata = sums(key, np.ones_like(alone), families)
    able = sums(key, 1.0 - alone, families)
    with np.errstate(invalid="ignore", divide="ignore"):
        factor = np.where(able > 0, strata / able, np.nan)
    averaged = np.where(alone > 0, np.where(able[key] > 0, 0.0, np.nan), by_group * factor[key])
    return np.asarray(averaged, dtype=np.float64)


def _family(pairs: StagePairs) -> IntArray:
    """Number the (domain, parent unit) that each (domain, stratum) pair belongs to."""
    parent = pairs.stage.stratum_parent[pairs.group_stratum]
    width = int(parent.max()) + 1 if parent.size else 1
    _, key = np.unique(pairs.group_domain * width + parent, return_inverse=True)
    return np.asarray(key, dtype=np.int64)
