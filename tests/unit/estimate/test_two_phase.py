"""Two phases: the variance is unbiased over every sample of both, and equals the sum over all pairs written out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
import pytest

from sampling.estimate import DataRefusedError, EstimateRow, Table, load_plan, run_plan
from sampling.estimate.domain import partition
from sampling.estimate.layers import Sample
from sampling.estimate.scores import total as total_of

Row = dict[str, Any]
Drawn = Iterator[tuple[float, list[Row]]]
Y = {"a": [3.0, 8.0, 4.0], "b": [1.0, 9.0, 6.0], "c": [7.0, 7.0, 2.0], "d": [5.0, 12.0, 10.0]}
KIND = {"a": "xyx", "b": "yxx", "c": "xyy", "d": "yxy"}
TOTAL = {"id": "t", "statistic": "total", "variables": ["y"]}


def households(villages: tuple[str, ...]) -> list[Row]:
    return [
        {"village": name, "N1": 4, "kind": KIND[name][k], "y": y} for name in villages for k, y in enumerate(Y[name])
    ]


def within(rows: list[Row], seconds: Sequence[tuple[int, ...]], firsts: int) -> Drawn:
    """Give every second phase of one first phase; values outside of it are not known."""
    for second in seconds:
        chance = 1 / firsts / len(seconds)
        marked = [row | {"in": int(k in second), "y": row["y"] if k in second else None} for k, row in enumerate(rows)]
        yield chance, marked


def elements() -> Drawn:
    """Three of four villages in full, of their nine households two of each kind: kinds lie across the villages."""
    for villages in combinations(Y, 3):
        rows = households(villages)
        groups = [[k for k, row in enumerate(rows) if row["kind"] == kind] for kind in "xy"]
        seconds = [one + other for one, other in product(*(combinations(group, 2) for group in groups))]
        yield from within(rows, seconds, 4)


def clusters() -> Drawn:
    """Three of four villages; of these two, and in each two of three households: a second phase of two stages."""
    for villages in combinations(Y, 3):
        rows = households(villages)
        seconds = [
            tuple(3 * village + k for village, chosen in zip(pair, inside, strict=True) for k in chosen)
            for pair in combinations(range(3), 2)
            for inside in product(combinations(range(3), 2), repeat=2)
        ]
        yield from within(rows, seconds, 4)


CHANCE = {"x": 0.4, "y": 0.7}


def independent() -> Drawn:
    """Two of four villages, and each of their households by itself, by kind with another probability."""
    for villages in combinations(Y, 2):
        rows = [row | {"p": CHANCE[row["kind"]]} for row in households(villages)]
        for taken in product((1, 0), repeat=len(rows)):
            chance = float(np.prod([row["p"] if here else 1 - row["p"] for row, here in zip(rows, taken, strict=True)]))
            marked = [
                row | {"in": here, "y": row["y"] if here else None} for row, here in zip(rows, taken, strict=True)
            ]
            yield chance / 6, marked


CLUSTERED = {"stages": [{"cluster": "village", "population": "N1"}]}
DESIGNS: dict[str, tuple[Any, dict[str, Any]]] = {
    "elements": (elements, {**CLUSTERED, "two_phase": {"subset": "in", "stages": [{"strata": "kind"}]}}),
    "clusters": (clusters, {**CLUSTERED, "two_phase": {"subset": "in", "stages": [{"cluster": "village"}, {}]}}),
    "independent": (
        independent,
        {
            **CLUSTERED,
            "two_phase": {"subset": "in", "stages": [{"probability": "p"}], "unequal": {"method": "poisson"}},
        },
    ),
}


def columns(rows: list[Row]) -> dict[str, list[Any]]:
    return {name: ["" if row[name] is None else str(row[name]) for row in rows] for name in rows[0]}


def estimated(rows: list[Row], design: dict[str, Any], kind: str | None = None) -> tuple[float, float]:
    """Give total and variance, also where a row would show none."""
    reading = load_plan({"version": 1, "design": design, "estimates": [TOTAL]})
    assert reading.plan is not None, reading.complaints
    table = Table(columns(rows))
    sample = Sample(reading.plan.design, table)
    assert sample.observed is not None
    inside = sample.observed & np.array([kind in (None, row["kind"]) for row in rows])
    layers = sample.layers(partition(table, (), inside))
    numbers = table["y"].numbers
    assert numbers is not None
    found = total_of(layers.steps, layers.steps.take(numbers))
    return float(found.value[0]), float(layers.variance(found).value[0])


@pytest.mark.parametrize("kind", [None, "x"])
@pytest.mark.parametrize("name", DESIGNS)
def test_over_every_sample_of_both_phases_the_variance_is_unbiased(name: str, kind: str | None) -> None:
    drawn, design = DESIGNS[name]
    truth = sum(y for village, values in Y.items() for k, y in enumerate(values) if kind in (None, KIND[village][k]))
    mean = mean_square = expected = 0.0
    for chance, rows in drawn():
        if not any(row["in"] for row in rows):
            mean_square += chance * truth**2  # nobody was taken: an estimate of 0, with a variance of 0
            continue
        value, variance = estimated(rows, design, kind)
        mean += chance * value
        mean_square += chance * (value - truth) ** 2
        expected += chance * variance
    assert mean == pytest.approx(truth, rel=1e-9)
    assert expected == pytest.approx(mean_square, rel=1e-9)


def test_a_second_phase_that_takes_all_is_the_first_alone() -> None:
    rows = [row | {"in": 1} for row in households(("a", "b", "d"))]
    statements = [TOTAL, {**TOTAL, "id": "m", "statistic": "mean", "by": ["kind"]}]
    both = run({**CLUSTERED, "two_phase": {"subset": "in", "stages": [{"strata": "kind"}]}}, rows, *statements)
    one = run(CLUSTERED, rows, *statements)
    assert [row.se for row in both] == pytest.approx([row.se for row in one], rel=1e-9)
    assert [row.df for row in both] == [row.df for row in one]


def run(design: dict[str, Any], rows: list[Row], *statements: dict[str, Any]) -> list[EstimateRow]:
    reading = load_plan({"version": 1, "design": design, "estimates": list(statements)})
    assert reading.plan is not None, reading.complaints
    return list(run_plan(reading.plan, columns(rows)).rows)


def sample_rows() -> list[Row]:
    """Take twelve households of four villages, one of them unlike the others, nine of them in the second phase."""
    random = np.random.default_rng(4)
    taken = [0, 1, 3, 4, 6, 7, 8, 9, 11]
    rows = []
    for k, row in enumerate(households(tuple(Y))):
        y = row["y"] * (5 if row["village"] == "d" else 1)
        more = {"N1": 20, "in": int(k in taken), "p": 0.5 + 0.04 * k, "one": 1}
        rows.append(row | more | {"y": y, "z": y + float(random.normal(5, 2))})
    return rows


def test_covariances_of_all_statistics_take_the_same_way() -> None:
    """A contrast, a proportion and a mean by covariance of fits agree with what is known of them."""
    design = {**CLUSTERED, "two_phase": {"subset": "in", "stages": [{"strata": "kind"}]}}
    statements: list[dict[str, Any]] = [
        {"id": "y", "statistic": "total", "variables": ["y"]},
        {"id": "z", "statistic": "total", "variables": ["z"]},
        {"id": "ratio", "statistic": "ratio", "numerator": "y", "denominator": "z"},
        {"id": "as_contrast", "statistic": "contrast", "expression": "y / z"},
        {"id": "slope", "statistic": "glm", "formula": "y ~ 1", "family": "gaussian"},
        {"id": "mean", "statistic": "mean", "variables": ["y"]},
    ]
    rows = run(design, sample_rows(), *statements)
    by_id = {row.id: row for row in rows}
    assert by_id["as_contrast"].se == pytest.approx(by_id["ratio"].se, rel=1e-9)
    assert by_id["slope"].se == pytest.approx(by_id["mean"].se, rel=1e-7)


def test_domains_side_by_side_are_the_domains_alone() -> None:
    design = {**CLUSTERED, "two_phase": {"subset": "in", "stages": [{"strata": "kind"}]}}
    both = run(design, sample_rows(), {**TOTAL, "by": ["village"]})
    for row in both:
        (alone,) = run(design, sample_rows(), {**TOTAL, "where": f"village == '{row.domain['village']}'"})
        assert row.estimate == pytest.approx(alone.estimate)
        assert row.df == alone.df
        assert row.se == pytest.approx(alone.se)


def test_stated_weights_and_populations_are_those_that_are_counted() -> None:
    rows = sample_rows()
    counted = {**CLUSTERED, "two_phase": {"subset": "in", "stages": [{"strata": "kind"}]}}
    sizes = {kind: sum(row["kind"] == kind for row in rows) for kind in "xy"}
    drawn = {kind: sum(row["kind"] == kind and row["in"] for row in rows) for kind in "xy"}
    stated_rows = [
        row
        | (
            {"n2": sizes[row["kind"]], "w2": sizes[row["kind"]] / drawn[row["kind"]]}
            if row["in"]
            else {"n2": None, "w2": None}
        )
        for row in rows
    ]
    two = {"subset": "in", "stages": [{"strata": "kind", "population": "n2"}], "weights": "w2"}
    assert run({**CLUSTERED, "two_phase": two}, stated_rows, TOTAL) == run(counted, rows, TOTAL)


def test_unequal_probabilities_in_the_second_phase_against_all_pairs() -> None:
    """Hartley and Rao's pairs in both sums, the first phase's form written out over the households."""
    rows = sample_rows()
    two = {"subset": "in", "stages": [{"probability": "p"}], "unequal": {"method": "hartley-rao", "variance": "yg"}}
    (found,) = run({**CLUSTERED, "two_phase": two}, rows, TOTAL)
    inside = [row for row in rows if row["in"]]
    pi = np.array([row["p"] for row in inside])
    z = np.array([20 / 4 / row["p"] * row["y"] for row in inside])
    n = len(inside)
    variance = 0.0
    for i, j in product(range(n), repeat=2):
        same = inside[i]["village"] == inside[j]["village"]
        first = (1 - 4 / 20) * (1 if same else -1 / 3)
        apart = (n - pi[i] - pi[j] + pi.mean()) / (n - 1)
        variance += first * (pi[i] if i == j else apart) * z[i] * z[j]
        variance += 0 if i == j else (apart - 1) * (z[i] - z[j]) ** 2 / 2
    assert (found.se or 0) ** 2 == pytest.approx(variance, rel=1e-9)


def refused(design: dict[str, Any], rows: list[Row]) -> list[tuple[str, Any]]:
    with pytest.raises(DataRefusedError) as caught:
        run(design, rows, TOTAL)
    return [(each.code.removeprefix("estimate."), each.details.get("row")) for each in caught.value.complaints]


@pytest.mark.parametrize(
    ("change", "two", "found"),
    [
        ({}, {"subset": "inn"}, [("no_column", None)]),
        ({}, {"subset": "y"}, [("bad_subset", None)]),
        ({"in": 0}, {}, [("empty_subset", None)]),
        ({"kind": None}, {}, [("uncounted_label", 2)]),
        ({"p": 0}, {"stages": [{"probability": "p"}]}, [("bad_probability", 2)]),
        ({}, {"stages": [{"strata": "kind", "probability": "p"}]}, [("probability_varies", 5)]),
    ],
)
def test_names_what_is_wrong_with_the_data(change: Row, two: dict[str, Any], found: list[tuple[str, Any]]) -> None:
    rows = [row | change for row in sample_rows()]
    stated: dict[str, Any] = {"subset": "in", "stages": [{"strata": "kind"}]} | two
    design: dict[str, Any] = CLUSTERED | {"two_phase": stated}
    assert refused(design, rows) == found


def test_names_what_is_wrong_with_the_plan() -> None:
    two = {"stages": [{"draws": "d"}], "odd": 1}
    reading = load_plan({"version": 1, "design": {**CLUSTERED, "two_phase": two}, "estimates": [TOTAL]})
    found = sorted(each.code for each in reading.complaints)
    assert found == ["plan.missing_key", "plan.two_phase_draws", "plan.unknown_key"]


@pytest.mark.parametrize("place", ["first", "second"])
def test_forms_over_pairs_have_no_mean_for_a_domains_lone_unit(place: str) -> None:
    by_pairs = {"stages": [{"probability": "p"}], "unequal": {"method": "hajek"}}
    equal: dict[str, Any] = {"stages": [{"population": "N1"}]}
    first, second = (by_pairs, equal) if place == "first" else (equal, by_pairs)
    design = {**first, "two_phase": {"subset": "in", **second}, "lonely_psu": "adjust", "lonely_domain": True}
    reading = load_plan({"version": 1, "design": design, "estimates": [TOTAL]})
    assert [each.details["place"] for each in reading.complaints] == ["design.lonely_domain"]


def test_calibrated_weights_of_two_phases_leave_the_residuals() -> None:
    """A total that calibration reaches has no error, and the others that of the residuals."""
    margins = {"kind": {"x": 30, "y": 31}}
    design = {
        **CLUSTERED,
        "two_phase": {"subset": "in", "stages": [{"strata": "kind"}]},
        "calibration": {"method": "poststratify", "margins": margins},
    }
    rows = run(
        design, sample_rows(), {**TOTAL, "id": "n", "variables": ["one"]}, TOTAL, {**TOTAL, "id": "k", "by": ["kind"]}
    )
    assert rows[0].estimate == pytest.approx(61)
    assert rows[0].se == pytest.approx(0, abs=1e-9)
    assert rows[1].estimate == pytest.approx(sum(row.estimate or 0 for row in rows[2:]))
    assert rows[1].se


def test_a_stratum_of_which_nothing_was_taken_is_refused() -> None:
    rows = [row | {"in": row["in"] if row["kind"] == "x" else 0} for row in sample_rows()]
    with pytest.raises(DataRefusedError) as caught:
        run({**CLUSTERED, "two_phase": {"subset": "in", "stages": [{"strata": "kind"}]}}, rows, TOTAL)
    (complaint,) = caught.value.complaints
    count = sum(row["kind"] == "y" for row in rows)
    assert complaint.code == "estimate.stratum_not_taken"
    assert complaint.details["level"] == "y"
    assert complaint.details["count"] == count


def test_strata_below_units_that_were_not_taken_are_none_of_the_second_phase() -> None:
    rows = [row | {"in": int(row["village"] in "ab")} for row in sample_rows()]
    two = {"subset": "in", "stages": [{"cluster": "village"}, {"strata": "kind"}]}
    assert run({**CLUSTERED, "two_phase": two}, rows, TOTAL)[0].estimate is not None
    less = [row | {"in": int(row["in"] and (row["village"], row["kind"]) != ("a", "y"))} for row in rows]
    with pytest.raises(DataRefusedError):
        run({**CLUSTERED, "two_phase": two}, less, TOTAL)
