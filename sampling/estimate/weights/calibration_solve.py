"""Find the g that meet known totals: Newton's method for any distance, proportional fitting for margins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from sampling.estimate.table import FloatArray, IntArray, sums
from sampling.estimate.weights.distance import Distance

CLOSE = 1e-13  # relative misfit at which no more is gained
MOST_STEPS = 200
MOST_SWEEPS = 300
HALVINGS = 30
LOT = 15  # steps after which it is asked whether they led anywhere
STANDING = 0.98  # share of the gap that is left when they did not
SETTLED = 1e-13  # share of the dual that a step has to lead down
DEPENDENT = 1e-12  # share of the largest singular value below which totals repeat each other
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
    """Hold a place on the way: its multipliers, the distance's slope there, what is reached, and how good that is.

    `dual` is what the multipliers minimise (Deville, Sarndal 1992, section 2), `gap` its gradient's size.
    """

    multipliers: FloatArray
    slope: FloatArray
    solved: Solved
    dual: float
    gap: float

    def better_than(self, other: _Point) -> bool:
        """Tell whether a step leads on: nearer to the totals, or at least down the dual."""
        return self.gap < other.gap or self.dual < other.dual - SETTLED * abs(other.dual)


def newton(x: FloatArray, weight: FloatArray, wanted: FloatArray, rule: Distance) -> Solved:
    """Solve sum_i weight_i F(x_i' lambda) x_i = wanted (Deville, Sarndal 1992, formula 2.3) by damped Newton steps.

    Where no g meets the totals, the nearest that was found is given: the caller looks at what is reached.

    Parameters
    ----------
    x : (n, p) ; weight : (n,) ; wanted : (p,) known totals
    """
    scale = np.maximum(np.abs(x).max(axis=0, initial=0.0), TINY)
    x = x / scale
    moment, target = x * weight[:, None], wanted / scale
    weigh = 1.0 / np.maximum(np.maximum(np.abs(target), np.abs(moment).sum(axis=0)), TINY)

    def at(multipliers: FloatArray) -> _Point:
        pull = x @ multipliers
        g = rule.g(pull)
        reached = g @ moment
        gap = float(np.linalg.norm((reached - target) * weigh))
        with np.errstate(over="ignore", invalid="ignore"):
            dual = float(weight @ rule.integral(pull) - target @ multipliers)
        solved = Solved(g, reached * scale)
        return _Point(multipliers, rule.slope(pull), solved, dual, gap if np.isfinite(gap) else np.inf)

    point = before = at(np.zeros(x.shape[1]))
    for step in range(MOST_STEPS):
        if point.gap <= CLOSE:
            break
        if step and step % LOT == 0:
            if point.gap > STANDING * before.gap:
                break
            before = point
        missing = target - point.solved.reached / scale
        better = _stepped(at, point, _directions(x, moment, point, missing))
        if better is None:
            break
        point = better
    return point.solved


def _directions(x: FloatArray, moment: FloatArray, point: _Point, missing: FloatArray) -> Iterator[FloatArray]:
    """Give Newton's step, and the steepest one for where all weights that could help are at their bounds."""
    jacobian = (moment * point.slope[:, None]).T @ x
    yield np.asarray(np.linalg.lstsq(jacobian, missing, rcond=DEPENDENT)[0], dtype=np.float64)
    yield missing / max(float(np.abs(moment).sum()), TINY)


def _stepped(at: Callable[[FloatArray], _Point], point: _Point, directions: Iterable[FloatArray]) -> _Point | None:
    """Go a step, or the half, quarter.. of it where the whole leads nowhere better."""
    for direction in directions:
        for halving in range(HALVINGS):
            tried = at(point.multipliers + direction * 0.5**halving)
            if tried.better_than(point):
                return tried
    return None


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
