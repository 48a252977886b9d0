"""Verification names what a frame has that was not committed, or that its hash cannot bind."""

from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from sampling.commitment import commit, hash_secret
from sampling.design_check import check_design
from sampling.draw import run_draw
from sampling.engine import DuckDBEngine
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame, open_frame, write_frame
from sampling.frame_text import check_frame_text
from sampling.manifest import Manifest
from tests.unit.sampling.verify.world import COMMITTED, COUNTIES, DRAWN, SECRET, design_of, drawn, wrong


def test_another_frame_names_the_county_and_the_units(manifest: Manifest, frame: Frame, tmp_path: Path) -> None:
    table = frame.table
    assert table is not None
    less = table.filter(pc.not_equal(table["household_id"], "c3v1h00"))
    write_frame(Frame(frame.levels, table=less), tmp_path / "frame.parquet")
    places = wrong(manifest, tmp_path / "frame.parquet")
    assert places[:2] == ["frame", "frames[4] c3"]
    assert any(place.startswith("stages[0].strata[3].total_size") for place in places)
    assert not any("c1" in place for place in places)


def test_a_frame_that_lists_a_unit_twice(frame: Frame, tmp_path: Path) -> None:
    # An institute could commit such a frame; that it was committed does not make it sound.
    table = frame.table
    assert table is not None
    twice = Frame(frame.levels, table=table.take([*range(table.num_rows), 0]))
    write_frame(twice, tmp_path / "frame.parquet")
    assert "frame household" in wrong(drawn(design_of(COUNTIES), twice), tmp_path / "frame.parquet")


def with_value(frame: Frame, column: str, place: int, value: str) -> Frame:
    table = frame.table
    assert table is not None
    values = table[column].to_pylist()
    values[place] = value
    position = table.column_names.index(column)
    return Frame(frame.levels, table=table.set_column(position, column, pa.array(values, pa.string())))


UNBOUND = [
    ("county", "县\x1fc0", "frame.control_character"),
    ("household_id", "c0v0h\x9f", "frame.control_character"),
    ("household_class", "", "frame.empty_text"),
    ("village_code", "", "frame.empty_text"),
]


@pytest.mark.parametrize(("column", "value", "code"), UNBOUND, ids=[f"{one[0]} {one[2]}" for one in UNBOUND])
def test_a_frame_with_text_that_its_hash_cannot_bind(
    frame: Frame,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    say: Callable[[Complaint], tuple[str, str]],
    check_independently: Callable[[Manifest, Frame], list[str]],
    column: str,
    value: str,
    code: str,
) -> None:
    """A frame made by other means than an import: not committed, not drawn from, not verified."""
    unbound = with_value(frame, column, 2, value)
    write_frame(unbound, tmp_path / "frame.parquet")
    opened = open_frame(tmp_path / "frame.parquet")
    design = design_of(COUNTIES)
    for complaint in (check_design(design, opened)[0], refusal(commit, design, opened, hash_secret(SECRET))[0]):
        assert (complaint.code, complaint.file, complaint.row, complaint.column) == (code, "frame.parquet", 4, column)
        assert "\x1f" not in "".join(say(complaint))
    with monkeypatch.context() as earlier:  # an institute that commits by a program of its own
        earlier.setattr("sampling.commitment.check_frame_text", lambda *_: [])
        commitment = commit(design, opened, hash_secret(SECRET), committed_at=COMMITTED)
    options = {"drawn_at": DRAWN, "code_version": "test"}
    assert code in {one.code for one in refusal(run_draw, design, opened, commitment, SECRET, None, **options)}
    with monkeypatch.context() as earlier:
        earlier.setattr("sampling.draw.check_frame_text", lambda *_: [])
        earlier.setattr("sampling.draw.check_design_on", lambda *_: [])
        manifest = run_draw(design, opened, commitment, SECRET, None, drawn_at=DRAWN, code_version="test")
    places = wrong(manifest, tmp_path / "frame.parquet")
    assert {f"frame {column} row 4", "frame text"} <= set(places)
    if column == "household_class":  # elsewhere the ids no longer make a tree
        assert check_independently(manifest, unbound)[0] == f"text {column}"


def refusal(act: Callable[..., object], *given: object, **named: object) -> tuple[Complaint, ...]:
    """The complaints with which an act is refused."""
    named = named or {"committed_at": COMMITTED}
    with pytest.raises(SamplingError) as refused:
        act(*given, **named)
    assert refused.value.code == "draw.design_refused"
    return refused.value.complaints


def test_many_texts_of_one_kind_are_counted(frame: Frame, tmp_path: Path) -> None:
    table = frame.table
    assert table is not None
    rows = pa.concat_tables([table] * 8)
    position = rows.column_names.index("household_class")
    emptied = rows.set_column(position, "household_class", pa.array([""] * rows.num_rows, pa.string()))
    with DuckDBEngine(Frame(frame.levels, table=emptied)) as engine:
        complaints = check_frame_text(engine, frame)
    assert len(complaints) == 1001
    assert complaints[-1].code == "frame.more_of_the_same"
    assert complaints[-1].details["count"] == rows.num_rows - 1000


def test_no_frame_and_other_levels(manifest: Manifest, frame: Frame, tmp_path: Path) -> None:
    assert wrong(manifest, tmp_path / "none.parquet") == ["frame"]
    upper = Frame(frame.levels[:1], table=frame.table)
    write_frame(upper, tmp_path / "frame.parquet")
    assert "levels" in wrong(manifest, tmp_path / "frame.parquet")
