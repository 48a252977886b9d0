"""Plans: defaults, and every fault named with its place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from sampling.estimate import load_plan

Refuse = Callable[..., list[tuple[str, str]]]

PLAN = """
version: 1
data: answers.csv
design:
  stages:
    - {cluster: county, strata: region, population: N1}
    - {cluster: village, probability: pi2}
  weights: w
  nested: true
  lonely_psu: certainty
  unequal: {method: brewer}
estimates:
  - {id: a, statistic: proportion, variables: [wrong_exit], by: [region], where: "type == 'exited'", missing: drop,
     interval: {method: korn-graubard, level: 0.95, side: two, df: design, truncate: true}, design_effect: replace,
     threshold: {value: 0.02, side: upper, alpha: 0.05, planned_deff: 2.0}}
  - {id: r, statistic: ratio, numerator: wrong, denominator: persons, by: region}
  - {id: j, statistic: ratio, numerator: wrong, denominator: persons, by: region, threshold: {value: 0.02, side: upper}}
  - {id: m, statistic: mean, variables: income}
  - {id: c, statistic: contrast, expression: (a + r) / 2, by: [region]}
  - {id: k, statistic: contrast, expression: (a + r) / 2, by: [region], threshold: {value: 0.02, side: upper}}
  - {id: d, statistic: contrast, expression: a - r, by: [region], threshold: {value: 0.0, side: upper}}
