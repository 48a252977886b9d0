"""Describe a frame before anything is drawn from it: counts, totals, gaps, how sizes are spread, the largest units."""

# ruff: noqa: S608 (names are quoted or ours, values are numbers)
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from math import ceil, log10

from sampling.engine import DuckDBEngine, Engine
from sampling.frame import Frame
from sampling.levels import Column, Level

Number = int | Decimal

SHARES = (0.0, 0.05, 0.25, 0.5, 0.75, 0.95, 1.0)
"""Quantiles that are told; 0 and 1 are the least and the greatest value."""
MOST_BARS = 12
LARGEST = 10
"""Largest units of a level that are named."""


@dataclass(frozen=True)
class Bar:
    """Count the values from a limit up to the next; None for no upper limit."""

    lower: Number
    upper: Number | None
    count: int


@dataclass(frozen=True)
class Distribution:
    """Tell how numbers are spread.

    Parameters
    ----------
    values : int
        How many there are.
    total : int or Decimal
        Their sum.
    quantiles : tuple, one for each of ``SHARES``
        The smallest value that at least that share of the values does not exceed.
    bars : tuple of Bar
        Of equal width, but the last one, which may hold the long tail above the 95th percent.
    """

    values: int
    total: Number
    quantiles: tuple[Number, ...]
    bars: tuple[Bar, ...]


@dataclass(frozen=True)
class ColumnProfile:
    """Tell of one column how many units have no value, and how its numbers are spread; None for text."""

    name: str
    kind: str
    missing: int
    numbers: Distribution | None


@dataclass(frozen=True)
class BelowProfile:
    """Tell how many units of a lower level the units of a level have, and which have most.

    Parameters
    ----------
    largest : tuple of (id, label, count)
        The label is the text column that is called as the level, else the first one; None where there is none.
    """

    level: str
    units: Distribution
    largest: tuple[tuple[str, str | None, int], ...]


@dataclass(frozen=True)
class LevelProfile:
    """Tell of one level its columns and the units below."""

    name: str
    columns: tuple[ColumnProfile, ...]
    below: tuple[BelowProfile, ...]


@dataclass(frozen=True)
class FrameProfile:
    """Count a frame: units of each level, totals of number columns over the units that own them, and the levels."""

    counts: Mapping[str, int]
    totals: Mapping[str, Number]
    levels: tuple[LevelProfile, ...] = field(default=())


def frame_profile(frame: Frame) -> FrameProfile:
    """Describe a frame; memory holds a fixed amount of it, however long it is."""
    counts: dict[str, int] = {}
    totals: dict[str, Number] = {}
    levels = []
    with DuckDBEngine(frame) as engine:
        for depth in range(len(frame.levels) - 1):
            engine.define(f"units{depth}", _units(engine, frame.levels, depth))
        for depth, level in enumerate(frame.levels):
            source = _Source(engine, frame.levels, depth)
            counts[level.name], columns = source.columns()
            totals |= {own.name: own.numbers.total for own in columns if own.numbers is not None}
            below = [source.below(lower) for lower in range(depth + 1, len(frame.levels))] if counts[level.name] else []
            levels.append(LevelProfile(level.name, columns, tuple(below)))
    return FrameProfile(counts, totals, tuple(levels))


def _units(engine: Engine, levels: Sequence[Level], depth: int) -> str:
    """Write the step that lists the units of an upper level: its columns as c0, c1, ..., ids above as p0, p1, ..."""
    unit = engine.quote(levels[depth].id)
    parents = [f"max({engine.quote(upper.id)}) AS p{number}" for number, upper in enumerate(levels[:depth])]
    own = [f"max({engine.quote(each.name)}) AS c{number}" for number, each in enumerate(levels[depth].columns)]
    listed = ", ".join([f"{unit} AS id", *parents, *own])
    return f"SELECT {listed} FROM frame WHERE {unit} IS NOT NULL GROUP BY {unit}"


