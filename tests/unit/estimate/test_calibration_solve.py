"""Calibration finds weights within bounds exactly where linear programming says that there are some."""

from __future__ import annotations

from typing import cast

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy.optimize import linprog

from sampling.estimate.weights.adjustment import CalibrationMethod
from sampling.estimate.weights.calibration_solve import misfit, newton, proportional
from sampling.estimate.weights.distance import distance

Floats = NDArray[np.float64]
METHODS = ("linear", "raking", "logit")


def _problem(seed: int) -> tuple[Floats, Floats, Floats, tuple[float, float]]:
    """Invent amounts of any size and groups of any rarity, totals near the sample's, and bounds."""
    random = np.random.default_rng(seed)
    rows, variables = int(random.integers(20, 300)), int(random.integers(1, 7))
    columns = [np.ones(rows)]
    for _ in range(variables):
        if random.random() < 0.5:
            columns.append(random.gamma(2, 1, rows) * 10.0 ** random.integers(-2, 4))
        else:
            columns.append((random.random(rows) < random.uniform(0.05, 0.9)).astype(np.float64))
    x, weight = np.column_stack(columns), random.gamma(3, 3, rows)
    wanted = (x * weight[:, None]).sum(axis=0) * random.uniform(0.8, 1.25, variables + 1)
    return x, weight, wanted, (float(random.uniform(0, 0.9)), float(random.uniform(1.1, 3)))


@pytest.mark.parametrize("seed", [34, *range(40)])
def test_finds_weights_where_there_are_some(seed: int) -> None:
    x, weight, wanted, bounds = _problem(seed)
    moment = x * weight[:, None]
    left, right = (moment / wanted).T, np.ones(wanted.size)
    there = linprog(np.zeros(weight.size), A_eq=left, b_eq=right, bounds=[bounds] * weight.size).status == 0
    for method in METHODS:
        solved = newton(x, weight, wanted, distance(cast("CalibrationMethod", method), bounds))
        reached = misfit(solved.reached, wanted, moment.sum(axis=0)).max() <= 1e-7
        assert reached == there, method
        assert solved.g.min() >= bounds[0] - 1e-12
        assert solved.g.max() <= bounds[1] + 1e-12


BOUNDS = [(0.5, 2.0), (0.0, 3.0), (-np.inf, 1.5), (-np.inf, np.inf)]
RULES = [(method, bounds) for method in METHODS for bounds in BOUNDS if method != "logit" or np.isfinite(bounds).all()]


@pytest.mark.parametrize(("method", "bounds"), RULES)
def test_slope_and_integral_belong_to_the_distance(method: str, bounds: tuple[float, float]) -> None:
    rule = distance(cast("CalibrationMethod", method), bounds)
    u = np.linspace(-1.5, 1.5, 61) + 0.003
    step = 1e-6
    assert rule.g(np.zeros(1)) == pytest.approx(1.0)
    assert (rule.integral(u + step) - rule.integral(u - step)) / (2 * step) == pytest.approx(rule.g(u), abs=1e-6)
    assert (rule.g(u + step) - rule.g(u - step)) / (2 * step) == pytest.approx(rule.slope(u), abs=1e-5)


def test_proportional_fitting_meets_every_margin() -> None:
    random = np.random.default_rng(1)
    weight = random.gamma(2, 5, 60)
    codes = [np.arange(60) // 20, np.arange(60) % 5, (np.arange(60) // 5) % 4]
    wanted = [random.dirichlet(np.full(size, 8.0)) * 1000 for size in (3, 5, 4)]
    fitted = proportional(weight, codes, wanted)
    assert fitted.solved.reached == pytest.approx(np.concatenate(wanted), rel=1e-11)
    assert fitted.turns == pytest.approx(np.ones((60, 3)), rel=1e-9)
