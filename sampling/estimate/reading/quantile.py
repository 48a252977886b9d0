"""Read the keys that quantiles have of their own: `p` and `rule`."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from sampling.estimate.quantile_rule import QUANTILE_RULES, QuantileRule
from sampling.estimate.reading.reader import Reader
from sampling.estimate.statement import Statistic


@dataclass(frozen=True)
class QuantileKeys:
    """Hold the keys that only quantiles have."""

    probabilities: tuple[float, ...] = ()
    rule: QuantileRule = "math"


def read_quantile(keys: Reader, statistic: Statistic) -> QuantileKeys:
    """Read them; where they do not belong they are refused."""
    if statistic != "quantile":
        for name in ("p", "rule"):
            if keys.take(name) is not None:
                keys.complain("plan.key_not_for", name, other=statistic, name=name)
        return QuantileKeys()
    if keys.values.get("p") in (None, []):
        keys.complain("plan.missing_key", "p")
    shares = keys.numbers("p", above=0.0, below=1.0)
    return QuantileKeys(shares, cast("QuantileRule", keys.choice("rule", QUANTILE_RULES, "math")))
