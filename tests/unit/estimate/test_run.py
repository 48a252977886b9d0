"""Running plans: rows and their order, missing values, domains, refusals of data, the results file."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from sampling.estimate import DataRefusedError, EstimateRow, load_plan, read_table, run_plan

Estimate = Callable[..., list[EstimateRow]]
KEYS = [
    *("id", "variable", "level", "domain", "p", "estimate", "se", "low", "high", "df", "n", "n_effective", "deff"),
    *("statistic", "p_value", "threshold", "bound", "verdict", "flags", "reason"),
]
TABLE: dict[str, list[Any]] = {
    "w": ["1", "2", "1", "2", "1", "2", "1", "2"],
    "village": ["a", "a", "b", "b", "c", "c", "d", "d"],
    "town": ["2", "2", "2", "2", "10", "10", "10", "10"],
    "kind": ["甲", "乙", "甲", "", "乙", "乙", "甲", "乙"],
    "x": ["1", "0", "1", "1", "0", "1", "", "0"],
    "y": ["3", "4", "5", "9", "2", "6", "5", "3"],
    "code": ["1", "2", "3", "1", "2", "3", "1", "2"],
}
VILLAGES = {"stages": [{"cluster": "village"}], "weights": "w"}
MEAN: dict[str, Any] = {"id": "a", "statistic": "mean", "variables": ["y"]}


def _refusal(table: dict[str, Any], design: dict[str, Any], *statements: dict[str, Any]) -> list[tuple[str, Any]]:
    reading = load_plan({"version": 1, "design": design, "estimates": statements or [MEAN]})
    assert reading.plan is not None, reading.complaints
    with pytest.raises(DataRefusedError) as caught:
        run_plan(reading.plan, table)
    return [(each.code, each.details.get("row")) for each in caught.value.complaints]


def test_rows_stand_in_the_order_of_variables_levels_and_domains(estimate: Estimate) -> None:
    rows = estimate(
        TABLE,
        {"id": "p", "statistic": "proportion", "variables": ["kind", "x"], "by": ["town"], "missing": "drop"},
        {"id": "c", "statistic": "mean", "variables": ["code"], "categorical": ["code"]},
        design=VILLAGES,
    )
    assert [(row.id, row.variable, row.level, row.domain) for row in rows] == [
        ("p", "kind", "乙", {"town": "2"}),
        ("p", "kind", "乙", {"town": "10"}),
        ("p", "kind", "甲", {"town": "2"}),
        ("p", "kind", "甲", {"town": "10"}),
        ("p", "x", None, {"town": "2"}),
        ("p", "x", None, {"town": "10"}),
        ("c", "code", "1", {}),
        ("c", "code", "2", {}),
        ("c", "code", "3", {}),
    ]


def test_missing_values_fail_where_they_are(estimate: Estimate) -> None:
    by = {"id": "p", "statistic": "proportion", "variables": ["x"], "by": ["town"]}
    first, second = estimate(TABLE, by, design=VILLAGES)
    assert first.estimate == pytest.approx(4 / 6)
    assert (second.estimate, second.se, second.low, second.reason) == (None, None, None, "estimate.missing_values")
    first, second = estimate(TABLE, {**by, "missing": "drop"}, design=VILLAGES)
    assert (second.estimate, second.n) == (pytest.approx(2 / 5), 3)


def test_a_statement_drops_rows_that_miss_any_of_its_variables(estimate: Estimate) -> None:
    rows = estimate(
        TABLE,
        {"id": "p", "statistic": "mean", "variables": ["x", "y"], "missing": "drop"},
        {"id": "q", "statistic": "mean", "variables": ["y"]},
        design=VILLAGES,
    )
    assert [row.n for row in rows] == [7, 7, 8]


def test_rows_without_a_domain_label_belong_to_none(estimate: Estimate) -> None:
    rows = estimate(TABLE, {**MEAN, "by": ["kind"]}, design=VILLAGES)
    assert [(row.domain["kind"], row.n) for row in rows] == [("乙", 4), ("甲", 3)]


def test_crossed_domains(estimate: Estimate) -> None:
    rows = estimate(TABLE, {**MEAN, "by": ["town", "kind"], "where": "y > 2"}, design=VILLAGES)
    assert [(row.domain["town"], row.domain["kind"], row.n) for row in rows] == [
        ("2", "乙", 1),
        ("2", "甲", 2),
        ("10", "乙", 2),
        ("10", "甲", 1),
    ]


def test_nothing_meets_the_condition(estimate: Estimate) -> None:
    for by in ([], ["town"]):
        (row,) = estimate(TABLE, {**MEAN, "where": "y > 100", "by": by}, design=VILLAGES)
        assert (row.estimate, row.n, row.reason) == (None, 0, "estimate.empty_domain")


def test_no_degrees_of_freedom_has_a_reason_and_the_others_go_on(estimate: Estimate) -> None:
    lone, others = estimate(
        TABLE, {**MEAN, "where": "village == 'a'"}, {**MEAN, "id": "b", "where": "village != 'a'"}, design=VILLAGES
    )
    assert (lone.estimate, lone.df, lone.reason) == (None, 0, "estimate.no_degrees_of_freedom")
    assert others.reason is None
    (row,) = estimate(TABLE, {**MEAN, "where": "village == 'a'", "interval": {"df": "infinite"}}, design=VILLAGES)
    assert row.estimate is not None


def test_a_lone_psu_has_a_reason_and_the_others_go_on(estimate: Estimate) -> None:
    design = {"stages": [{"cluster": "village", "strata": "s"}], "weights": "w"}
    table = {**TABLE, "s": ["1", "1", "2", "2", "2", "2", "2", "2"]}
    lone, others = estimate(table, MEAN, {**MEAN, "id": "b", "where": "s == 2"}, design=design)
    assert (lone.estimate, lone.reason) == (None, "estimate.lonely_psu")
    assert others.se is not None


def test_a_domain_inside_one_cluster_is_estimated_given_that_cluster(estimate: Estimate) -> None:
    """Given the village its rows are the units: the variance of a simple random sample."""
    random = np.random.default_rng(1)
    table = {
        "village": ["a"] * 6 + ["b"] * 5 + ["c"] * 4,
        "N": [20] * 6 + [30] * 5 + [10] * 4,
        "M": [9] * 15,
        "w": [1.0] * 15,
        "y": random.normal(10, 2, 15).round(3).tolist(),
    }
    stages = [{"cluster": "village", "population": "M"}, {"population": "N"}]
    design = {"stages": stages, "weights": "w"}
    rows = estimate(
        table, {**MEAN, "by": ["village"]}, {**MEAN, "id": "t", "statistic": "total", "by": ["village"]}, design=design
    )
    for row, place, population in zip(rows, (slice(0, 6), slice(6, 11), slice(11, 15)), (20, 30, 10), strict=False):
        values = np.array(table["y"][place])
        n = len(values)
        assert row.flags == ("given_first_stage_unit",)
        assert row.df == n - 1
        assert row.se == pytest.approx(np.sqrt((1 - n / population) * values.var(ddof=1) / n), rel=1e-10)
    assert {row.reason for row in rows[3:]} == {"estimate.no_degrees_of_freedom"}


def test_a_class_met_in_one_drawn_cluster_only_says_nothing_of_the_others(estimate: Estimate) -> None:
    """Only the clusters' own column in `by` makes a cluster the thing asked about."""
    table = {
        "village": ["a"] * 6 + ["b"] * 5 + ["c"] * 4,
        "class": ["rare"] * 3 + ["other"] * 12,
        "N": [20] * 6 + [30] * 5 + [10] * 4,
        "M": [9] * 15,
        "w": [1.0] * 15,
        "y": np.random.default_rng(1).normal(10, 2, 15).round(3).tolist(),
    }
    design = {"stages": [{"cluster": "village", "population": "M"}, {"population": "N"}], "weights": "w"}
    others, rare = estimate(table, {**MEAN, "by": ["class"]}, design=design)
    assert (others.df, others.reason) == (2, None)
    assert (rare.estimate, rare.flags, rare.reason) == (None, (), "estimate.no_degrees_of_freedom")
    by_village = estimate(table, {**MEAN, "by": ["village", "class"]}, design=design)
    assert {row.flags for row in by_village} == {("given_first_stage_unit",)}
    assert {row.reason for row in by_village} == {None}


