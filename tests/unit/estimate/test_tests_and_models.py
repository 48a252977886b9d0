"""Tests and models: identities by second routes."""

from __future__ import annotations

from math import log
from typing import Any

import numpy as np
import pytest
from scipy import stats

from tests.unit.estimate.sample_of_villages import DESIGN, STATEMENTS, UNITS, Estimate, glm, sample


def test_a_model_with_a_dummy_is_a_t_test_and_a_contrast(estimate: Estimate) -> None:
    table = sample()
    means = {"statistic": "mean", "variables": ["income"]}
    rows = estimate(
        table,
        glm("income ~ group"),
        {"id": "t", "statistic": "ttest", "variables": ["income", "group"]},
        {"id": "south", **means, "where": "group == 'south'"},
        {"id": "north", **means, "where": "group == 'north'"},
        {"id": "c", "statistic": "contrast", "expression": "south - north"},
        design=DESIGN,
    )
    intercept, slope, test, _, north, contrast = rows
    assert intercept.estimate == pytest.approx(north.estimate, rel=1e-12)
    assert intercept.se == pytest.approx(north.se, rel=1e-9)
    for name in ("estimate", "se", "low", "high", "statistic", "p_value", "df"):
        assert getattr(test, name) == pytest.approx(getattr(slope, name), rel=1e-9), name
    assert (test.estimate, test.se) == (
        pytest.approx(contrast.estimate, rel=1e-9),
        pytest.approx(contrast.se, rel=1e-9),
    )
    assert contrast.df == test.df + 1


def test_an_intercept_alone_is_the_logit_of_the_proportion(estimate: Estimate) -> None:
    model, rate = estimate(
        sample(),
        glm("poor ~ 1", family="binomial"),
        {"id": "p", "statistic": "proportion", "variables": ["poor"]},
        design=DESIGN,
    )
    p = rate.estimate
    assert model.estimate == pytest.approx(log(p / (1 - p)), rel=1e-9)
    assert model.se == pytest.approx(rate.se / (p * (1 - p)), rel=1e-6)
    assert model.df == rate.df


def test_a_saturated_poisson_model_holds_the_logarithms_of_means(estimate: Estimate) -> None:
    rows = estimate(
        sample(),
        glm("persons ~ kind - 1", family="poisson"),
        {"id": "m", "statistic": "mean", "variables": ["persons"], "by": ["kind"]},
        design=DESIGN,
    )
    models, means = rows[:3], rows[3:]
    for model, mean in zip(models, means, strict=True):
        assert model.estimate == pytest.approx(log(mean.estimate), rel=1e-9)
        assert model.se == pytest.approx(mean.se / mean.estimate, rel=1e-5)


def test_a_table_of_two_by_two_is_a_wald_test_of_one_number(estimate: Estimate) -> None:
    """What a cell has above independence is a smooth function of totals: the contrast makes the same F."""
    totals = [
        {"id": f"n{a}{b}", "statistic": "total", "variables": ["one"], "where": f"poor == {a} and group == '{b}'"}
        for a in (0, 1)
        for b in ("north", "south")
    ]
    whole = "(n0north + n0south + n1north + n1south)"
    above = f"n1south - (n1north + n1south) * (n0south + n1south) / {whole}"
    *_, contrast, test = estimate(
        {**sample(), "one": np.ones(UNITS * 12)},
        *totals,
        {"id": "c", "statistic": "contrast", "expression": above},
        {"id": "w", "statistic": "chisq", "variables": ["poor", "group"], "test": "Wald"},
        design=DESIGN,
    )
    assert test.statistic == pytest.approx((contrast.estimate / contrast.se) ** 2, rel=1e-9)
    assert (test.df_numerator, test.df) == (1, contrast.df)
    assert test.p_value == pytest.approx(2 * stats.t.sf(abs(contrast.estimate / contrast.se), contrast.df), rel=1e-9)


