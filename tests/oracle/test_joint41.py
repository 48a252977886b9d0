"""Variances from matrices of joint inclusion probabilities, against R survey and R sampling."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow, load_plan, read_table, run_plan

HERE = Path(__file__).parent
ORACLE = json.loads((HERE / "joint41.json").read_text(encoding="utf-8"))
BY_KIND = {"statistic": "ratio", "numerator": "cases", "denominator": "size", "by": ["kind"]}
STATEMENTS: dict[str, dict[str, Any]] = {
    "svytotal(~Bush, d)": {"statistic": "total", "variables": ["Bush"]},
    "svytotal(~Bush, subset(d, Bush > Kerry))": {"statistic": "total", "variables": ["Bush"], "by": ["bush_ahead"]},
    "svymean(~Bush, d)": {"statistic": "mean", "variables": ["Bush"]},
    "svyratio(~Kerry, ~votes, d)": {"statistic": "ratio", "numerator": "Kerry", "denominator": "votes"},
    "svytotal(~cases, d)": {"statistic": "total", "variables": ["cases"]},
    "svymean(~cases, d)": {"statistic": "mean", "variables": ["cases"]},
    "svyratio(~cases, ~size, d)": {"statistic": "ratio", "numerator": "cases", "denominator": "size"},
    **{f"svyratio(~cases, ~size, subset(d, kind == '{kind}'))": BY_KIND for kind in "abc"},
}


def rows(dataset: str, unequal: dict[str, Any], statement: dict[str, Any], files: list[str]) -> list[EstimateRow]:
    table = {name: column.texts.to_pylist() for name, column in read_table(HERE / "data" / dataset).items()}
    if "Bush" in table:
        ahead = zip(table["Bush"], table["Kerry"], strict=True)
        table["bush_ahead"] = [str(int(float(bush) > float(kerry))) for bush, kerry in ahead]
    plan = {
        "version": 1,
        "design": {"stages": [{"probability": "p"}], "unequal": unequal},
        "estimates": [{"id": "asked", **statement}],
    }
    reading = load_plan(plan)
    assert reading.plan is not None, reading.complaints
    assert list(reading.plan.files) == files
    return list(run_plan(reading.plan, table, files={name: read_table(HERE / "data" / name) for name in files}).rows)


@pytest.mark.parametrize("case", ORACLE["cases"], ids=[case["id"] for case in ORACLE["cases"]])
def test_agrees_with_ppsmat(case: dict[str, Any]) -> None:
    unequal = {"method": "joint", "joint": case["joint"], "variance": case["variance"]}
    found = rows(case["dataset"], unequal, STATEMENTS[case["r_call"]], [case["joint"]])
    domain = "1" if "Bush > Kerry" in case["r_call"] else case["r_call"][-4:-3]
    (row,) = [row for row in found if not row.domain or domain in row.domain.values()]
    assert row.estimate == pytest.approx(case["estimate"], rel=1e-9)
    assert row.se == pytest.approx(case["se"], rel=1e-8)


@pytest.mark.parametrize("near", ORACLE["approximate"], ids=lambda near: near["method"])
def test_approximations_of_the_same_sample_agree_and_are_close(near: dict[str, Any]) -> None:
    unequal = {"method": near["method"].replace("_psum", "").replace("_", "-")}
    if near["psum"] is not None:
        unequal["psum"] = near["psum"]
    (row,) = rows("tille.csv", unequal, STATEMENTS["svytotal(~cases, d)"], [])
    assert row.se == pytest.approx(near["se"], rel=1e-9)
    # By the sample's own mean of pi they are near Yates and Grundy's form, by the population's near the other one.
    form = "yg" if near["psum"] is None else "ht"
    exact = next(case for case in ORACLE["cases"] if case["id"] == f"tille_{form}_total_cases")
    assert row.se == pytest.approx(exact["se"], rel=0.05)


@pytest.mark.parametrize(("variance", "name"), [("ht", "varHT_1"), ("yg", "varHT_2")])
def test_agrees_with_the_functions_of_r_sampling(variance: str, name: str) -> None:
    unequal = {"method": "joint", "joint": "tille_joint.csv", "variance": variance}
    (row,) = rows("tille.csv", unequal, STATEMENTS["svytotal(~cases, d)"], ["tille_joint.csv"])
    assert row.se is not None
    assert row.se**2 == pytest.approx(ORACLE["r_sampling"][name], rel=1e-8)


def test_hajek_is_near_the_exact_form_and_that_of_deville() -> None:
    """R sampling's varest has 1 / (1 - sum a^2), a the shares of 1 - pi in their sum, in place of n / (n - 1)."""
    (row,) = rows("tille.csv", {"method": "hajek"}, STATEMENTS["svytotal(~cases, d)"], [])
    exact = next(case for case in ORACLE["cases"] if case["id"] == "tille_yg_total_cases")
    assert row.se == pytest.approx(exact["se"], rel=0.02)
    pi = np.asarray(read_table(HERE / "data" / "tille.csv")["p"].numbers)
    share = (1 - pi) / (1 - pi).sum()
    deville = ORACLE["r_sampling"]["varest_1"] * (1 - (share**2).sum()) * pi.size / (pi.size - 1)
    assert (row.se or 0) ** 2 == pytest.approx(deville, rel=1e-9)