def test_a_county_of_which_chance_took_one_village_is_not_that_village(estimate: Estimate) -> None:
    """Counties and drawn villages stand for one another by chance; how villages differ is not known all the same."""
    table = {
        "county": ["1"] * 6 + ["2"] * 5 + ["3"] * 4,
        "village": ["a"] * 6 + ["b"] * 5 + ["c"] * 4,
        "pi": [0.3] * 15,
        "N": [20] * 6 + [30] * 5 + [10] * 4,
        "w": [1.0] * 15,
        "y": np.random.default_rng(1).normal(10, 2, 15).round(3).tolist(),
    }
    stages = [{"cluster": "village", "strata": "county", "probability": "pi"}, {"population": "N"}]
    design = {"stages": stages, "weights": "w", "nested": True, "unequal": {"method": "poisson"}}
    for row in estimate(table, {**MEAN, "by": ["county"]}, design=design):
        assert (row.estimate, row.flags, row.reason) == (None, (), "estimate.no_degrees_of_freedom")


def test_texts_that_are_no_numbers(estimate: Estimate) -> None:
    statement = {"id": "a", "statistic": "mean", "variables": ["kind"], "missing": "drop"}
    (row,) = estimate(TABLE, statement, design=VILLAGES)
    assert (row.estimate, row.reason) == (None, "estimate.text_column")
    (row,) = estimate(TABLE, {"id": "a", "statistic": "proportion", "variables": ["y"]}, design=VILLAGES)
    assert (row.estimate, row.reason) == (None, "estimate.not_zero_one")
    ratio = {"id": "a", "statistic": "ratio", "numerator": "kind", "denominator": "y", "missing": "drop"}
    (row,) = estimate(TABLE, ratio, design=VILLAGES)
    assert row.reason == "estimate.text_column"


