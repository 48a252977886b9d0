"""How surely the sample that was reached decides: the chance of each verdict against the true rate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sampling.size.curve import operating_curve

Row = Mapping[str, Any]
POINTS = 60
"""Steps between the rates at the ends of the curve."""
BEYOND = 3.0
"""How far the curve goes: to so many times the threshold, or as far below 100 % for a rate that has to be reached."""


@dataclass(frozen=True)
class Deciding:
    """The chances of the three verdicts at every true rate, and the effective size that they follow from."""

    rates: tuple[float, ...]
    passes: tuple[float, ...]
    fails: tuple[float, ...]
    undecided: tuple[float, ...]
    effective: float


def deciding(row: Row, interval: str) -> Deciding | None:
    """Compute the operating curve of one judged row of results; None where the row has no bound.

    Errors are binomial in the effective size of the verdict: the smaller one of that reached and of n by the planned
    design effect; the bounds are exact (Wilson's where the rule pack takes them), with the row's degrees of freedom.

    Parameters
    ----------
    row : a row of results.json
    interval : the rule pack's method of intervals
    """
    threshold = row["threshold"]
    if threshold is None or row["bound"] is None or not row["n_effective"] or not 0 < threshold["value"] < 1:
        return None
    effective = min(row["n_effective"], row["n"] / (threshold["planned_deff"] or 1.0))
    rates = _rates(threshold["value"], threshold["side"])
    curve = operating_curve(
        float(row["n"]),
        threshold["value"],
        rates,
        side=threshold["side"],
        method="wilson" if interval == "wilson" else "exact",
        deff=row["n"] / effective,
        df=row["df"],
        level=1.0 - threshold["alpha"],
    )
    return Deciding(
        rates,
        tuple(point.demonstrated for point in curve.points),
        tuple(point.failed for point in curve.points),
        tuple(point.undecided for point in curve.points),
        effective,
    )


def typical(rows: Sequence[Row]) -> Row | None:
    """Return the judged row of middle effective size, which stands for the others where one curve has to."""
    judged = [row for row in rows if row["bound"] is not None and row["n_effective"]]
    ordered = sorted(judged, key=lambda row: (row["n_effective"], tuple(row["domain"].values())))
    return ordered[(len(ordered) - 1) // 2] if ordered else None


def _rates(threshold: float, side: str) -> tuple[float, ...]:
    """Return rates from the good end to well beyond the threshold; rounded, so that their text is short."""
    room = threshold if side == "upper" else 1.0 - threshold
    far = min(BEYOND * room, 1.0)
    steps = [round(far * number / POINTS, 10) for number in range(POINTS + 1)]
    return tuple(steps) if side == "upper" else tuple(round(1.0 - step, 10) for step in reversed(steps))
