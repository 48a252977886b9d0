"""Make the frames that draws are timed on: PCG64 with fixed seeds, text codes as in a frame, written piece by piece."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from sampling.frame_arrow import ROW_GROUP_ROWS, frame_schema
from sampling.levels import Column, Level

Integers = NDArray[np.int64]
COUNTRY, VILLAGES_FILE, HOUSEHOLDS = "country.parquet", "villages.parquet", "households.parquet"
"""Files in the scratch folder."""
CLASSES = ("脱贫户", "监测户", "一般农户")
NATIONAL = (
    Level("county", "county_code", (Column("province", "text"),)),
    Level("village", "village_code"),
    Level("household", "household_id", (Column("household_class", "text"),)),
)
LISTED_VILLAGES = (Level("village", "village_code", (Column("stratum", "text"), Column("households", "integer"))),)
LISTED_HOUSEHOLDS = (Level("village", "village_code"), Level("household", "household_id"))


@dataclass(frozen=True)
class Size:
    """How large a country is: provinces, counties in each, villages in each county, households in all."""

    households: int
    provinces: int = 31
    counties: int = 92
    villages: int = 210


@dataclass(frozen=True)
class Country:
    """Hold the villages of a country: their codes, the place of each one's county, and how many households it has."""

    counties: pa.Array
    provinces: pa.Array
    villages: pa.Array
    county_of: Integers
    households: Integers


def country(size: Size, seed: int = 20260105) -> Country:
    """Spread exactly so many households over the villages, at least eleven in each."""
    generator = np.random.default_rng(seed)
    count, least = size.provinces * size.counties * size.villages, 11
    spread = generator.multinomial(size.households - least * count, generator.dirichlet(np.full(count, 8.0)))
    province = np.repeat(np.arange(size.provinces), size.counties)
    counties = [
        f"{11 + p:02d}{c // 46 + 1:02d}{c % 46 + 21:02d}" for p in range(size.provinces) for c in range(size.counties)
    ]
    villages = [f"{county}{v // 15 + 100:03d}{v % 15 + 200:03d}" for county in counties for v in range(size.villages)]
    return Country(
        pa.array(counties),
        pa.array([f"{11 + place:02d}省" for place in province]),
        pa.array(villages),
        np.repeat(np.arange(len(counties)), size.villages),
        least + spread,
    )


def write_country(path: Path, made: Country) -> None:
    """Write the household frame of a country, in the form and order of an import."""
    _write(path, NATIONAL, country_rows(made), int(made.households.sum()))


def country_rows(made: Country, seed: int = 20260106) -> Iterator[pa.Table]:
    """Give the households of one county after the other."""
    generator = np.random.default_rng(seed)
    bounds = np.searchsorted(made.county_of, np.arange(len(made.counties) + 1))
    for first, last in pairwise(bounds.tolist()):
        village, codes = _households(made.villages, made.households, first, last)
        county = made.county_of[village]
        classes = generator.choice(len(CLASSES), len(village), p=(0.2, 0.05, 0.75))
        yield pa.table(
            {
                "county_code": made.counties.take(pa.array(county)),
                "province": made.provinces.take(pa.array(county)),
                "village_code": made.villages.take(pa.array(village)),
                "household_id": codes,
                "household_class": pa.array(CLASSES).take(pa.array(classes)),
            }
        )


def _households(villages: pa.Array, sizes: Integers, first: int, last: int) -> tuple[Integers, pa.Array]:
    """Give each household's village, and its code: the village's and four digits."""
    counts = sizes[first:last]
    village = np.repeat(np.arange(first, last), counts)
    number = np.arange(len(village)) - np.repeat(np.cumsum(counts) - counts, counts)
    digits = pc.utf8_slice_codeunits(pc.cast(pa.array(number + 10_000), pa.string()), 1)
    return village, pc.binary_join_element_wise(villages.take(pa.array(village)), digits, "")


def villages_table(count: int = 600_000, strata: int = 44, seed: int = 20260103) -> pa.Table:
    """Make a frame of villages in strata with a size."""
    generator = np.random.default_rng(seed)
    stratum = np.sort(generator.integers(0, strata, count))
    sizes = np.round(np.exp(generator.normal(5.5, 0.7, count))).astype(np.int64) + 1
    codes = [f"{11 + stratum[place]:02d}{place:010d}" for place in range(count)]
    names = pa.array([f"S{number:02d}" for number in range(strata)])
    columns = {"village_code": pa.array(codes), "stratum": names.take(pa.array(stratum)), "households": sizes}
    return pa.table(columns, schema=frame_schema(LISTED_VILLAGES))


def write_villages(path: Path, count: int, seed: int = 20260104) -> Integers:
    """Write a frame of villages with 200 households each on average, at least 100; give the villages' sizes."""
    generator = np.random.default_rng(seed)
    sizes = 100 + generator.multinomial(100 * count, np.full(count, 1 / count))
    codes = pa.array([f"{110000000000 + place:012d}" for place in range(count)])
    _write(path, LISTED_HOUSEHOLDS, _village_rows(codes, sizes), int(sizes.sum()))
    return sizes


def _village_rows(codes: pa.Array, sizes: Integers) -> Iterator[pa.Table]:
    for first in range(0, len(codes), 1000):
        village, households = _households(codes, sizes, first, min(first + 1000, len(codes)))
        yield pa.table({"village_code": codes.take(pa.array(village)), "household_id": households})


def _write(path: Path, levels: tuple[Level, ...], parts: Iterator[pa.Table], rows: int) -> None:
    """Write tables as one frame in row groups of the size that an import makes; nothing is left when it is stopped."""
    schema, draft = frame_schema(levels), path.with_suffix(".part")
    written, waiting = 0, list[pa.Table]()
    with pq.ParquetWriter(draft, schema, compression="zstd") as writer:
        for part in parts:
            waiting.append(part.cast(schema))
            held = sum(each.num_rows for each in waiting)
            if held >= ROW_GROUP_ROWS or written + held == rows:
                table = pa.concat_tables(waiting)
                whole = held if written + held == rows else held - held % ROW_GROUP_ROWS
                writer.write_table(table.slice(0, whole), row_group_size=ROW_GROUP_ROWS)
                written, waiting = written + whole, [table.slice(whole)]
    draft.replace(path)


def write_for_r(folder: Path, villages: pa.Table, sizes: Integers) -> None:
    """Write the columns that R reads: raw little-endian numbers."""
    strata = villages.column("stratum").combine_chunks().dictionary_encode().indices.to_numpy()
    strata.astype("<i4").tofile(folder / "stratum.i4")
    villages.column("households").to_numpy().astype("<f8").tofile(folder / "size.f8")
    np.repeat(np.arange(len(sizes)), sizes).astype("<i4").tofile(folder / "village.i4")