def test_a_ratio_above_one_is_no_rate(estimate: Estimate) -> None:
    ratio = {"id": "a", "statistic": "ratio", "numerator": "y", "denominator": "code"}
    (row,) = estimate(TABLE, {**ratio, "interval": {"method": "wilson"}}, design=VILLAGES)
    assert row.estimate is not None
    assert (row.low, row.high, row.reason) == (None, None, "estimate.not_a_rate")
    (row,) = estimate(TABLE, ratio, design=VILLAGES)
    assert row.low is not None


def test_a_zero_denominator_is_undefined(estimate: Estimate) -> None:
    table = {**TABLE, "none": [0] * 8}
    (row,) = estimate(
        table, {"id": "a", "statistic": "ratio", "numerator": "y", "denominator": "none"}, design=VILLAGES
    )
    assert (row.estimate, row.reason) == (None, "estimate.undefined")


def test_a_constant_has_no_interval(estimate: Estimate) -> None:
    (row,) = estimate({**TABLE, "y": [0.1] * 8}, MEAN, design=VILLAGES)
    assert row.estimate == pytest.approx(0.1)
    assert (row.se, row.low, row.high, row.reason) == (0.0, None, None, "estimate.no_variance")


def test_a_part_without_figures_leaves_the_contrast_without(estimate: Estimate) -> None:
    rows = estimate(
        TABLE,
        {"id": "x", "statistic": "mean", "variables": ["x"]},
        MEAN,
        {"id": "kinds", "statistic": "proportion", "variables": ["kind"], "missing": "drop"},
        {"id": "c", "statistic": "contrast", "expression": "a - x"},
        {"id": "d", "statistic": "contrast", "expression": "a - kinds"},
        design=VILLAGES,
    )
    reasons = {row.id: row.reason for row in rows}
    assert reasons["c"] == "estimate.part_without_figures"
    assert reasons["d"] == "estimate.part_without_figures"


