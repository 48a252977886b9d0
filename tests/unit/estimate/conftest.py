"""Run plans over small tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pytest

from sampling.estimate import EstimateRow, load_plan, run_plan

Estimate = Callable[..., list[EstimateRow]]
Refuse = Callable[..., list[tuple[str, str]]]


@pytest.fixture(scope="session")
def estimate() -> Estimate:
    """Run statements over a table; without a design the rows are a sample with replacement, weighted by column w."""

    def rows(
        table: Mapping[str, Any], *statements: Mapping[str, Any], design: Mapping[str, Any] | None = None
    ) -> list[EstimateRow]:
        used = {"stages": [{}], "weights": "w"} if design is None else design
        reading = load_plan({"version": 1, "design": used, "estimates": statements})
        assert reading.plan is not None, reading.complaints
        return list(run_plan(reading.plan, table).rows)

    return rows


@pytest.fixture(scope="session")
def refuse() -> Refuse:
    """Give codes and places of the complaints against one statement or design."""

    def complaints(*statements: Mapping[str, Any], **design: Any) -> list[tuple[str, str]]:
        used: Sequence[Mapping[str, Any]] = statements or [{"id": "a", "statistic": "mean", "variables": ["x"]}]
        stated = {"stages": [{}], "weights": "w", **design}
        reading = load_plan({"version": 1, "design": stated, "estimates": used})
        return [(each.code, str(each.details.get("place"))) for each in reading.complaints]

    return complaints
