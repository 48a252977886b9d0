"""Variances from joint probabilities: unbiased over every sample of a small population, or refused with a reason."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from itertools import combinations, permutations
from math import prod
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from sampling.estimate import DataRefusedError, EstimateRow, Table, load_plan, run_plan
from sampling.methods import maximum_entropy, sampford, tille

Floats = NDArray[np.float64]
PI = np.array([0.3, 0.45, 0.5, 0.35, 0.75, 0.65])  # six units, three drawn
Y = np.array([30.0, 52.0, 41.0, 40.0, 80.0, 75.0])
KIND = np.array(list("ababab"))
TOTAL = {"id": "t", "statistic": "total", "variables": ["y"]}
PAIRS = ("unit_id", "other_id", "probability", "other_probability", "joint_probability")


def matrix(joint: Floats) -> Table:
    return Table({f"c{number}": joint[:, number] for number in range(len(joint))})


def pairs(joint: Floats, labels: list[str], **more: str) -> Table:
    """Write the table as `evalsvc draw joint` does."""
    listed = [
        (labels[i], labels[j], joint[i, i], joint[j, j], joint[i, j]) for i, j in combinations(range(len(labels)), 2)
    ]
    columns = dict(zip(PAIRS, map(list, zip(*listed, strict=True)), strict=True))
    return Table({**{name: [value] * len(listed) for name, value in more.items()}, **columns})


def rows(
    data: Mapping[str, Any], file: Table | None, *statements: Mapping[str, Any], variance: str = "ht", **design: Any
) -> list[EstimateRow]:
    stated = {
        "stages": [{"cluster": "unit", "probability": "pi"}],
        "unequal": {"method": "joint", "joint": "joint.csv", "variance": variance},
        **design,
    }
    reading = load_plan({"version": 1, "design": stated, "estimates": list(statements or [TOTAL])})
    assert reading.plan is not None, reading.complaints
    return list(run_plan(reading.plan, data, files={} if file is None else {"joint.csv": file}).rows)


def refused(data: Mapping[str, Any], file: Table | None, **design: Any) -> list[str]:
    with pytest.raises(DataRefusedError) as caught:
        rows(data, file, **design)
    return [complaint.code for complaint in caught.value.complaints]


def drawn(units: tuple[int, ...]) -> dict[str, Any]:
    at = list(units)
    return {"unit": [f"u{k}" for k in at], "pi": PI[at], "y": Y[at], "kind": KIND[at].tolist()}


def _sampford(sample: tuple[int, ...]) -> float:
    """Sampford (1967): in proportion to the product of the odds times the sum of 1 - pi."""
    at = list(sample)
    return float(np.prod(PI[at] / (1 - PI[at])) * np.sum(1 - PI[at]))


def _maximum_entropy(sample: tuple[int, ...]) -> float:
    return float(np.prod(maximum_entropy.odds_of(PI)[list(sample)]))


def _tille(sample: tuple[int, ...]) -> float:
    """Add up every order in which the others may leave (Tillé 1996)."""
    steps = [tille.proportional(PI, size) for size in range(len(PI) - 1, len(sample) - 1, -1)]
    before = [np.ones(len(PI)), *steps[:-1]]
    leaving = [1 - after / earlier for after, earlier in zip(steps, before, strict=True)]
    others = [k for k in range(len(PI)) if k not in sample]
    orders = (prod(float(leaving[step][unit]) for step, unit in enumerate(order)) for order in permutations(others))
    return sum(orders)


DESIGNS: dict[str, tuple[Callable[[tuple[int, ...]], float], Callable[[Floats], Floats]]] = {
    "sampford": (_sampford, sampford.joint),
    "maximum_entropy": (_maximum_entropy, maximum_entropy.joint),
    "tille": (_tille, tille.joint),
}


def samples(method: str) -> Iterator[tuple[tuple[int, ...], float]]:
    chance = {sample: DESIGNS[method][0](sample) for sample in combinations(range(len(PI)), 3)}
    everything = sum(chance.values())
    yield from ((sample, weight / everything) for sample, weight in chance.items())


@pytest.mark.parametrize("variance", ["ht", "yg"])
@pytest.mark.parametrize("method", DESIGNS)
def test_over_every_sample_the_variance_of_a_total_is_unbiased(method: str, variance: str) -> None:
    joint = DESIGNS[method][1](PI)
    truth = expected = 0.0
    by_kind = {"a": [0.0, 0.0], "b": [0.0, 0.0]}
    for sample, chance in samples(method):
        at = list(sample)
        file = matrix(joint[np.ix_(at, at)])
        whole, *parts = rows(
            drawn(sample), file, TOTAL, {**TOTAL, "id": "k", "by": ["kind"]}, variance=variance, lonely_psu="certainty"
        )
        truth += chance * ((Y[at] / PI[at]).sum() - Y.sum()) ** 2
        expected += chance * squared(whole, joint, at, Y, variance)
        for kind, sums in by_kind.items():
            inside = np.where(kind == KIND, Y, 0.0)
            sums[0] += chance * ((inside[at] / PI[at]).sum() - inside.sum()) ** 2
            found = [row for row in parts if row.domain == {"kind": kind}]
            sums[1] += chance * (squared(found[0], joint, at, inside, variance) if found else 0.0)
    assert expected == pytest.approx(truth, rel=1e-9)
    for sums in by_kind.values():
        assert sums[1] == pytest.approx(sums[0], rel=1e-9)


def squared(row: EstimateRow, joint: Floats, at: list[int], y: Floats, variance: str) -> float:
    """Give the variance of a row; what no row shows, one below 0 or without degrees of freedom, by the sum itself."""
    written_out = 0.0
    for i in at:
        for j in at:
            z = y[i] / PI[i], y[j] / PI[j]
            excess = 1 - joint[i, i] * joint[j, j] / joint[i, j] if i != j else 1 - PI[i]
            written_out += excess * z[0] * z[1] if variance == "ht" else -excess * (z[0] - z[1]) ** 2 / 2
    if row.se is None:
        assert row.reason == ("estimate.negative_variance" if written_out < 0 else "estimate.no_degrees_of_freedom")
        return float(written_out)
    assert row.se**2 == pytest.approx(written_out, rel=1e-9, abs=1e-9)
    return row.se**2


def test_a_negative_variance_has_a_reason_and_no_figures() -> None:
    joint = sampford.joint(PI)
    found = []
    for sample, _ in samples("sampford"):
        at = list(sample)
        data = drawn(sample) | {"y": PI[at] * 100}  # a total that every sample knows
        found += rows(data, matrix(joint[np.ix_(at, at)]))
    assert {row.reason for row in found if row.se is None} == {"estimate.negative_variance"}


@pytest.mark.parametrize("variance", ["ht", "yg"])
def test_equal_joint_probabilities_give_the_form_of_simple_random_samples(variance: str) -> None:
    n, population = 5, 12
    joint = np.full((n, n), n * (n - 1) / (population * (population - 1)))
    np.fill_diagonal(joint, n / population)
    y = [3.0, 8.0, 1.0, 4.0, 9.0]
    data = {"unit": list("abcde"), "pi": [n / population] * n, "N": [population] * n, "y": y, "kind": list("xxyyy")}
    asked = [TOTAL, {**TOTAL, "statistic": "mean", "id": "m", "by": ["kind"]}]
    found = rows(data, matrix(joint), *asked, variance=variance)
    plain = rows(data, None, *asked, stages=[{"cluster": "unit", "population": "N"}], unequal=None)
    assert [row.se for row in found] == pytest.approx([row.se for row in plain], rel=1e-10)
    assert [row.df for row in found] == [row.df for row in plain]


def test_a_matrix_with_labels_and_a_list_of_pairs_say_the_same_as_a_matrix_in_order() -> None:
    joint, at = sampford.joint(PI), [4, 0, 2]
    data = drawn((4, 0, 2))
    (plain,) = rows(data, matrix(joint[np.ix_(at, at)]))
    labels = [f"u{k}" for k in range(len(PI))]
    columns = {f"c{number}": joint[:, number] for number in range(len(PI))}
    assert rows(data, Table({"id": labels, **columns})) == [plain]  # more units than were drawn
    listed = pairs(joint[np.ix_(at, at)], [labels[k] for k in at], stage="village", parent="", stratum="")
    assert rows(data, listed) == [plain]


def test_strata_stages_and_certainties() -> None:
    """Two strata, one with a certainty, households inside: the pairs of each stratum plus what varies inside."""
    random = np.random.default_rng(3)
    groups = {"x": [0.3, 0.5, 0.6], "y": [1.0, 0.4, 0.7]}
    joint = {"x": sampford_like(groups["x"]), "y": sampford_like(groups["y"])}
    data: dict[str, list[Any]] = {name: [] for name in ("stratum", "village", "pi", "N", "y", "w")}
    expected = 0.0
    for stratum, chances in groups.items():
        z = []
        for number, pi in enumerate(chances):
            y = random.normal(10, 3, 4)
            data["stratum"] += [stratum] * 4
            data["village"] += [f"{stratum}{number}"] * 4
            data["pi"] += [pi] * 4
            data["N"] += [9] * 4
            data["y"] += y.tolist()
            data["w"] += [9 / 4 / pi] * 4
            z.append(float((9 / 4 / pi * y).sum()))
            expected += pi * (1 - 4 / 9) * 4 * float(np.var(9 / 4 / pi * y, ddof=1))
        for i, j in combinations(range(3), 2):
            table = joint[stratum]
            expected -= (1 - table[i, i] * table[j, j] / table[i, j]) * (z[i] - z[j]) ** 2
    stages = [{"cluster": "village", "strata": "stratum", "probability": "pi"}, {"population": "N"}]
    listed = [
        pairs(joint[stratum], [f"{stratum}{k}" for k in range(3)], stage="village", stratum=stratum) for stratum in "xy"
    ]
    file = Table({name: [text for part in listed for text in part[name].texts.to_pylist()] for name in listed[0]})
    (found,) = rows(data, file, stages=stages, weights="w", variance="yg")
    assert (found.se or 0) ** 2 == pytest.approx(expected, rel=1e-9)
    assert found.df == (3 - 1) + (2 - 1) + (4 - 1)


def sampford_like(chances: list[float]) -> Floats:
    """Make joint probabilities that a design could have: a little below independent ones, certainties independent."""
    joint = np.outer(chances, chances)
    open_pairs = np.outer(np.array(chances) < 1, np.array(chances) < 1)
    joint[open_pairs] *= 0.9
    np.fill_diagonal(joint, chances)
    return joint


def test_a_lone_unit_follows_the_rule_of_the_plan() -> None:
    data: dict[str, Any] = DATA | {"stratum": ["x", "x", "y"]}
    joint = np.array([[0.5, 0.15, 0.15], [0.15, 0.4, 0.12], [0.15, 0.12, 0.3]])
    stages = [{"cluster": "unit", "strata": "stratum", "probability": "pi"}]
    (failed,) = rows(data, matrix(joint), stages=stages)
    assert failed.reason == "estimate.lonely_psu"
    (left,) = rows(data, matrix(joint), stages=stages, lonely_psu="remove")
    both = {name: values[:2] for name, values in data.items()}
    (alone,) = rows(both, matrix(joint[:2, :2]), stages=stages)
    assert left.se == pytest.approx(alone.se, rel=1e-12)
    (average,) = rows(data, matrix(joint), stages=stages, lonely_psu="average")
    assert average.se == pytest.approx((alone.se or 0) * 2**0.5, rel=1e-12)
    (adjusted,) = rows(data, matrix(joint), stages=stages, lonely_psu="adjust")
    z = np.array(data["y"]) / np.array(data["pi"])
    assert (adjusted.se or 0) ** 2 == pytest.approx((alone.se or 0) ** 2 + 0.7 * (z[2] - z.mean()) ** 2, rel=1e-12)


GOOD = np.array([[0.5, 0.15, 0.1], [0.15, 0.4, 0.12], [0.1, 0.12, 0.3]])
DATA = {"unit": ["a", "b", "c"], "pi": [0.5, 0.4, 0.3], "y": [5.0, 7.0, 2.0]}


def changed(*places: tuple[int, int], to: float) -> Floats:
    joint = GOOD.copy()
    for place in places:
        joint[place] = to
    return joint


@pytest.mark.parametrize(
    ("file", "code"),
    [
        (matrix(GOOD[:2, :2]), "joint_size"),
        (Table({f"c{k}": GOOD[1:, k] for k in range(3)}), "joint_size"),
        (Table({"a": ["0.5", "", "x"], "b": ["0", "0", "0"], "c": ["0", "0", "0"]}), "joint_not_numeric"),
        (matrix(changed((0, 1), to=0.2)), "joint_asymmetric"),
        (matrix(changed((0, 1), (1, 0), to=0.0)), "joint_zero"),
        (matrix(changed((0, 1), (1, 0), to=0.45)), "joint_impossible"),
        (matrix(changed((2, 2), to=0.35)), "joint_diagonal"),
        (Table({"id": ["a", "b", "d"], **{f"c{k}": GOOD[:, k] for k in range(3)}}), "joint_unit_missing"),
        (Table({"id": ["a", "b", "b"], **{f"c{k}": GOOD[:, k] for k in range(3)}}), "joint_label_twice"),
        (pairs(GOOD[:2, :2], ["a", "b"]), "joint_unit_missing"),
        (Table({"unit_id": ["a", "a"], "other_id": ["b", "c"], "joint_probability": [0.15, 0.1]}), "joint_incomplete"),
        (Table({"unit_id": ["a", "b"], "other_id": ["b", "a"], "joint_probability": [0.15, 0.15]}), "joint_pair_twice"),
        (Table({"unit_id": ["a"], "other_id": ["b"], "joint_probability": ["?"]}), "joint_not_numeric"),
    ],
)
def test_names_what_is_wrong_with_the_file(file: Table, code: str) -> None:
    assert refused(DATA, file) == [f"estimate.{code}"]


def test_a_file_that_nobody_handed_over_and_one_that_two_stages_would_share() -> None:
    assert refused(DATA, None) == ["estimate.file_not_given"]
    stages = [{"cluster": "unit", "probability": "pi"}, {"probability": "pi"}]
    assert refused(DATA, matrix(GOOD), stages=stages) == ["estimate.joint_several_stages"]
    assert refused(DATA, pairs(GOOD, list("abc")), stages=[{"probability": "pi"}]) == ["estimate.joint_without_cluster"]
