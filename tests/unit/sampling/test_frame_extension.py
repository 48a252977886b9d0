"""A frame extended by lists is the frame that an import makes of everything together."""

from pathlib import Path

import pyarrow.parquet as pq
import pytest

from sampling.frame import Frame, FrameMapping, import_frame, open_frame
from sampling.frame_extension import ListedUnits, SameId, extend_frame, list_levels, same_ids
from sampling.frame_hash import hash_frame
from sampling.levels import Column, Level

LEVELS = (
    Level("county", "county", (Column('re"gion', "text"),)),
    Level("village", "it's village", (Column("size", "integer"),)),
    Level("household", "household", (Column("area", "decimal", 2), Column("kind", "text"))),
)
HEADER = ",".join(f'"{own.name.replace(chr(34), chr(34) * 2)}"' for level in LEVELS for own in level.all_columns)
VILLAGES = {"v1": "c1,north,v1,3", "v'2": "c1,north,v'2,2", "v3": "c2,,v3,1"}
HOUSEHOLDS = {"v1": ["h10,1.50,x", "h2,,y"], "v'2": ["甲,0.25,"], "v3": ["h3,2.00,x"]}


def imported(folder: Path, name: str, levels: tuple[Level, ...], lines: list[str]) -> Frame:
    path = folder / f"{name}.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    reading = import_frame(path, FrameMapping(levels), folder / f"{name}.parquet")
    assert reading.frame is not None, reading.complaints
    return reading.frame


@pytest.fixture
def committed(tmp_path):
    return imported(tmp_path, "committed", LEVELS, [HEADER, *(f"{head},,," for head in VILLAGES.values())])


def lists(folder: Path, name: str, *villages: str) -> ListedUnits:
    """Import the lists of some villages as one file."""
    upper, lower = list_levels(LEVELS)
    header = ",".join([upper.id, *(own.name for own in lower.all_columns)])
    lines = [header, *(f"{village},{line}" for village in villages for line in HOUSEHOLDS[village])]
    frame = imported(folder, name, (upper, lower), lines)
    assert frame.path is not None
    return ListedUnits(frame.path, villages)


@pytest.mark.parametrize("listed", [(), ("v1",), ("v'2", "v3"), ("v1", "v'2", "v3")])
def test_lists_below_their_villages_are_one_import_of_all(tmp_path, committed, listed):
    lines = [HEADER]
    for village, head in VILLAGES.items():
        lines += [f"{head},{line}" for line in (HOUSEHOLDS[village] if village in listed else [",,"])]
    whole = imported(tmp_path, "whole", LEVELS, lines)
    # From a file that holds more, one village at a time: only what is asked for comes in.
    both = lists(tmp_path, "both", *HOUSEHOLDS)
    made = extend_frame(committed, [ListedUnits(both.path, (each,)) for each in listed], tmp_path / "made.parquet")
    assert whole.path is not None and made.path is not None
    rows, right = pq.read_table(made.path), pq.read_table(whole.path)
    assert (rows.to_pylist(), rows.schema.metadata) == (right.to_pylist(), right.schema.metadata)
    assert open_frame(made.path).levels == LEVELS
    assert hash_frame(made) == hash_frame(whole)
    assert sorted(each.name for each in tmp_path.iterdir() if each.name.startswith(".")) == []


def test_ids_that_another_unit_has_are_named(tmp_path, committed):
    before = [lists(tmp_path, "before", "v1")]
    assert same_ids(committed, before, lists(tmp_path, "other", "v3")) == []
    upper, lower = list_levels(LEVELS)
    header = ",".join([upper.id, *(own.name for own in lower.all_columns)])
    frame = imported(tmp_path, "new", (upper, lower), [header, "v3,h2,,x", "v3,c1,,x", "v3,h9,,x"])
    assert frame.path is not None
    found = same_ids(committed, before, ListedUnits(frame.path, ("v3",)))
    assert found == [SameId("c1", "v3", "county"), SameId("h2", "v3", "v1")]
    assert same_ids(committed, [], ListedUnits(frame.path, ("v3",))) == found[:1]
