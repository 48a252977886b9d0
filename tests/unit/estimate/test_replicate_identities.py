"""Replicates against linearisation: equal where theory says so, near where chance has a part."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow

Estimate = Callable[..., list[EstimateRow]]
Data = Mapping[str, Any]

TOTAL = {"id": "t", "statistic": "total", "variables": ["y"]}
MEAN = {"id": "m", "statistic": "mean", "variables": ["y"]}


def _clusters(sizes: Mapping[str, int], seed: int = 5, rows: int = 4) -> dict[str, Any]:
    """Make clusters of some rows in strata of given numbers of clusters."""
    random = np.random.Generator(np.random.PCG64(seed))
    strata = [name for name, count in sizes.items() for _ in range(count)]
    n = len(strata) * rows
    cluster = np.repeat(np.arange(len(strata)), rows)
    return {
        "h": [name for name in strata for _ in range(rows)],
        "c": [f"c{number:03d}" for number in cluster],
        "k": [f"k{row}" for row in range(n)],
        "w": random.uniform(1.0, 5.0, n),
        "y": random.normal(10.0, 3.0, n) + random.normal(0.0, 2.0, len(strata))[cluster],
        "N": [12 + 2 * len(name) for name in strata for _ in range(rows)],
        "M": np.full(n, 3.0 * rows),
        "one": np.ones(n),
    }


def _se(estimate: Estimate, data: Data, statement: Mapping[str, Any], **design: Any) -> float:
    (row,) = estimate(data, statement, design={"weights": "w", **design})
    assert row.se is not None, row.reason
    return row.se


STRATA = {"a": 5, "bb": 3, "ccc": 7}
PAIRS = {name: 2 for name in ("a", "b", "c", "d", "e")}
WITH_REPLACEMENT = [{"cluster": "c", "strata": "h"}]
WITH_FRACTION = [{"cluster": "c", "strata": "h", "population": "N"}]


@pytest.mark.parametrize("stages", [WITH_REPLACEMENT, WITH_FRACTION], ids=["with replacement", "with fractions"])
@pytest.mark.parametrize(
    ("sizes", "replicates"),
    [
        (STRATA, {"method": "jkn"}),
        (STRATA, {"method": "jkn", "mse": True}),
        (PAIRS, {"method": "jkn"}),
        (PAIRS, {"method": "brr"}),
        (PAIRS, {"method": "brr", "mse": True}),
        (PAIRS, {"method": "fay", "rho": 0.3}),
        ({"a": 9}, {"method": "jk1"}),
        ({"a": 9}, {"method": "jkn", "mse": True}),
    ],
    ids=str,
)
def test_totals_have_the_linear_variance(
    estimate: Estimate, sizes: Mapping[str, int], replicates: Mapping[str, Any], stages: list[Any]
) -> None:
    data = _clusters(sizes)
    linear = _se(estimate, data, TOTAL, stages=stages)
    assert _se(estimate, data, TOTAL, stages=stages, replicates=replicates) == pytest.approx(linear, rel=1e-12)


@pytest.mark.parametrize("rule", ["remove", "certainty", "adjust", "average"])
def test_jackknife_follows_the_rule_for_lone_units(estimate: Estimate, rule: str) -> None:
    data = _clusters({"a": 4, "bb": 1, "ccc": 3})
    design = {"stages": WITH_FRACTION, "lonely_psu": rule}
    linear = _se(estimate, data, TOTAL, **design)
    again = _se(estimate, data, TOTAL, **design, replicates={"method": "jkn", "mse": True})
    assert again == pytest.approx(linear, rel=1e-12)


def test_a_lone_unit_under_fail_has_a_reason(estimate: Estimate) -> None:
    data = _clusters({"a": 4, "bb": 1, "ccc": 3})
    rows = estimate(
        data,
        {**MEAN, "by": ["h"]},
        design={"weights": "w", "stages": WITH_REPLACEMENT, "replicates": {"method": "jkn"}},
    )
    assert [row.reason for row in rows] == [None, "estimate.lonely_psu", None]


def test_units_drawn_several_times_count_once_for_each_draw(estimate: Estimate) -> None:
    data = _clusters({"a": 5, "bb": 4})
    data["k"] = np.repeat([1, 2, 1, 3, 1, 1, 1, 2, 1], 4)
    stages = [{**WITH_REPLACEMENT[0], "draws": "k"}]
    linear = _se(estimate, data, TOTAL, stages=stages)
    assert _se(estimate, data, TOTAL, stages=stages, replicates={"method": "jkn"}) == pytest.approx(linear, rel=1e-12)
    many = {"method": "subbootstrap", "replicates": 6000}
    assert _se(estimate, data, TOTAL, stages=stages, replicates=many) == pytest.approx(linear, rel=0.04)


def test_jackknife_takes_unequal_probabilities_and_certainties(estimate: Estimate) -> None:
    data = _clusters({"a": 5, "bb": 4})
    data["pi"] = np.repeat([0.2, 1.0, 0.5, 0.3, 0.25, 0.6, 0.1, 0.2, 0.4], 4)
    design = {
        "stages": [{"cluster": "c", "strata": "h", "probability": "pi"}],
        "unequal": {"method": "brewer"},
    }
    linear = _se(estimate, data, TOTAL, **design)
    assert _se(estimate, data, TOTAL, **design, replicates={"method": "jkn"}) == pytest.approx(linear, rel=1e-12)


@pytest.mark.parametrize("method", ["bootstrap", "subbootstrap", "mrbbootstrap"])
@pytest.mark.parametrize("stages", [WITH_REPLACEMENT, WITH_FRACTION], ids=["with replacement", "with fractions"])
@pytest.mark.parametrize("sizes", [{"a": 6, "b": 6, "c": 6}, {"a": 5, "b": 5}], ids=["even", "odd"])
def test_bootstraps_come_near_the_linear_variance(
    estimate: Estimate, method: str, stages: list[Any], sizes: Mapping[str, int]
) -> None:
    data = _clusters(sizes)
    linear = _se(estimate, data, TOTAL, stages=stages)
    many = {"method": method, "replicates": 6000, "seed": 11}
    # 6000 replicates tell an error to about 1 %. Where n does not divide N, the copies of the sample are uneven.
    near = 0.06 if method == "bootstrap" and stages is WITH_FRACTION else 0.035
    assert _se(estimate, data, TOTAL, stages=stages, replicates=many) == pytest.approx(linear, rel=near)


def test_several_stages_without_replacement(estimate: Estimate) -> None:
    data = _clusters({"a": 6, "b": 7}, rows=5)
    stages = [*WITH_FRACTION, {"cluster": "k", "population": "M"}]
    linear = _se(estimate, data, TOTAL, stages=stages)
    first = _se(estimate, data, TOTAL, stages=stages[:1])
    many = {"method": "mrbbootstrap", "replicates": 6000, "seed": 3}
    found = _se(estimate, data, TOTAL, stages=stages, replicates=many)
    assert found == pytest.approx(linear, rel=0.035)
    assert linear > 1.04 * first  # the second stage is seen


def test_certain_units_pass_the_variance_on_to_the_stage_below(estimate: Estimate) -> None:
    data = _clusters({"a": 6, "b": 5}, rows=6)
    # The first cluster of each stratum is certain; pairs of rows are the units inside.
    certain = [label in ("c000", "c006") for label in data["c"]]
    data["pi"] = np.where(certain, 1.0, 0.3)
    data["pair"] = [f"p{row // 2}" for row in range(len(certain))]
    design = {
        "stages": [{"cluster": "c", "strata": "h", "probability": "pi"}, {"cluster": "pair"}],
        "unequal": {"method": "with-replacement"},
    }
    linear = _se(estimate, data, TOTAL, **design)
    assert _se(estimate, data, TOTAL, **design, replicates={"method": "jkn"}) == pytest.approx(linear, rel=1e-12)
    for method in ("subbootstrap", "mrbbootstrap"):
        many = {"method": method, "replicates": 6000}
        assert _se(estimate, data, TOTAL, **design, replicates=many) == pytest.approx(linear, rel=0.035)


def test_what_is_certain_at_every_stage_keeps_its_weight(estimate: Estimate) -> None:
    data = _clusters({"a": 4, "b": 4})
    data["pi"] = [1.0 if stratum == "b" else 0.5 for stratum in data["h"]]
    design = {
        "stages": [{"cluster": "c", "strata": "h", "probability": "pi"}],
        "unequal": {"method": "brewer"},
        "replicates": {"method": "jkn"},
    }
    linear = _se(estimate, data, TOTAL, **{**design, "replicates": None})
    assert _se(estimate, data, TOTAL, **design) == pytest.approx(linear, rel=1e-12)


@pytest.mark.parametrize("method", ["bootstrap", "subbootstrap", "mrbbootstrap", "jkn"])
def test_the_order_of_rows_does_not_matter(estimate: Estimate, method: str) -> None:
    data = _clusters(STRATA)
    order = np.random.Generator(np.random.PCG64(8)).permutation(len(data["y"]))
    shuffled = {name: np.asarray(values)[order] for name, values in data.items()}
    design = {"stages": WITH_FRACTION, "replicates": {"method": method} | _few(method)}
    assert _se(estimate, shuffled, MEAN, **design) == pytest.approx(_se(estimate, data, MEAN, **design), rel=1e-12)


def _few(method: str) -> dict[str, int]:
    return {} if method == "jkn" else {"replicates": 40, "seed": 7}


@pytest.mark.parametrize("method", ["bootstrap", "subbootstrap", "mrbbootstrap"])
def test_factors_hang_on_seed_and_labels_alone(estimate: Estimate, method: str) -> None:
    few, more = _clusters({"bb": 3}), _clusters({"a": 3, "bb": 3})
    # The same stratum with the same labels and values, beside another one.
    for name in more:
        more[name] = [*list(more[name])[:12], *few[name]]
    more["c"] = [f"x{label}" for label in more["c"][:12]] + list(few["c"])

    def found(data: Data, seed: int) -> float:
        design = {"stages": WITH_REPLACEMENT, "replicates": {"method": method, "replicates": 30, "seed": seed}}
        return _se(estimate, data, {**MEAN, "where": "h == 'bb'"}, **design)

    assert found(more, 7) == pytest.approx(found(few, 7), rel=1e-12)
    assert found(few, 8) != found(few, 7)


def test_domains_ratios_and_contrasts_take_every_replicate(estimate: Estimate) -> None:
    data = _clusters(STRATA)
    data["z"] = np.asarray(data["y"]) ** 2
    data["half"] = ["u", "v"] * (len(data["y"]) // 2)
    design = {"weights": "w", "stages": WITH_REPLACEMENT, "replicates": {"method": "jkn"}}
    statements = [
        {"id": "a", "statistic": "ratio", "numerator": "y", "denominator": "z", "by": ["half"]},
        {"id": "b", "statistic": "mean", "variables": ["y"], "by": ["half"]},
        {"id": "last", "statistic": "contrast", "expression": "log(a) + 2 * b", "by": ["half"]},
    ]
    rows = [row for row in estimate(data, *statements, design=design) if row.id == "last"]
    assert [row.se for row in rows] == pytest.approx([_by_hand(data, label) for label in ("u", "v")], rel=1e-12)


def _by_hand(data: Data, label: str) -> float:
    """Leave out one cluster after the other and compute everything again."""
    w, y, z = (np.asarray(data[name], dtype=float) for name in "wyz")
    strata, cluster = np.asarray(data["h"]), np.asarray(data["c"])
    inside = np.asarray(data["half"]) == label
    found, scales = [], []
    for left_out in np.unique(cluster):
        (stratum,) = np.unique(strata[cluster == left_out])
        n = STRATA[stratum]
        v = np.where(cluster == left_out, 0.0, np.where(strata == stratum, w * n / (n - 1.0), w)) * inside
        found.append(np.log((v @ y) / (v @ z)) + 2.0 * (v @ y) / v.sum())
        scales.append((n - 1.0) / n)
    return float(np.sqrt((scales * (np.array(found) - np.mean(found)) ** 2).sum()))


def test_degrees_of_freedom_are_the_rank_less_one(estimate: Estimate) -> None:
    data = _clusters(STRATA)
    design = {"weights": "w", "stages": WITH_REPLACEMENT, "replicates": {"method": "jkn"}}
    whole, *parts = estimate(data, MEAN, {**MEAN, "id": "p", "by": ["h"]}, design=design)
    assert whole.df == 15 - 3
    assert [row.df for row in parts] == [4, 2, 6]
    few = {**design, "replicates": {"method": "subbootstrap", "replicates": 5}}
    assert estimate(data, MEAN, design=few)[0].df == 4


def test_logit_limits_are_fitted_again_under_every_replicate(estimate: Estimate) -> None:
    data = _clusters(STRATA)
    data["p"] = (np.asarray(data["y"]) > 11.0).astype(float)
    statement = {"id": "p", "statistic": "proportion", "variables": ["p"]}
    design = {"weights": "w", "stages": WITH_REPLACEMENT, "replicates": {"method": "jkn"}}
    limits = {
        method: estimate(data, {**statement, "interval": {"method": method}}, design=design)[0]
        for method in ("logit", "xlogit", "likelihood")
    }
    assert limits["logit"].low != limits["xlogit"].low
    assert limits["logit"].low == pytest.approx(limits["xlogit"].low, rel=0.05)
    assert limits["likelihood"].n_effective == pytest.approx(limits["logit"].n_effective)
    data["p"] = [1.0] + [0.0] * (len(data["y"]) - 1)
    (rare,) = estimate(data, {**statement, "interval": {"method": "logit"}}, design=design)
    assert (rare.low, rare.high, rare.reason) == (None, None, "estimate.replicate_without_logit")


def test_a_replicate_that_empties_a_domain_is_left_out(estimate: Estimate) -> None:
    data = _clusters({"a": 3, "bb": 3})
    data["d"] = [1 if label in ("c000", "c001") else 0 for label in data["c"]]
    design = {"weights": "w", "stages": WITH_REPLACEMENT, "replicates": {"method": "bootstrap", "replicates": 200}}
    (row,) = estimate(data, {**MEAN, "where": "d == 1"}, design=design)
    assert row.se is not None
    assert row.df == 1
    assert "replicates_left_out" in row.flags


def test_a_bootstrap_of_several_stages_shows_no_more_than_its_first_units(estimate: Estimate) -> None:
    """Its factors differ within PSUs, so that their rank would grow with the number of replicates."""
    data = _clusters({"a": 5, "bb": 4})
    stages = [{"cluster": "c", "strata": "h", "population": "N"}, {"population": "M"}]
    design = {"stages": stages, "replicates": {"method": "mrbbootstrap", "replicates": 100}}
    (made,) = estimate(data, MEAN, design=design)
    (exact,) = estimate(data, MEAN, design={"stages": stages})
    assert made.df == exact.df == 7.0
    for row in estimate(data, {**MEAN, "by": ["c"]}, design=design):
        assert row.reason == "estimate.no_degrees_of_freedom"