"""


def test_reads_the_plan_of_the_documentation() -> None:
    reading = load_plan(PLAN)
    assert reading.complaints == ()
    assert reading.plan is not None
    assert reading.plan.data == "answers.csv"
    first = reading.plan.statements[0]
    assert (first.by, first.missing, first.design_effect) == (("region",), "drop", "replace")
    assert first.threshold is not None
    assert (first.threshold.value, first.threshold.alpha, first.threshold.planned_deff) == (0.02, 0.05, 2.0)
    methods = {statement.id: statement.interval.method for statement in reading.plan.statements}
    rate, plain = "korn-graubard", "wald"
    assert methods == {"a": rate, "r": plain, "j": rate, "m": plain, "c": plain, "k": rate, "d": plain}


MEAN: dict[str, Any] = {"id": "a", "statistic": "mean", "variables": ["x"]}
RATE: dict[str, Any] = {"id": "p", "statistic": "proportion", "variables": ["x"]}


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"statistic": "quantile"}, "plan.missing_key", "estimates[0].p"),
        ({"statistic": "quantile", "p": [0.5, 1]}, "plan.out_of_range", "estimates[0].p"),
        ({"statistic": "quantile", "p": [0.5, 0.5]}, "plan.repeated_name", "estimates[0].p"),
        ({"statistic": "quantile", "p": "half"}, "plan.wrong_type", "estimates[0].p"),
        ({"statistic": "quantile", "p": 0.5, "rule": "hf0"}, "plan.not_one_of", "estimates[0].rule"),
        ({"statistic": "quantile", "p": 0.5, "design_effect": True}, "plan.unknown_key", "estimates[0].design_effect"),
        (
            {"statistic": "quantile", "p": 0.5, "interval": {"planned_deff": 2}},
            "plan.key_not_for",
            "estimates[0].interval",
        ),
        (
            {"statistic": "variance", "interval": {"method": "score"}},
            "plan.method_not_for",
            "estimates[0].interval.method",
        ),
        ({"statistic": "glm", "formula": "y ~ x"}, "plan.key_not_for", "estimates[0].variables"),
        ({"statistic": "median"}, "plan.misspelt_word", "estimates[0].statistic"),
        ({"statistic": None}, "plan.missing_key", "estimates[0].statistic"),
        ({"id": None}, "plan.missing_key", "estimates[0].id"),
        ({"variables": []}, "plan.missing_key", "estimates[0].variables"),
        ({"variables": ["x", "x"]}, "plan.repeated_name", "estimates[0].variables"),
        ({"variables": [1]}, "plan.wrong_type", "estimates[0].variables"),
        ({"varable": "x"}, "plan.misspelt_key", "estimates[0].varable"),
        ({"rule": "hf7"}, "plan.key_not_for", "estimates[0].rule"),
        ({"where": "x = 1"}, "plan.misspelt_sign", "estimates[0].where"),
        ({"missing": "ignore"}, "plan.not_one_of", "estimates[0].missing"),
        ({"categorical": ["y"]}, "plan.categorical_not_a_variable", "estimates[0].categorical"),
        ({"design_effect": "yes"}, "plan.not_one_of", "estimates[0].design_effect"),
        ({"interval": {"method": "wilson"}}, "plan.method_not_for", "estimates[0].interval.method"),
        ({"interval": {"method": "score"}}, "plan.method_not_for", "estimates[0].interval.method"),
        ({"interval": {"level": 95}}, "plan.out_of_range", "estimates[0].interval.level"),
        ({"interval": {"df": "z"}}, "plan.not_one_of", "estimates[0].interval.df"),
        ({"interval": {"df": -1}}, "plan.out_of_range", "estimates[0].interval.df"),
        ({"interval": {"width": 1}}, "plan.unknown_key", "estimates[0].interval.width"),
        ({"interval": {"planned_deff": 2}}, "plan.key_not_for", "estimates[0].interval"),
        ({"interval": {"truncate": "no"}}, "plan.wrong_type", "estimates[0].interval.truncate"),
        ({"interval": "wald"}, "plan.wrong_type", "estimates[0].interval"),
        ({"threshold": {"side": "upper"}}, "plan.missing_key", "estimates[0].threshold.value"),
        ({"threshold": {"value": 1}}, "plan.missing_key", "estimates[0].threshold.side"),
        ({"threshold": {"value": "2%", "side": "upper"}}, "plan.percent", "estimates[0].threshold.value"),
        ({"threshold": {"value": True, "side": "upper"}}, "plan.wrong_type", "estimates[0].threshold.value"),
        (
            {"threshold": {"value": 1, "side": "upper", "planned_deff": 2}},
            "plan.key_not_for",
            "estimates[0].threshold",
        ),
    ],
)
def test_names_what_is_wrong_with_a_statement(refuse: Refuse, change: dict[str, Any], code: str, place: str) -> None:
    statement = {key: value for key, value in {**MEAN, **change}.items() if value is not None}
    assert refuse(statement) == [(code, place)]


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ({"expression": "b + 1"}, "plan.unknown_estimate"),
        ({"expression": "p + two"}, "plan.several_variables"),
        ({"expression": "1 + 2"}, "plan.no_estimate"),
        ({"expression": "p +"}, "plan.bad_expression"),
        ({"expression": "p", "by": ["region"]}, "plan.other_domains"),
        ({"expression": "p", "where": "x == 1"}, "plan.unknown_key"),
        ({"expression": "p - q", "interval": {"method": "korn-graubard"}}, "plan.method_not_for"),
        ({}, "plan.missing_key"),
    ],
)
def test_names_what_is_wrong_with_a_contrast(refuse: Refuse, statement: dict[str, Any], code: str) -> None:
    earlier = (RATE, {**RATE, "id": "q"}, {**RATE, "id": "two", "variables": ["x", "y"]})
    assert [found for found, _ in refuse(*earlier, {"id": "c", "statistic": "contrast", **statement})] == [code]


@pytest.mark.parametrize(
    ("names", "code"),
    [(["none"], "plan.unknown_estimate"), (["m"], "plan.no_rate"), (["by"], "plan.other_domains")],
)
def test_pools_rates_over_the_same_domains_only(refuse: Refuse, names: list[str], code: str) -> None:
    earlier = ({**MEAN, "id": "m"}, {**RATE, "id": "by", "by": ["region"]})
    assert [found for found, _ in refuse(*earlier, {**RATE, "interval": {"pooled_deff": names}})] == [code]


@pytest.mark.parametrize("value", [2, -0.1])
def test_a_rate_has_its_threshold_between_0_and_1(refuse: Refuse, value: float) -> None:
    threshold = {"value": value, "side": "upper"}
    wanted = [("plan.threshold_not_a_rate", "estimates[0].threshold.value")]
    assert refuse({**RATE, "threshold": threshold}) == wanted
    ratio = {"id": "r", "statistic": "ratio", "numerator": "x", "denominator": "y"}
    assert refuse({**ratio, "threshold": threshold}) == wanted
    mixture = {"id": "c", "statistic": "contrast", "expression": "(100 + 900 * rate) / 10000"}
    assert refuse({**RATE, "id": "rate"}, {**mixture, "threshold": {**threshold, "value": 3}}) == [
        ("plan.threshold_not_a_rate", "estimates[1].threshold.value")
    ]
    known = {**mixture, "expression": "0.03 + 0.5 * rate"}
    assert not refuse({**RATE, "id": "rate"}, {**known, "threshold": {**threshold, "value": 0.02}})
    assert refuse({**ratio, "interval": {"method": "wald"}, "threshold": {**threshold, "side": "east"}}) == [
        ("plan.not_one_of", "estimates[0].threshold.side")
    ]


@pytest.mark.parametrize(
    ("design", "code", "place"),
    [
        ({"stages": [{}, {"cluster": "c"}]}, "plan.stage_without_cluster", "design.stages[0]"),
        (
            {"stages": [{"population": "N", "probability": "pi"}]},
            "plan.population_and_probability",
            "design.stages[0].probability",
        ),
        ({"stages": [{"size": "N"}]}, "plan.unknown_key", "design.stages[0].size"),
        ({"stages": [{"population": 757}]}, "plan.column_expected", "design.stages[0].population"),
        ({"stages": {"cluster": "c"}}, "plan.wrong_type", "design.stages"),
        ({"stages": ["c"]}, "plan.wrong_type", "design.stages[0]"),
        ({"weights": None}, "plan.weights_needed", "design.weights"),
        ({"weights": 1}, "plan.column_expected", "design.weights"),
        ({"nested": "yes"}, "plan.wrong_type", "design.nested"),
        ({"lonely_psu": "ignore"}, "plan.not_one_of", "design.lonely_psu"),
        ({"unequal": {"method": "brewer"}}, "plan.unequal_without_probability", "design.unequal"),
    ],
)
def test_names_what_is_wrong_with_a_design(refuse: Refuse, design: dict[str, Any], code: str, place: str) -> None:
    assert (code, place) in refuse(**design)


@pytest.mark.parametrize(
    ("unequal", "codes"),
    [
        ({"method": "joint"}, ["plan.missing_key"]),
        ({"method": "joint", "joint": "matrix.csv", "psum": 0.2}, ["plan.key_not_for"]),
        ({"method": "brewer", "joint": "matrix.csv"}, ["plan.key_not_for"]),
        ({"method": "pareto"}, ["plan.not_one_of"]),
        ({}, ["plan.missing_key"]),
        ({"method": "brewer", "psum": 0.2}, ["plan.key_not_for"]),
        ({"method": "brewer", "variance": "yg"}, ["plan.key_not_for"]),
        ({"method": "with-replacement", "variance": "yg"}, ["plan.key_not_for"]),
        ({"method": "hartley-rao", "psum": "estimated"}, ["plan.wrong_type"]),
        ({"method": "hartley-rao", "variance": "sys"}, ["plan.not_one_of"]),
    ],
)
def test_names_what_is_wrong_with_unequal(refuse: Refuse, unequal: dict[str, Any], codes: list[str]) -> None:
    assert [code for code, _ in refuse(stages=[{"probability": "pi"}], unequal=unequal)] == codes


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [", "plan.not_yaml"),
        ("version: 1\nversion: 1", "plan.key_twice"),
        ("- 1", "plan.not_a_mapping"),
        ("", "plan.not_a_mapping"),
        (
            "{version: 2, design: {weights: w}, estimates: [{id: a, statistic: mean, variables: x}]}",
            "plan.unknown_version",
        ),
        ("{version: 1, estimates: [{id: a, statistic: mean, variables: x}]}", "plan.missing_key"),
        ("{version: 1, design: {weights: w}}", "plan.missing_key"),
        (
            "{version: 1, design: {weights: w}, estimates: [{id: a, statistic: mean, variables: x}], seed: 1}",
            "plan.unknown_key",
        ),
    ],
)
def test_names_what_is_wrong_with_the_text(text: str, code: str) -> None:
    reading = load_plan(text)
    assert reading.plan is None
    assert [complaint.code for complaint in reading.complaints] == [code]


@pytest.mark.parametrize("statistic", [None, "medium"])
def test_tells_the_other_faults_of_a_statement_without_a_known_statistic(refuse: Refuse, statistic: str | None) -> None:
    given = {"id": "a", "statistic": statistic, "variable": "y", "filter": "z", "where": "x =", "p": 0.5}
    found = refuse({**given, "threshold": {"value": "x", "side": "upper"}, "interval": {"width": 2}})
    assert sorted(place for _, place in found) == [
        "estimates[0].filter",
        "estimates[0].interval.width",
        "estimates[0].statistic",
        "estimates[0].threshold.value",
        "estimates[0].variable",
        "estimates[0].where",
    ]


def test_a_contrast_is_not_blamed_for_the_faults_of_its_parts(refuse: Refuse) -> None:
    contrast = {"id": "c", "statistic": "contrast", "expression": "a - b"}
    found = refuse({"id": "a", "variables": ["y"]}, contrast)
    assert [code for code, _ in found] == ["plan.missing_key", "plan.unknown_estimate"]


def test_a_version_in_quotes_is_told_so() -> None:
    reading = load_plan({"version": "1", "design": {"weights": "w"}, "estimates": [MEAN]})
    assert [complaint.code for complaint in reading.complaints] == ["plan.version_in_quotes"]


@pytest.mark.parametrize("design", [{"weights": 1}, {"stages": [{"population": 757}], "weights": None}])
def test_a_number_in_a_columns_place_is_told_once(refuse: Refuse, design: dict[str, Any]) -> None:
    assert [code for code, _ in refuse(**design)] == ["plan.column_expected"]


def test_a_percentage_is_told_as_a_fraction() -> None:
    statement = {**MEAN, "threshold": {"value": "2.5 %", "side": "upper"}}
    (complaint,) = load_plan({"version": 1, "design": {"weights": "w"}, "estimates": [statement]}).complaints
    assert complaint.details["meant"] == "0.025"


def test_tells_all_faults_at_once(refuse: Refuse) -> None:
    codes = {code for code, _ in refuse({**MEAN, "where": "x ="}, {**MEAN, "missing": "no"}, lonely_psu="no", seed=1)}
    assert codes == {
        "plan.misspelt_sign",
        "plan.not_one_of",
        "plan.unknown_key",
        "plan.duplicate_id",
    }
