"""Find the g that meet known totals: Newton's method for any distance, proportional fitting for margins."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampling.estimate.distance import Distance
from sampling.estimate.table import FloatArray, IntArray, sums

CLOSE = 1e-13  # relative misfit at which no more is gained
MOST_STEPS = 200
MOST_SWEEPS = 300
HALVINGS = 40
TINY = 1e-300  # instead of 0 below a fraction


@dataclass(frozen=True)
class Solved:
    """Hold g and the totals that it reaches."""

    g: FloatArray
    reached: FloatArray


def misfit(reached: FloatArray, wanted: FloatArray, size: FloatArray) -> FloatArray:
    """Give each total's distance from its target, relative to the target or, if larger, to its size in the sample."""
    return np.asarray(np.abs(reached - wanted) / np.maximum(np.maximum(np.abs(wanted), size), TINY))


@dataclass(frozen=True)
class _Point:
    multipliers: FloatArray
    slope: FloatArray
    solved: Solved
    gap: float


def newton(x: FloatArray, moment: FloatArray, wanted: FloatArray, rule: Distance) -> Solved:
    """Solve sum_i F(x_i' lambda) moment_i = wanted (Deville, Sarndal 1992, formula 2.3) by damped Newton steps.

    Where no g meets the totals, the nearest that was found is given: the caller looks at what is reached.

    Parameters
    ----------
    x : (n, p) what pulls at the weights; moment : (n, p) weighted x, which the totals sum
    wanted : (p,) known totals
    """
    x = x / np.maximum(np.abs(x).max(axis=0, initial=0.0), TINY)
    weigh = 1.0 / np.maximum(np.maximum(np.abs(wanted), np.abs(moment).sum(axis=0)), TINY)

    def at(multipliers: FloatArray) -> _Point:
        pull = x @ multipliers
        g = rule.g(pull)
        reached = g @ moment
        gap = float(np.linalg.norm((reached - wanted) * weigh))
        return _Point(multipliers, rule.slope(pull), Solved(g, reached), gap if np.isfinite(gap) else np.inf)

    point = at(np.zeros(x.shape[1]))
    for _ in range(MOST_STEPS):
        if point.gap <= CLOSE:
            break
        jacobian = (moment * point.slope[:, None]).T @ x
        missing = (wanted - point.solved.reached) * weigh
        step = np.linalg.lstsq(jacobian * weigh[:, None], missing, rcond=1e-12)[0]
        tried = (at(point.multipliers + step * 0.5**halving) for halving in range(HALVINGS))
        better = next((each for each in tried if each.gap < point.gap), None)
        if better is None:
            break
        point = better
    return point.solved


@dataclass(frozen=True)
class Fitted:
    """Hold cells fitted to margins: g, the totals reached, and what each margin's last turn left of the final weights.

    `turns` (cells, columns) are the weights after the last turn of each column, divided by the final ones.
    """

    solved: Solved
    turns: FloatArray


def proportional(
    weight: FloatArray, codes: Sequence[IntArray], wanted: Sequence[FloatArray], epsilon: float | None = None
) -> Fitted:
    """Fit cells to the margins of several columns in turn: iterative proportional fitting (Deming, Stephan 1940).

    Parameters
    ----------
    weight : (cells,) summed weights; codes : for each column (cells,) the level; wanted : for each column the counts
    epsilon : stop when no cell changes by as much in a round; None goes on until nothing changes
    """
    fitted = weight.astype(np.float64)
    turns = [fitted] * len(codes)
    for _ in range(MOST_SWEEPS):
        before = fitted
        for turn, (code, counts) in enumerate(zip(codes, wanted, strict=True)):
            have = sums(code, fitted, counts.size)
            fitted = fitted * np.divide(counts, have, out=np.zeros_like(have), where=have != 0)[code]
            turns[turn] = fitted
        change = np.abs(fitted - before)
        enough = CLOSE * np.abs(fitted) if epsilon is None else epsilon
        if len(codes) == 1 or bool((change <= enough).all()):
            break
    reached = np.concatenate([sums(code, fitted, counts.size) for code, counts in zip(codes, wanted, strict=True)])
    solved = Solved(np.divide(fitted, weight, out=np.ones_like(fitted), where=weight != 0), reached)
    left = [np.divide(each, fitted, out=np.ones_like(fitted), where=fitted != 0) for each in turns]
    return Fitted(solved, np.column_stack(left))
