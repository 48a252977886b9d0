"""The profile of a frame: counts, gaps, how numbers and sizes are spread, the largest units."""

from collections.abc import Callable
from decimal import Decimal
from math import ceil

import pyarrow as pa
from hypothesis import example, given, settings
from hypothesis import strategies as st

from sampling.frame import Frame, FrameReading
from sampling.frame_profile import SHARES, Distribution, frame_profile
from sampling.levels import Column, Level

Read = Callable[..., FrameReading]


def test_the_profile_of_a_good_list(read_csv: Read, good_rows: tuple[str, ...]) -> None:
    profile = read_csv(*good_rows, "350128,平潭县,0,350128002,空村,,1,,,", "350130,柘荣县,5,,,,,,,").profile
    assert profile is not None
    county, village, household = profile.levels
    assert [(own.name, own.missing) for own in village.columns] == [("village", 0), ("village_kind", 1), ("area", 1)]
    area = village.columns[2].numbers
    assert area is not None and area.total == Decimal("16.50")
    assert area.quantiles == tuple(map(Decimal, ("1.00", "1.00", "1.00", "3.50", "12.00", "12.00", "12.00")))
    assert sum(bar.count for bar in area.bars) == area.values == 3
    assert [each.level for each in county.below] == ["village", "household"]
    assert county.below[0].units.quantiles == (0, 0, 0, 2, 2, 2, 2)
    assert county.below[1].largest == (("350125", "永泰县", 3), ("350128", "平潭县", 1), ("350130", "柘荣县", 0))
    assert village.below[0].largest[0] == ("350125001", "东村", 2)
    assert household.below == ()
    assert profile.totals == {"remaining": 17, "area": Decimal("16.50"), "persons": 10}


def check(spread: Distribution, values: list[int | Decimal]) -> None:
    assert (spread.values, spread.total) == (len(values), sum(values))
    ordered = sorted(values)
    assert spread.quantiles == tuple(ordered[max(1, ceil(share * len(ordered))) - 1] for share in SHARES)
    assert len(spread.bars) <= 12
    for number, bar in enumerate(spread.bars):
        assert (bar.upper is None) <= (number == len(spread.bars) - 1)
        assert bar.count == sum(bar.lower <= each and (bar.upper is None or each < bar.upper) for each in values)
    assert sum(bar.count for bar in spread.bars) == len(values)


@given(st.lists(st.integers(0, 50) | st.integers(0, 10**12 - 1), min_size=1, max_size=30), st.integers(0, 4))
@example([10, 45], 2)  # 0.35 / 0.05 is a double below 7
@settings(max_examples=40, deadline=None)
def test_distributions_of_any_numbers(values: list[int], places: int) -> None:
    decimals = [Decimal(value).scaleb(-places) for value in values]
    table = {
        "id": pa.array([f"u{number:03}" for number in range(len(values))]),
        "a": pa.array(values, pa.int64()),
        "b": pa.array(decimals, pa.decimal128(18, places)),
    }
    level = Level("unit", "id", (Column("a", "integer"), Column("b", "decimal", places)))
    whole, parts = (own.numbers for own in frame_profile(Frame((level,), table=pa.table(table))).levels[0].columns)
    assert whole is not None and parts is not None
    check(whole, list(values))
    check(parts, list(decimals))


def test_a_column_without_any_number() -> None:
    level = Level("unit", "id", (Column("a", "decimal", 1),))
    table = pa.table({"id": ["x"], "a": pa.nulls(1, pa.decimal128(18, 1))})
    (own,) = frame_profile(Frame((level,), table=table)).levels[0].columns
    assert own.missing == 1
    assert own.numbers == Distribution(0, Decimal("0.0"), (), ())