@pytest.mark.parametrize(
    ("column", "values", "design", "expected"),
    [
        (
            "w",
            ["1", "", "x", "1", "-1", "1", "1", "1"],
            VILLAGES,
            [("estimate.not_numeric", 4), ("estimate.bad_weights", 3)],
        ),
        ("w", ["1", "", "1", "-1", "1", "1", "1", "1"], VILLAGES, [("estimate.bad_weights", 3)]),
        ("village", ["a", "", "b", "b", "c", "c", "d", "d"], VILLAGES, [("estimate.empty_label", 3)]),
        (
            "s",
            ["1", "2", "1", "1", "1", "1", "1", "1"],
            {"stages": [{"cluster": "village", "strata": "s"}], "weights": "w"},
            [("estimate.cluster_in_two_strata", None)],
        ),
        (
            "N",
            ["3"] * 8,
            {"stages": [{"cluster": "village", "population": "N"}]},
            [("estimate.population_too_small", 2)],
        ),
        (
            "N",
            ["9", "9", "9", "9", "9", "9", "8", "8"],
            {"stages": [{"cluster": "village", "population": "N"}]},
            [("estimate.population_varies", 8)],
        ),
        (
            "N",
            ["9", "8", "9", "9", "9", "9", "9", "9"],
            {"stages": [{"cluster": "village", "population": "N"}]},
            [("estimate.varies_within_unit", 3)],
        ),
        ("N", ["0"] * 8, {"stages": [{"cluster": "village", "population": "N"}]}, [("estimate.bad_population", 2)]),
        (
            "pi",
            ["1.5"] * 8,
            {"stages": [{"cluster": "village", "probability": "pi"}]},
            [("estimate.bad_probability", 2)],
        ),
        (
            "pi",
            ["0.5"] * 6 + ["0.4"] * 2,
            {"stages": [{"cluster": "village", "probability": "pi"}]},
            [("estimate.probability_varies", 8)],
        ),
        ("v", [1] * 8, {"stages": [{"cluster": "V"}], "weights": "w"}, [("estimate.no_column", None)]),
        ("v", [1] * 8, {"stages": [{"cluster": "v，town"}], "weights": "w"}, [("estimate.names_joined", None)]),
    ],
)
def test_refuses_data_that_do_not_fit(
    column: str, values: list[Any], design: dict[str, Any], expected: list[tuple[str, Any]]
) -> None:
    assert _refusal({**TABLE, column: values}, design) == expected


def test_refuses_columns_that_are_not_there_all_at_once() -> None:
    statement = {**MEAN, "variables": ["z"], "by": ["q"], "where": "kind > 3 and u == 1"}
    codes = [code for code, _ in _refusal(TABLE, {"stages": [{}], "weights": "nix"}, statement)]
    assert codes == ["estimate.no_column"] * 4 + ["estimate.text_against_number"]


def test_refuses_weights_that_are_all_zero() -> None:
    assert _refusal({**TABLE, "w": [0] * 8}, VILLAGES) == [("estimate.no_weight", None)]


def test_an_absent_column_is_told_with_those_that_there_are() -> None:
    reading = load_plan({"version": 1, "design": VILLAGES, "estimates": [{**MEAN, "variables": ["kinds"]}]})
    assert reading.plan is not None
    with pytest.raises(DataRefusedError) as caught:
        run_plan(reading.plan, TABLE)
    (told,) = caught.value.complaints
    assert str(told.details["known"]).startswith("“kind”")
    assert str(told.details["known"]).count("“") == len(TABLE)


def test_refuses_uneven_columns_and_empty_tables() -> None:
    assert _refusal({**TABLE, "y": ["1"]}, VILLAGES) == [("estimate.uneven_column", None)]
    assert _refusal({name: [] for name in TABLE}, VILLAGES) == [("estimate.no_rows", None)]


def test_results_file_has_the_keys_of_the_format(estimate: Estimate) -> None:
    reading = load_plan(
        {"version": 1, "design": VILLAGES, "estimates": [{**MEAN, "threshold": {"value": 5, "side": "lower"}}]}
    )
    assert reading.plan is not None
    steps: list[tuple[str, int, int]] = []
    results = run_plan(reading.plan, TABLE, lambda activity, done, all_: steps.append((activity, done, all_)))
    written = json.loads(results.to_json())
    assert list(written) == ["version", "estimates"]
    assert [list(row) for row in written["estimates"]] == [KEYS]
    assert written["estimates"][0]["threshold"] == {"value": 5.0, "side": "lower", "alpha": 0.05, "planned_deff": None}
    assert steps == [("statements", 1, 1)]


