"""Sixteen villages of twelve households in four strata, for tests and models."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from sampling.estimate import EstimateRow

Estimate = Callable[..., list[EstimateRow]]
DESIGN = {"stages": [{"cluster": "village", "strata": "stratum"}], "weights": "w", "nested": True}
UNITS = 16


def sample(seed: int = 1) -> dict[str, Any]:
    """Make 16 villages of 12 households in 4 strata."""
    generator = np.random.default_rng(seed)
    n = UNITS * 12
    village = np.repeat(np.arange(UNITS), 12)
    kind = generator.integers(0, 3, n)
    lift = generator.normal(size=UNITS)[village]
    income = 10 + lift + 0.5 * kind + generator.normal(size=n)
    return {
        "stratum": village // 4,
        "village": village,
        "w": generator.uniform(1, 9, n).round(3),
        "income": income,
        "persons": generator.integers(1, 7, n),
        "kind": [("a", "b", "c")[code] for code in kind],
        "group": [("north", "south")[code] for code in generator.integers(0, 2, n)],
        "poor": (income < 10).astype(np.int64),
    }


def glm(formula: str, **more: Any) -> dict[str, Any]:
    return {"id": "a", "statistic": "glm", "formula": formula, **more}


STATEMENTS: list[dict[str, Any]] = [
    glm("poor ~ kind * persons", family="binomial"),
    glm("income ~ group + persons", by=["kind"]),
    {"id": "a", "statistic": "ttest", "variables": ["income", "group"]},
    {"id": "a", "statistic": "ranktest", "variables": ["income", "kind"]},
    {"id": "a", "statistic": "chisq", "variables": ["kind", "group"]},
    {"id": "a", "statistic": "chisq", "variables": ["kind", "group"], "test": "adjWald"},
]
