"""Replicate weights that the plan names as a file: what is read, what is taken for granted, what is refused."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from sampling.estimate import DataRefusedError, EstimateRow, Table, load_plan, run_plan

W = np.array([2.0, 2.0, 3.0, 3.0, 5.0, 5.0, 1.0, 1.0])
PSU = ["a", "a", "b", "b", "c", "c", "d", "d"]
Y = np.array([1.0, 4.0, 2.0, 2.0, 7.0, 3.0, 0.0, 5.0])
DATA = {"psu": PSU, "h": list("uuuuvvvv"), "w": W, "y": Y}
MEAN = {"id": "m", "statistic": "mean", "variables": ["y"]}
# One PSU of each stratum left out after the other; two PSUs a stratum.
LEFT_OUT = np.array([[0, 2, 1, 1], [2, 0, 1, 1], [1, 1, 0, 2], [1, 1, 2, 0]], dtype=float)
HALVES = np.array([[2, 0, 2, 0], [0, 2, 0, 2], [2, 2, 0, 0], [0, 0, 2, 2]], dtype=float)


def _by_row(factors: Any) -> dict[str, Any]:
    return {f"r{number + 1}": np.repeat(column, 2) for number, column in enumerate(factors.T)}


def _whole(factors: Any) -> dict[str, Any]:
    return {name: column * W for name, column in _by_row(factors).items()}


def _run(replicates: Mapping[str, Any], file: Mapping[str, Any], **design: Any) -> list[EstimateRow]:
    stated = {"weights": "w", "replicates": {"file": "r.csv", **replicates}, **design}
    reading = load_plan({"version": 1, "design": stated, "estimates": [MEAN]})
    assert reading.plan is not None, reading.complaints
    assert reading.plan.files == ("r.csv",)
    return list(run_plan(reading.plan, DATA, files={"r.csv": Table(file)}).rows)


def _refused(replicates: Mapping[str, Any], file: Mapping[str, Any], **design: Any) -> list[tuple[str, dict[str, Any]]]:
    with pytest.raises(DataRefusedError) as caught:
        _run(replicates, file, **design)
    return [(each.code, dict(each.details)) for each in caught.value.complaints]


def _variance(factors: Any, scale: float, rscales: Any = 1.0, *, mse: bool = False) -> float:
    weights = np.repeat(factors, 2, axis=0) * W[:, None]
    found = (Y @ weights) / weights.sum(axis=0)
    centre = (Y @ W) / W.sum() if mse else found.mean()
    return float(np.sqrt(scale * (rscales * (found - centre) ** 2).sum()))


@pytest.mark.parametrize(
    ("replicates", "factors", "scale"),
    [
        ({"method": "jk1"}, LEFT_OUT, 3 / 4),
        ({"method": "jkn"}, LEFT_OUT, 1 / 2),
        ({"method": "jkn", "rscales": [0.4] * 4}, LEFT_OUT, 0.4),
        ({"method": "jkn", "scale": 0.9, "rscales": [0.4] * 4}, LEFT_OUT, 0.36),
        ({"method": "brr"}, HALVES, 1 / 4),
        ({"method": "fay", "rho": 0.3}, 0.3 + 0.7 * HALVES, 1 / (4 * 0.49)),
        ({"method": "bootstrap"}, HALVES, 1 / 3),
        ({"method": "subbootstrap"}, HALVES, 1 / 3),
        ({"method": "mrbbootstrap"}, HALVES, 1 / 3),
        ({"method": "other", "scale": 0.07}, HALVES, 0.07),
        ({"method": "other", "rscales": 0.2}, HALVES[:, :3], 0.2),
    ],
    ids=str,
)
@pytest.mark.parametrize("mse", [False, True])
def test_scales_are_those_of_the_method(replicates: dict[str, Any], factors: Any, scale: float, *, mse: bool) -> None:
    if replicates == {"method": "other", "rscales": 0.2}:
        replicates = {**replicates, "rscales": [0.2] * 3}
    (row,) = _run({**replicates, "mse": mse}, _whole(factors))
    assert row.se == pytest.approx(_variance(factors, scale, mse=mse), rel=1e-12)


def test_weights_and_factors_by_row_and_by_psu_are_the_same() -> None:
    by_psu = {"psu": ["d", "b", "a", "c", "not drawn"]}
    order = [3, 1, 0, 2]
    for number, column in enumerate(HALVES.T):
        by_psu[f"r{number + 1}"] = [*column[order], 1.0]  # type: ignore[list-item]
    rows = [
        _run({"method": "brr"}, _whole(HALVES)),
        _run({"method": "brr", "content": "factors"}, _by_row(HALVES)),
        _run({"method": "brr", "content": "factors", "join": "psu"}, by_psu),
    ]
    assert rows[0][0].se == pytest.approx(rows[1][0].se, rel=1e-12)
    assert rows[0][0].se == pytest.approx(rows[2][0].se, rel=1e-12)
    assert {found[0].df for found in rows} == {2}


def test_columns_beside_numbered_ones_are_no_replicates() -> None:
    plain = _whole(HALVES)
    named = {f"boot_{name}": column for name, column in plain.items()}
    whole = _run({"method": "brr"}, plain)
    assert _run({"method": "brr"}, {"house": list("stuvwxyz"), **plain, "pw": W}) == whole
    assert _run({"method": "brr"}, named) == whole


def test_weights_of_their_own_for_every_row_are_taken_as_they_are() -> None:
    random = np.random.Generator(np.random.PCG64(1))
    weights = W[:, None] * random.uniform(0.5, 1.5, (8, 6))
    (row,) = _run({"method": "bootstrap"}, {f"r{number}": weights[:, number] for number in range(6)})
    found = (Y @ weights) / weights.sum(axis=0)
    assert row.se == pytest.approx(float(found.std(ddof=1)), rel=1e-12)


def test_negative_weights_need_a_method_that_has_them() -> None:
    file = _whole(HALVES)
    file["r2"] = [-0.5, *file["r2"][1:]]
    assert _run({"method": "mrbbootstrap"}, file)[0].se is not None
    assert _run({"method": "other", "scale": 0.25}, file)[0].se is not None
    ((code, details),) = _refused({"method": "bootstrap"}, file)
    assert (code, details["column"], details["rows"]) == ("estimate.replicates_bad", "r2", "2")


def test_every_fault_of_a_file_is_told_at_once() -> None:
    file = {**_whole(HALVES), "r3": ["1", "x", "1", "1", "1", "1", "1", "1"]}
    file["r1"] = [None, *file["r1"][1:7], -1.0]
    assert [(code, details["column"]) for code, details in _refused({"method": "brr"}, file)] == [
        ("estimate.replicates_bad", "r1"),
        ("estimate.replicates_no_numbers", "r3"),
    ]


def test_rows_and_labels_must_match() -> None:
    short = {name: column[:7] for name, column in _whole(HALVES).items()}
    assert _refused({"method": "brr"}, short) == [
        ("estimate.replicates_rows", {"file": "r.csv", "rows": 7, "expected": 8})
    ]
    joined = {"psu": ["a", "a", "c", "d"], "r1": [1.0] * 4, "r2": [1.0] * 4}
    asked = {"method": "other", "scale": 1, "content": "factors", "join": "psu"}
    assert [code for code, _ in _refused(asked, joined)] == [
        "estimate.replicates_join_repeated",
        "estimate.replicates_join_absent",
    ]
    assert [code for code, _ in _refused({**asked, "join": "county"}, joined)] == [
        "estimate.no_column",
        "estimate.replicates_no_join",
    ]
    ((code, details),) = _refused(asked, {"PSU": joined["psu"], "r1": [1.0] * 4, "r2": [1.0] * 4})
    assert (code, details["file"], details["column"]) == ("estimate.replicates_no_join", "r.csv", "psu")
    assert str(details["known"]).startswith("“PSU”")


def test_texts_among_replicate_weights_are_told_with_row_and_value() -> None:
    ((_, details),) = _refused({"method": "brr"}, {**_whole(HALVES), "r3": ["1", "x", "1", "1", "1", "NA", "1", "1"]})
    assert (details["rows"], details["count"], details["value"]) == ("3, 7", 2, "x")


def test_factors_are_not_taken_for_weights() -> None:
    ((code, _),) = _refused({"method": "brr"}, _by_row(HALVES))
    assert code == "estimate.replicates_content"
    ((code, _),) = _refused({"method": "brr", "content": "factors"}, _whole(HALVES))
    assert code == "estimate.replicates_content"


def test_rscales_of_a_stratified_jackknife_that_weights_do_not_tell_are_asked_for() -> None:
    calibrated = {name: column * np.linspace(0.9, 1.1, 8) for name, column in _whole(LEFT_OUT).items()}
    assert [code for code, _ in _refused({"method": "jkn"}, calibrated)] == ["estimate.replicates_rscales_needed"]
    stages = [{"cluster": "psu", "strata": "h", "population": "N"}]
    DATA["N"] = [4] * 8
    try:
        refused = _refused({"method": "jkn"}, _whole(LEFT_OUT), stages=stages)
    finally:
        del DATA["N"]
    assert [code for code, _ in refused] == ["estimate.replicates_rscales_needed"]
    ((code, details),) = _refused({"method": "jkn", "rscales": [0.5] * 3}, _whole(LEFT_OUT))
    assert (code, details["stated"], details["columns"]) == ("estimate.replicates_rscales_count", 3, 4)


def test_one_replicate_is_none() -> None:
    ((code, _),) = _refused({"method": "bootstrap"}, {"r1": W})
    assert code == "estimate.replicates_too_few"


def test_weights_that_were_calibrated_one_by_one_show_no_more_than_the_units_drawn() -> None:
    """Rows of a unit no longer share their factors, and the rank of the weights feigns degrees of freedom."""
    random = np.random.default_rng(3)
    whole = {name: column * random.uniform(0.9, 1.1, W.size) for name, column in _whole(LEFT_OUT).items()}
    stages = [{"cluster": "psu", "strata": "h"}]
    (free,) = _run({"method": "other", "scale": 0.5}, whole)
    (bound,) = _run({"method": "other", "scale": 0.5}, whole, stages=stages)
    assert (free.df, bound.df) == (3.0, 2.0)
    assert (free.estimate, free.se) == (bound.estimate, bound.se)
