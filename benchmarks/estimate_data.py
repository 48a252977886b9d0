"""Make the sample that estimates are timed on: households in villages in counties, sixty indicators, seeds fixed.

The recipe, its seed and its figures are those of the file gen_data.py with which R survey, svy and samplics were first
timed (numpy's PCG64, seed 20260102): 300,000 households in 5 villages in each of 832 counties in 44 strata, which are
22 provinces twice. `x1` to `x40` are 0/1 with rates from 0.4 to 95 %, `x41` to `x60` amounts. The totals for raking are
the sample's own, each times a factor between 0.8 and 1.2.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Integers = NDArray[np.int64]

SAMPLE = "sample.parquet"
COLUMNS = "columns"
"""Folder of the columns that R reads: raw little-endian numbers, `<name>.f8` or `<name>.i4`."""
MARGINS = "margins.csv"
CELLS = ("province", "type", "size_class")
"""Columns that are raked to their totals."""
DESIGN = ("province", "stratum", "county", "village", "w", "N1", "M2", "K3", "type", "size_class")
RATES, AMOUNTS = 40, 20
INDICATORS = tuple(f"x{number + 1}" for number in range(RATES + AMOUNTS))
VILLAGES = 5
LEAST = 4
"""Counties that every stratum has at least."""


@dataclass(frozen=True)
class Size:
    """How large a sample is."""

    rows: int
    counties: int = 832
    strata: int = 44

    @property
    def name(self) -> str:
        """Name the folder of the sample."""
        return f"{self.rows}-{self.counties}"


def made(size: Size, folder: Path, *, for_peers: bool = True) -> Path:
    """Give the folder of a sample, which is made where it is not there; only R needs what is `for_peers`."""
    home = folder / size.name
    if not (home / SAMPLE).exists():
        home.mkdir(parents=True, exist_ok=True)
        table = sample(size)
        write_margins(home / MARGINS, table)
        if for_peers:
            write_columns(home / COLUMNS, table)
        draft = home / f"{SAMPLE}.part"
        pq.write_table(table, draft)
        draft.replace(home / SAMPLE)
    return home


def sample(size: Size, seed: int = 20260102) -> pa.Table:
    """Make the sample as a table; the rows of a village, and the villages of a county, stand together."""
    generator = np.random.default_rng(seed)
    codes = _design(generator, size)
    county, village = codes["county"], codes["village"]
    of_county = generator.normal(0, 1, (size.counties, RATES + AMOUNTS))
    of_village = generator.normal(0, 1, (size.counties * VILLAGES, RATES + AMOUNTS))
    rates = np.concatenate([[0.004, 0.008, 0.012, 0.02, 0.03], np.linspace(0.05, 0.95, RATES - 5)])
    table = pa.table(codes)
    for place, name in enumerate(INDICATORS):
        shift = 0.4 * of_county[county, place] + 0.5 * of_village[village, place]
        if place < RATES:
            odds = np.log(rates[place] / (1 - rates[place])) + shift
            values = (generator.random(size.rows) < 1 / (1 + np.exp(-odds))).astype(np.float64)
        else:
            values = np.round(np.exp(2 + 0.3 * shift + generator.normal(0, 0.6, size.rows)), 3)
        table = table.append_column(name, pa.array(values))
    return table


def _design(generator: np.random.Generator, size: Size) -> dict[str, Integers | Floats]:
    """Make the columns of the design: codes, weights, and how many units each stage was drawn from."""
    strata, counties, rows = size.strata, size.counties, size.rows
    sure = np.repeat(np.arange(strata), LEAST)
    stratum_of = np.sort(np.concatenate([sure, generator.integers(0, strata, counties - LEAST * strata)]))
    drawn = np.bincount(stratum_of, minlength=strata)
    there = (drawn * generator.uniform(1.5, 4, strata)).round().astype(int)
    county_of = np.repeat(np.arange(counties), VILLAGES)
    villages_there = generator.integers(20, 300, counties)
    villages = len(county_of)
    households = np.full(villages, rows // villages)
    households[: rows - households.sum()] += 1
    households_there = generator.integers(100, 900, villages)
    village = np.repeat(np.arange(villages), households)
    county = county_of[village]
    stratum = stratum_of[county]
    weights = (there[stratum] / drawn[stratum]) * (villages_there[county] / VILLAGES)
    weights = weights * (households_there[village] / households[village]) * generator.uniform(0.8, 1.25, rows)
    return {
        "province": stratum // 2,
        "stratum": stratum,
        "county": county,
        "village": village,
        "w": weights,
        "N1": there[stratum],
        "M2": villages_there[county],
        "K3": households_there[village],
        "type": generator.choice(3, rows, p=[0.55, 0.15, 0.30]),
        "size_class": generator.integers(0, 4, rows),
    }


def write_margins(path: Path, table: pa.Table, seed: int = 1) -> None:
    """Write the totals that the sample is raked to; each column's add up to the sum of the weights."""
    generator = np.random.default_rng(seed)
    weights = table.column("w").to_numpy()
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(("variable", "level", "total"))
        for name in CELLS:
            own = np.bincount(table.column(name).to_numpy(), weights)
            totals = own * generator.uniform(0.8, 1.2, len(own))
            totals *= weights.sum() / totals.sum()
            writer.writerows((name, level, repr(float(total))) for level, total in enumerate(totals))


def margins(folder: Path) -> dict[str, dict[str, float]]:
    """Read the totals that a sample is raked to, by column and level."""
    found: dict[str, dict[str, float]] = {name: {} for name in CELLS}
    with (folder / MARGINS).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            found[row["variable"]][row["level"]] = float(row["total"])
    return found


def write_columns(folder: Path, table: pa.Table) -> None:
    """Write the columns that R reads."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in table.column_names:
        values = table.column(name).to_numpy()
        kind = "f8" if values.dtype.kind == "f" else "i4"
        values.astype(f"<{kind}").tofile(folder / f"{name}.{kind}")
