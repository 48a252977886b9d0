"""The operating curve of an estimate: exact chances, by hand for a size at which they can be counted."""

import pytest
from scipy.stats import binom

from evalsvc.editions.deciding import deciding, typical
from evalsvc.editions.outlines import convex_outline

THRESHOLD = {"value": 0.02, "side": "upper", "alpha": 0.05, "planned_deff": 2.0}


def row(**changed):
    base = {"n": 600, "n_effective": 320.0, "df": None, "bound": 0.019, "threshold": THRESHOLD, "domain": {"c": "1"}}
    return base | changed


def test_the_chance_to_pass_is_that_of_few_enough_errors():
    found = deciding(row(), "korn-graubard")
    assert found.effective == 300.0
    # 300 households: with one error the one-sided 95 % bound is 1.57 %, with two 2.08 %: at most one passes.
    for rate, passes in zip(found.rates, found.passes, strict=True):
        assert passes == pytest.approx(binom.cdf(1, 300, rate), abs=1e-9)
    assert all(
        passes + fails + open_ == pytest.approx(1)
        for passes, fails, open_ in zip(found.passes, found.fails, found.undecided, strict=True)
    )


def test_a_rate_that_has_to_be_reached_is_told_from_its_other_end():
    side = {"value": 0.9, "side": "lower", "alpha": 0.05, "planned_deff": 1.5}
    found = deciding(row(threshold=side, df=12.0), "korn-graubard")
    assert (found.rates[0], found.rates[-1]) == (pytest.approx(0.7), 1.0)
    assert found.passes[-1] == pytest.approx(1.0)
    assert found.fails[0] > 0.99 > found.fails[-1]


def test_a_row_without_bound_has_no_curve_and_the_middle_one_is_typical():
    assert deciding(row(bound=None), "beta") is None
    assert deciding(row(threshold=None), "beta") is None
    rows = [row(n_effective=float(size), domain={"c": str(size)}) for size in (50, 10, 30)]
    assert typical([*rows, row(bound=None)])["n_effective"] == 30
    assert typical([]) is None


def test_the_outline_holds_every_point_and_no_corner_inside():
    square = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
    assert convex_outline([*square, (1.0, 1.0), (1.0, 0.0), (2.0, 2.0)]) == square
    assert convex_outline([(0.0, 0.0), (1.0, 1.0)]) == ()