def test_reads_the_same_from_every_kind_of_file(tmp_path: Path) -> None:
    lines = [",".join(TABLE), *(",".join(values) for values in zip(*TABLE.values(), strict=True))]
    text = "\ufeff" + "\r\n".join(lines) + "\r\n"
    (tmp_path / "t.csv").write_text(text, encoding="utf-8")
    (tmp_path / "t.csv.gz").write_bytes(gzip.compress(text.encode()))
    frame = {name: pa.array([value or None for value in values], pa.string()) for name, values in TABLE.items()}
    frame["y"] = pa.array([float(value) for value in TABLE["y"]])
    frame["town"] = pa.array([int(value) for value in TABLE["town"]])
    pq.write_table(pa.table(frame), tmp_path / "t.parquet")
    reading = load_plan(
        {
            "version": 1,
            "design": VILLAGES,
            "estimates": [
                {**MEAN, "by": ["town"]},
                {"id": "k", "statistic": "proportion", "variables": "kind", "missing": "drop"},
            ],
        }
    )
    assert reading.plan is not None
    found = [
        run_plan(reading.plan, read_table(tmp_path / name)).to_json() for name in ("t.csv", "t.csv.gz", "t.parquet")
    ]
    assert found[0] == found[1] == found[2] == run_plan(reading.plan, TABLE).to_json()


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("absent.csv", None, "estimate.no_file"),
        ("bad.csv", b"a,b\n1\n", "estimate.ragged_rows"),
        ("bad.csv", b"a,b\n\xff\xfe,2\n", "estimate.unreadable_file"),
        ("empty.csv", b"", "estimate.empty_file"),
        ("blank.csv", b"\n\n", "estimate.empty_file"),
        ("gbk.csv", "县,户\n甲县,1\n".encode("gbk"), "estimate.other_encoding"),
        ("wide.csv", "县,户\n甲县,1\n".encode("utf-16"), "estimate.other_encoding"),
        ("excel.csv", "县;户\n甲县;1,5\n".encode(), "estimate.other_separator"),
        ("tabs.csv", b"a\tb\n1\t2\n", "estimate.other_separator"),
        ("bad.parquet", b"PAR1", "estimate.unreadable_file"),
        ("bad.csv.gz", b"a,b\n1,2\n", "estimate.unreadable_file"),
        ("twice.csv", b"a,a\n1,2\n", "estimate.repeated_column"),
    ],
)
def test_refuses_files_it_cannot_read(tmp_path: Path, name: str, content: bytes | None, code: str) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    with pytest.raises(DataRefusedError) as caught:
        read_table(tmp_path / name)
    assert [each.code for each in caught.value.complaints] == [code]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_lines_of_another_width_are_named(tmp_path: Path, pack: Callable[[bytes], bytes]) -> None:
    path = tmp_path / ("t.csv" if pack is bytes else "t.csv.gz")
    path.write_bytes(pack(b'a,b\n1,"two\nlines"\n\n2,3,4\n5,6\n7\n'))
    with pytest.raises(DataRefusedError) as caught:
        read_table(path)
    (told,) = caught.value.complaints
    assert told.code == "estimate.ragged_rows"
    assert [told.details[key] for key in ("rows", "count", "cells", "expected")] == ["5, 7", 2, 3, 2]


def test_arrow_columns_of_every_kind(estimate: Estimate) -> None:
    table = {
        "w": pa.array([1.0, 1.0, 1.0, 1.0]),
        "z": pa.array([1.5, float("nan"), 2.5, 3.5]),
        "y": pa.chunked_array([[1, 2], [None, 5]]),
        "d": pa.array([1, 2, 3, 4]).cast(pa.decimal128(21, 2)),
        "flag": pa.array([True, False, True, None]),
        "kind": pa.array(["甲", "乙", "甲", ""]).dictionary_encode(),
    }
    rows = estimate(
        table,
        {"id": "y", "statistic": "mean", "variables": ["y"], "missing": "drop"},
        {"id": "d", "statistic": "total", "variables": ["d"]},
        {"id": "z", "statistic": "mean", "variables": ["z"], "missing": "drop"},
        {"id": "f", "statistic": "proportion", "variables": ["flag"], "missing": "drop"},
        {"id": "k", "statistic": "mean", "variables": ["d"], "where": "kind == '甲'"},
    )
    assert [(row.estimate, row.n) for row in rows] == [
        (pytest.approx(8 / 3), 3),
        (pytest.approx(10.0), 4),
        (pytest.approx(2.5), 3),
        (pytest.approx(2 / 3), 3),
        (pytest.approx(2.0), 2),
    ]
