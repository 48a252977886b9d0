"""The order of the rows changes no figure, or the row says that it does: tied values of unlike weights, as in R."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pytest

from sampling.estimate import EstimateRow

Estimate = Callable[..., list[EstimateRow]]
FLAG = "depends_on_row_order"
RULES = ("math", "school", "shahvaish", "shahvaish-scaled", *(f"hf{number}" for number in range(1, 10)))
DESIGN = {"stages": [{"cluster": "village"}], "weights": "w"}


def table(*, even: bool) -> dict[str, Any]:
    """Make ties between rows of unlike weights, or of one weight for each value."""
    random = np.random.default_rng(4)
    x = random.integers(0, 12, 90).astype(float)
    return {
        "village": random.integers(0, 15, 90),
        "w": 1.0 + x % 3 if even else random.uniform(1.0, 9.0, 90),
        "x": x,
        "g": random.choice(["a", "b", "c"], 90),
    }


def turned(data: Mapping[str, Any]) -> dict[str, Any]:
    order = np.random.default_rng(8).permutation(len(data["w"]))
    return {name: values[order] for name, values in data.items()}


def figures(row: EstimateRow) -> list[float]:
    return [value for value in (row.estimate, row.se, row.low, row.high, row.statistic) if value is not None]


STATEMENTS = [{"statistic": "quantile", "variables": ["x"], "p": [0.13, 0.5, 0.9], "rule": rule} for rule in RULES] + [
    {"statistic": "ranktest", "variables": ["x", "g"], "test": test}
    for test in ("wilcoxon", "vanderWaerden", "median", "KruskalWallis")
]


@pytest.mark.parametrize("even", [True, False])
@pytest.mark.parametrize("statement", STATEMENTS, ids=lambda each: each.get("rule", each.get("test")))
def test_figures_that_hang_on_the_order_of_rows_say_so(
    estimate: Estimate, statement: dict[str, Any], even: bool
) -> None:
    data = table(even=even)
    asked = {"id": "a", **statement}
    for one, other in zip(
        estimate(data, asked, design=DESIGN), estimate(turned(data), asked, design=DESIGN), strict=True
    ):
        same = figures(one) == pytest.approx(figures(other), rel=1e-9)
        assert figures(one)
        assert (FLAG in one.flags) == (FLAG in other.flags)
        assert same or FLAG in one.flags
        assert FLAG not in one.flags or not even