def test_a_comparison_is_a_rate(estimate: Estimate) -> None:
    """Also where it holds for every row, or for none."""
    common = {"statistic": "ttest", "where": "persons > 1"}
    rate, all_rows, none = estimate(
        sample(),
        {"id": "a", **common, "formula": "(persons > 4) ~ 0"},
        {"id": "b", **common, "formula": "(persons > 1) ~ 0"},
        {"id": "c", **common, "formula": "(persons > 9) ~ 0"},
        design=DESIGN,
    )
    assert 0.2 < rate.estimate < 0.6
    assert all_rows.estimate == pytest.approx(1.0)
    assert all_rows.reason == none.reason == "estimate.no_variance"
    assert none.estimate == 0.0


def test_two_by_two_has_one_design_effect(estimate: Estimate) -> None:
    asked = {"statistic": "chisq", "variables": ["poor", "group"]}
    first, second = estimate(sample(), {"id": "f", **asked}, {"id": "c", **asked, "test": "Chisq"}, design=DESIGN)
    effect = second.statistic / first.statistic
    assert first.df_numerator == pytest.approx(1)
    assert first.p_value == pytest.approx(stats.f.sf(first.statistic, 1, first.df), rel=1e-12)
    assert second.p_value == pytest.approx(stats.chi2.sf(second.statistic / effect, 1), rel=1e-12)


def test_ranks_of_two_groups_are_the_wald_test_of_groups(estimate: Estimate) -> None:
    """Without weights and clusters the Wilcoxon statistic is the t-test of ranks."""
    generator = np.random.default_rng(4)
    n = 60
    y = generator.permutation(n).astype(float)
    group = np.repeat(["a", "b"], n // 2)
    ranks = stats.rankdata(y) - 0.5
    by_rank, by_score = estimate(
        {"w": np.ones(n), "y": y, "r": ranks / n, "g": group},
        {"id": "r", "statistic": "ranktest", "variables": ["y", "g"]},
        {"id": "t", "statistic": "ttest", "variables": ["r", "g"]},
    )
    assert by_rank.statistic == pytest.approx(by_score.statistic, rel=1e-9)


def _same(one: float | None, other: float | None, share: float) -> bool:
    """Compare figures that may both be absent."""
    if one is None or other is None:
        return one is other
    return bool(one == pytest.approx(other, rel=share))


@pytest.mark.parametrize("statement", STATEMENTS)
def test_the_order_of_rows_says_nothing(estimate: Estimate, statement: dict[str, Any]) -> None:
    table = sample()
    order = np.random.default_rng(9).permutation(UNITS * 12)
    moved = {name: np.asarray(values)[order].tolist() for name, values in table.items()}
    given = {name: np.asarray(values).tolist() for name, values in table.items()}
    before, after = estimate(given, statement, design=DESIGN), estimate(moved, statement, design=DESIGN)
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert one.statistic is not None
        for name in ("estimate", "se", "statistic", "p_value"):
            assert _same(getattr(one, name), getattr(other, name), 1e-8), name


@pytest.mark.parametrize("statement", STATEMENTS[:1] + STATEMENTS[2:5])
def test_jackknife_and_linearisation_come_near_each_other(estimate: Estimate, statement: dict[str, Any]) -> None:
    replicated = {**DESIGN, "replicates": {"method": "jkn"}}
    table = sample()
    linear, again = (estimate(table, statement, design=design) for design in (DESIGN, replicated))
    for one, other in zip(linear, again, strict=True):
        assert other.statistic == pytest.approx(one.statistic, rel=0.15)
        assert _same(one.estimate, other.estimate, 1e-9)


def test_weights_of_zero_say_nothing(estimate: Estimate) -> None:
    table = sample()
    more = {name: [*np.asarray(values).tolist(), np.asarray(values).tolist()[0]] for name, values in table.items()}
    more["w"][-1], more["income"][-1], more["kind"][-1] = 0.0, 1e6, "d"
    for statement in STATEMENTS[1:5]:
        few, many = (estimate(data, statement, design=DESIGN) for data in (table, more))
        if "by" in statement:
            many = [row for row in many if row.domain != {"kind": "d"}]
        for one, other in zip(few, many, strict=True):
            assert other.statistic == pytest.approx(one.statistic, rel=1e-9)
            assert other.n == one.n