class _Source:
    """Say where the units of a level are read from: the frame itself for the lowest level, which has a row for each."""

    def __init__(self, engine: Engine, levels: Sequence[Level], depth: int) -> None:
        self._engine = engine
        self._levels = levels
        self._depth = depth
        self._level = levels[depth]
        self._lowest = depth == len(levels) - 1

    def _from(self) -> str:
        if not self._lowest:
            return f"units{self._depth}"
        return f"frame WHERE {self._engine.quote(self._level.id)} IS NOT NULL"

    def _column(self, number: int) -> str:
        return self._engine.quote(self._level.columns[number].name) if self._lowest else f"c{number}"

    def columns(self) -> tuple[int, tuple[ColumnProfile, ...]]:
        """Count the units, and tell of each column."""
        filled = "".join(f", count({self._column(number)})" for number in range(len(self._level.columns)))
        units, *values = self._engine.rows(f"SELECT count(*){filled} FROM {self._from()}")[0]
        columns = [
            ColumnProfile(own.name, own.type_text, units - value, self._numbers(number, own))
            for number, (own, value) in enumerate(zip(self._level.columns, values, strict=True))
        ]
        return units, tuple(columns)

    def _numbers(self, number: int, own: Column) -> Distribution | None:
        if own.kind == "text":
            return None
        value = self._column(number)
        step = f"SELECT {value} AS value, count(*) AS units FROM {self._from()} GROUP BY {value}"
        return _distribution(self._engine, step, own.decimals)

    def below(self, depth: int) -> BelowProfile:
        """Count the units of a lower level in each unit, none in some."""
        lower = self._levels[depth]
        if depth == len(self._levels) - 1:
            unit, child = self._engine.quote(self._level.id), self._engine.quote(lower.id)
            step = f"SELECT {unit} AS id, count({child}) AS value FROM frame WHERE {unit} IS NOT NULL GROUP BY {unit}"
        else:
            counted = f"SELECT p{self._depth} AS id, count(*) AS value FROM units{depth} GROUP BY p{self._depth}"
            step = (
                f"SELECT own.id AS id, coalesce(counted.value, 0) AS value FROM units{self._depth} AS own "
                f"LEFT JOIN ({counted}) AS counted ON own.id = counted.id"
            )
        self._engine.define("below_units", step)
        spread = "SELECT value, count(*) AS units FROM below_units GROUP BY value"
        texts = [number for number, own in enumerate(self._level.columns) if own.kind == "text"]
        named_alike = [number for number in texts if self._level.columns[number].name == self._level.name]
        label = next((f"own.c{number}" for number in (*named_alike, *texts)), "NULL")
        largest = (
            f"SELECT below.id, {label}, below.value FROM below_units AS below JOIN units{self._depth} AS own "
            f"ON own.id = below.id ORDER BY below.value DESC, below.id LIMIT {LARGEST}"
        )
        units = _distribution(self._engine, spread, 0)
        named = tuple((str(row[0]), row[1], int(row[2])) for row in self._engine.rows(largest))
        return BelowProfile(lower.name, units, named)


def _distribution(engine: Engine, step: str, decimals: int) -> Distribution:
    """Tell how values are spread that a step counts as (value, units)."""
    engine.define("counted_values", f"SELECT value, units FROM ({step}) AS counted WHERE value IS NOT NULL")
    running = "SELECT value, sum(units) OVER (ORDER BY value) AS running FROM counted_values"
    values, total = engine.rows("SELECT coalesce(sum(units), 0), coalesce(sum(value * units), 0) FROM counted_values")[
        0
    ]
    number = Decimal(total).quantize(Decimal(1).scaleb(-decimals)) if decimals else int(total)
    if not values:
        return Distribution(0, number, (), ())
    ranks = [max(1, ceil(share * int(values))) for share in SHARES]
    asked = ", ".join(f"min(CASE WHEN running >= {rank} THEN value END)" for rank in ranks)
    quantiles = tuple(engine.rows(f"SELECT {asked} FROM ({running}) AS running")[0])
    return Distribution(int(values), number, quantiles, _bars(engine, quantiles, decimals))


def _bars(engine: Engine, quantiles: Sequence[Number], decimals: int) -> tuple[Bar, ...]:
    """Cut the values into bars; what is far above the 95th percent stands in one open bar."""
    least, high, greatest = quantiles[0], quantiles[-2], quantiles[-1]
    width = _round_width(Decimal(high - least) / (MOST_BARS - 2), Decimal(1).scaleb(-decimals))
    start = (Decimal(least) / width).to_integral_value("ROUND_FLOOR") * width
    last = min(int((Decimal(greatest) - start) / width), MOST_BARS - 1)
    # In units of the last decimal, for a quotient of decimals is a double, which may lie just below the whole number.
    unit = 10**decimals
    above, step = f"CAST((value - {start:f}) * {unit} AS BIGINT)", int(width * unit)
    place = f"least(CAST(({above} - {above} % {step}) / {step} AS BIGINT), {last})"
    rows = engine.rows(f"SELECT {place} AS place, sum(units) FROM counted_values GROUP BY 1")
    counts = {int(row[0]): int(row[1]) for row in rows}
    is_open = Decimal(greatest) >= start + (last + 1) * width
    bars = []
    for number in range(last + 1):
        lower, upper = start + number * width, start + (number + 1) * width
        bars.append(
            Bar(
                _plain(lower, decimals),
                None if is_open and number == last else _plain(upper, decimals),
                counts.get(number, 0),
            )
        )
    return tuple(bars)


def _round_width(width: Decimal, least: Decimal) -> Decimal:
    """Give the next width of 1, 2 or 5 times a power of ten."""
    if width <= least:
        return least
    power = Decimal(10) ** int(log10(width))
    power = power / 10 if power > width else power
    return max(least, next(step * power for step in (1, 2, 5, 10) if step * power >= width))


def _plain(value: Decimal, decimals: int) -> Number:
    return value.quantize(Decimal(1).scaleb(-decimals)) if decimals else int(value)
