"""Cases whose plan stands beside R's call, because our scripts made them with Debian's survey 4.1.1."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from sampling.estimate import EstimateRow

from .compare import Pair
from .designs import listed
from .running import FOLDER

FIELDS = {"estimate": "estimate", "se": "se", "deff": "deff", "lower": "low", "upper": "high", "df": "df"}
WITHOUT_PEERS = "estimate.lonely_psu_without_peers"


def read_sets(*names: str) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """Give designs and cases of some files."""
    read = [json.loads((FOLDER / name).read_text(encoding="utf-8")) for name in names]
    designs = {name: design for oracle in read for name, design in oracle["designs"].items()}
    return designs, [case for oracle in read for case in oracle["cases"]]


def tolerance(call: str) -> float:
    """Give what R itself is exact to."""
    # R interpolates the likelihood's profile with a spline, and fits the logit's intercept by iteration.
    return 1e-5 if "likelihood" in call else 1e-7 if "logit" in call else 1e-9


def pairs_made_here(case: Mapping[str, Any], rows: list[EstimateRow]) -> Iterator[Pair]:
    """Give every figure that R states for a case beside ours."""
    expected, call = case["expected"], case["r_call"]
    for field, name in FIELDS.items():
        # R counts the degrees of freedom of the whole design, here the domain's are taken.
        if field not in expected or (field == "df" and any(word in call for word in ("subset", "svyby", "na.rm"))):
            continue
        values = listed(expected[field]) * (len(rows) if field == "df" else 1)
        for row, value in zip(rows, values, strict=True):
            if row.reason == WITHOUT_PEERS and listed(expected["se"])[rows.index(row)] in ("NaN", "NA"):
                continue
            yield Pair(name, getattr(row, name), value, row.reason, row.se)
