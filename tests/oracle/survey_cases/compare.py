"""Hold the rows of a plan against what R survey says of the same case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sampling.estimate import EstimateRow

from .designs import listed
from .fitted import figures_of_model, figures_of_test


@dataclass(frozen=True)
class Pair:
    """Hold one figure of ours beside R's; ours is None where we give none, with the row's reason."""

    what: str
    ours: float | None
    theirs: float
    reason: str | None
    se: float | None

    @property
    def without_width(self) -> bool:
        """Tell of a limit around an exact estimate: R writes an interval without width, we a reason."""
        return self.what in ("low", "high") and self.se == 0

    def difference(self) -> float:
        """Give |ours - theirs| / |theirs|, absolute where theirs is next to 0; infinite without ours."""
        if self.ours is None:
            return float("inf")
        gap = abs(self.ours - self.theirs)
        return gap / abs(self.theirs) if abs(self.theirs) > 1e-10 else gap


def pairs(case: Mapping[str, Any], rows: list[EstimateRow]) -> Iterator[Pair]:
    """Give every figure that R states for a case beside ours."""
    expected = case["expected"]
    if case["extractor"] == "number":
        yield from (Pair("df", row.df, expected["value"], row.reason, None) for row in rows)
        return
    if case["extractor"] == "htest":
        (row,) = rows
        for what, ours, theirs in figures_of_test(expected, row):
            yield Pair(what, ours, theirs, row.reason, row.se)
        return
    if case["extractor"] == "glm":
        for what, row, ours, theirs in figures_of_model(expected, rows):
            yield Pair(what, ours, theirs, row.reason, row.se)
        return
    limits = expected.get("ci_t", expected)
    wanted = {
        "estimate": expected["estimate"],
        "se": expected.get("se"),
        "deff": expected.get("deff"),
        "low": limits.get("lower"),
        "high": limits.get("upper"),
    }
    order = _order(case, rows)
    if len(rows) != len(listed(expected["estimate"])):
        raise ValueError(f"{len(rows)} rows for {case['r_call']}")
    for name, values in wanted.items():
        if values is None:
            continue
        for row, place in zip(rows, order, strict=True):
            yield Pair(name, getattr(row, name), listed(values)[place], row.reason, row.se)


def _order(case: Mapping[str, Any], rows: list[EstimateRow]) -> list[int]:
    by = case["estimator"].get("by", [])
    if len(by) < 2:
        return list(range(len(rows)))
    names = case["expected"]["names"]
    return [names.index(".".join(row.domain[column] for column in by)) for row in rows]
