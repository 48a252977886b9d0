"""The closing comparison: the simulation's true rates (模拟真值) beside estimates, intervals and verdicts.

The hidden state is read here for the first time after the register was made; no step before knew it.
"""

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from evalsvc.demonstration.register import CLASSES, ELIGIBLE, ORDINARY, Flags, Register, Truth
from evalsvc.demonstration.scenario import JUDGED
from evalsvc.planning.indicators import COMPOSITE, INDICATORS, in_county

TRUTH_FOLDER, RATES_FILE = "truth", "模拟真值.csv"


@dataclass(frozen=True)
class Compared:
    """One figure of one county: what is true in the simulation, and what the report says."""

    indicator: str
    name: str
    county: str
    true: float
    estimate: float | None
    low: float | None
    high: float | None
    verdict: str | None

    @property
    def covered(self) -> bool | None:
        """Tell whether the interval holds the true rate; None where there is no interval."""
        if self.low is None or self.high is None:
            return None
        return self.low <= self.true <= self.high


def true_rates(register: Register, truth: Truth, county_code: str) -> dict[str, float]:
    """Return the true rate of every indicator in one county, over its eligible households."""
    codes = np.array([place.county_code for place in register.villages])
    inside = (codes == county_code)[register.village] & (truth.ineligible == ELIGIBLE)
    persons, registered = register.persons, register.registered
    asked = inside & (register.household_class != CLASSES.index(ORDINARY))
    wrong_exit = _share(truth.wrong_exit, inside & registered, persons)
    misidentified = truth.wrong_entry | truth.missed
    first = int(np.flatnonzero(codes == county_code)[0])
    remaining = int(register.remaining_poor[first])
    poor = remaining + int(persons[inside & (truth.wrong_exit | truth.missed)].sum())
    return {
        "wrong_exit_rate": wrong_exit,
        "exit_accuracy": 1.0 - wrong_exit,
        "missed_rate": _share(truth.missed, inside & ~registered, persons),
        "identification_accuracy": 1.0 - _share(misidentified, inside, persons),
        "satisfaction": float((truth.satisfied_team & truth.satisfied_helper)[asked].mean()),
        "recognition": float(truth.recognises[inside].mean()),
        COMPOSITE: poor / (remaining + int(persons[inside].sum())),
    }


def _share(flag: Flags, inside: Flags, persons: np.ndarray[Any, np.dtype[np.int64]]) -> float:
    return float(persons[inside & flag].sum() / persons[inside].sum())


def compare(register: Register, truth: Truth, results: bytes) -> list[Compared]:
    """Put the true rates beside the rows of results.json, indicator by indicator, county by county."""
    rows = json.loads(results)["estimates"]
    rates = {one.county_code: true_rates(register, truth, one.county_code) for one in JUDGED}
    return [
        _compared(
            each.id, each.chinese, one.county, rates[one.county_code][each.id], _row(rows, each.id, one.county_code)
        )
        for each in INDICATORS
        for one in JUDGED
    ]


def _row(rows: Iterable[Mapping[str, Any]], indicator: str, county_code: str) -> Mapping[str, Any]:
    """Find the row of an indicator and a county; the composite rate has a statement of its own for each county."""
    wanted = {indicator, in_county(indicator, county_code)}
    return next(row for row in rows if row["id"] in wanted and list(row["domain"].values()) == [county_code])


def _compared(indicator: str, name: str, county: str, true: float, row: Mapping[str, Any]) -> Compared:
    return Compared(indicator, name, county, true, row["estimate"], row["low"], row["high"], row["verdict"])


def write_truth(compared: Iterable[Compared], out: Path) -> Path:
    """Write the comparison to OUT/truth, the only place where a true rate stands."""
    folder = out / TRUTH_FOLDER
    folder.mkdir()
    path = folder / RATES_FILE
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("指标", "县", "模拟真值", "估计值", "区间下限", "区间上限", "结论", "区间含真值"))
        for each in compared:
            covered = {True: "是", False: "否", None: ""}[each.covered]
            figures = (each.true, each.estimate, each.low, each.high)
            writer.writerow((each.name, each.county, *figures, each.verdict or "", covered))
    return path
