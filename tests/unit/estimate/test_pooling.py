"""Design effects that strata or like domains lend to rates of 0."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow

Estimate = Callable[..., list[EstimateRow]]
Refuse = Callable[..., list[tuple[str, str]]]
DESIGN: dict[str, Any] = {"stages": [{"cluster": "village", "strata": "kind"}], "weights": "w", "nested": True}


def _table() -> dict[str, Any]:
    """Two provinces of three counties; errors sit together in villages, and one county has none."""
    random = np.random.default_rng(8)
    village = np.repeat(np.arange(48), 20)
    county = village // 8
    bad = (random.random(48) < 0.25)[village] & (random.random(960) < 0.5) & (county != 2)
    return {
        "w": [1] * 960,
        "village": village,
        "kind": np.repeat(np.arange(48) % 2, 20) + 10 * county,
        "province": county // 3,
        "county": county,
        "wrong": bad.astype(int),
    }


def _row(rows: list[EstimateRow], county: str) -> EstimateRow:
    return next(row for row in rows if row.domain.get("county") == county)


def test_like_domains_lend_their_design_effect(estimate: Estimate) -> None:
    by = {"by": ["province", "county"]}
    statement = {"id": "a", "statistic": "proportion", "variables": ["wrong"], **by}
    own = estimate(_table(), statement, design=DESIGN)
    lent = estimate(_table(), {**statement, "interval": {"pooled_strata": "county"}}, design=DESIGN)
    above = below = 0.0
    for county in ("0", "1"):  # the other counties of the province
        row = _row(own, county)
        assert row.se is not None
        assert row.estimate is not None
        assert row.n is not None
        above += row.se**2
        below += row.estimate * (1 - row.estimate) / row.n
    assert above > 2 * below
    empty = _row(lent, "2")
    assert empty.n_effective == pytest.approx(160 / (above / below), rel=1e-12)
    assert "design_effect_taken_as_1" in _row(own, "2").flags
    assert "design_effect_taken_as_1" not in empty.flags
    # Rates with a variance of their own keep it in their intervals.
    assert _row(lent, "4").high == _row(own, "4").high


def test_strata_of_the_first_stage_lend_their_design_effect(estimate: Estimate) -> None:
    """The pooled effect is that within strata: their own rates, their own variances."""
    table = _table()
    limit = {"value": 0.5, "side": "upper"}
    statement = {"id": "a", "statistic": "proportion", "variables": ["wrong"], "threshold": limit}
    strata = estimate(table, {**statement, "id": "b", "by": ["kind"]}, design=DESIGN)
    above = below = 0.0
    for row in strata:
        if row.estimate:
            assert row.se is not None
            assert row.n is not None
            above += row.se**2
            below += row.estimate * (1 - row.estimate) / row.n
    plain, pooled = estimate(
        table, statement, {**statement, "id": "c", "interval": {"pooled_strata": "kind"}}, design=DESIGN
    )
    assert pooled.bound is not None
    assert "no_planned_design_effect" in plain.flags
    assert "no_planned_design_effect" not in pooled.flags
    planned = {**limit, "planned_deff": above / below}
    (same,) = estimate(table, {**statement, "threshold": planned}, design=DESIGN)
    assert pooled.bound == pytest.approx(same.bound, rel=1e-12)


def test_ratios_pool_over_strata_too(estimate: Estimate) -> None:
    table = _table()
    sizes = np.arange(960) % 4 + 1
    table |= {"size": sizes, "persons": sizes * np.asarray(table["wrong"])}
    statement = {"id": "a", "statistic": "ratio", "numerator": "persons", "denominator": "size", "by": ["county"]}
    interval = {"method": "korn-graubard", "pooled_strata": "kind"}
    rows = estimate(table, {**statement, "interval": interval}, design=DESIGN)
    assert "design_effect_taken_as_1" in _row(rows, "2").flags  # no stratum of this county shows anything


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (
            {"id": "a", "statistic": "mean", "variables": ["x"], "interval": {"pooled_strata": "kind"}},
            ["plan.key_not_for"],
        ),
        ({"id": "a", "statistic": "mean", "variables": ["x"], "interval": {"cap": "sas"}}, ["plan.key_not_for"]),
        (
            {"id": "a", "statistic": "proportion", "variables": ["x"], "interval": {"cap": "sas", "truncate": False}},
            ["plan.cap_without_truncation"],
        ),
        ({"id": "a", "statistic": "proportion", "variables": ["x"], "interval": {"cap": "first"}}, ["plan.not_one_of"]),
    ],
)
def test_keys_that_would_be_ignored_are_refused(refuse: Refuse, statement: dict[str, Any], expected: list[str]) -> None:
    assert [code for code, _ in refuse(statement)] == expected
