"""Hold estimates as rows and write them as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Literal

Verdict = Literal["达标", "不达标", "不能判定"]
Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True)
class ThresholdRow:
    """Repeat the threshold that a row was judged by."""

    value: float
    side: str
    alpha: float
    planned_deff: float | None


@dataclass(frozen=True)
class EstimateRow:
    """Hold one estimate: figures are None where they do not exist, and `reason` then says why, as a code.

    Attributes
    ----------
    n : rows (units) behind the estimate
    n_effective : effective count behind a rate's interval, before the t-adjustment; else n / deff
    bound : one-sided limit that the verdict compares with the threshold
    flags : codes of remarks, in a fixed order
    df_numerator : of a test with an F; `df` are then those of its denominator
    """

    id: str
    variable: str | None = None
    level: str | None = None
    domain: Mapping[str, str] = field(default_factory=dict)
    p: float | None = None
    estimate: float | None = None
    se: float | None = None
    low: float | None = None
    high: float | None = None
    df: float | None = None
    n: int | None = None
    n_effective: float | None = None
    deff: float | None = None
    statistic: float | None = None
    p_value: float | None = None
    threshold: ThresholdRow | None = None
    bound: float | None = None
    verdict: Verdict | None = None
    flags: tuple[str, ...] = ()
    reason: str | None = None
    df_numerator: float | None = None

    @property
    def cv(self) -> float | None:
        """Give the coefficient of variation se / |estimate|, None where either is missing or the estimate is 0."""
        if self.se is None or not self.estimate:
            return None
        return self.se / abs(self.estimate)

    def as_json(self) -> dict[str, Json]:
        """Give the row as JSON values, keys in the order of the format."""
        row: dict[str, Json] = {item.name: getattr(self, item.name) for item in fields(self)}
        row["domain"] = dict(self.domain)
        row["flags"] = list(self.flags)
        if self.df_numerator is None:
            del row["df_numerator"]  # a key that only tests with an F have
        if self.threshold is not None:
            row["threshold"] = {item.name: getattr(self.threshold, item.name) for item in fields(self.threshold)}
        return row


@dataclass(frozen=True)
class VerdictFamily:
    """Hold the verdicts of one statement together.

    Attributes
    ----------
    verdicts : rows with bounds; the three that follow are how many of them were judged in which way
    expected_wrong : how many of them are expected to be wrong at most; None under Holm's adjustment
    any_wrong : chance at most that some of them passes wrongly (and likewise that some fails wrongly)
    asked : whether the plan asked for the family, so that results.json holds it
    """

    id: str
    verdicts: int
    passed: int
    failed: int
    undecided: int
    alpha: float
    adjust: str
    expected_wrong: float | None
    any_wrong: float
    asked: bool

    def as_json(self) -> dict[str, Json]:
        """Give the family as JSON values."""
        return {item.name: getattr(self, item.name) for item in fields(self) if item.name != "asked"}


@dataclass(frozen=True)
class Results:
    """Hold all rows in the order of the statements, variables, levels, domains, and the verdicts by statement."""

    rows: tuple[EstimateRow, ...]
    families: tuple[VerdictFamily, ...] = ()

    def as_json(self) -> dict[str, Json]:
        """Give `{"version": 1, "estimates": [row, ...]}`, and `families` where the plan asked for any."""
        values: dict[str, Json] = {"version": 1, "estimates": [row.as_json() for row in self.rows]}
        asked: list[Json] = [family.as_json() for family in self.families if family.asked]
        return {**values, "families": asked} if asked else values

    def to_json(self) -> str:
        """Write the results file's text; NaN and infinities cannot occur in it."""
        return json.dumps(self.as_json(), ensure_ascii=False, indent=1, allow_nan=False) + "\n"
