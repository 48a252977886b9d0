"""Long lists: whatever the order of rows, the number of files and the format, one frame hash; memory stays bounded."""

import random
import tempfile
from collections.abc import Callable
from pathlib import Path

import duckdb
import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from sampling import bounded, complaint_list, frame_batches, frame_csv, frame_hash, frame_parquet, frame_workbook
from sampling.encoding import decode_text, encoding_of_file
from sampling.frame import FrameMapping, FrameReading, import_frame, load_mapping, open_frame, read_frame
from sampling.frame_hash import hash_frame
from sampling.levels import Level
from tests.unit.sampling.frame_reading import HEADER, LEVELS, Say, table_of, told

Read = Callable[..., FrameReading]
TEXT = st.text("东村Ab1 -\u3000\u00a0é𠀀\u0301", max_size=4)


@st.composite
def lists(draw: st.DrawFn) -> list[str]:
    """Rows of the usual list: a few counties and villages, with any text in their names."""
    rows = []
    for county in range(draw(st.integers(1, 3))):
        upper = f"35{county:04},{draw(TEXT)},{draw(st.integers(0, 99))}"
        for village in range(draw(st.integers(0, 3))):
            own = f"{upper},35{county:04}{village:03},{draw(TEXT)},{draw(TEXT)},{draw(st.integers(0, 900)) / 4}"
            households = [f"{own},{county}-{village}-{h},{draw(TEXT)},{h}" for h in range(draw(st.integers(0, 4)))]
            rows += households or [f"{own},,,"]
        if not draw(st.booleans()):
            rows.append(f"99{county:04},{draw(TEXT)},1,,,,,,,")
    return rows or ["350001,x,1,,,,,,,"]


@given(rows=lists(), seed=st.integers(0, 99), data=st.data())
@settings(max_examples=8, deadline=None, phases=[Phase.explicit, Phase.generate])
def test_order_of_rows_number_of_files_and_format_give_one_hash(
    rows: list[str], seed: int, data: st.DataObject
) -> None:
    mapping = load_mapping(LEVELS).mapping
    assert mapping is not None
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "whole.csv").write_text("\n".join([HEADER, *rows]), encoding="utf-8")
        whole = read_frame(folder / "whole.csv", mapping)
        assert whole.frame is not None, whole.complaints
        mixed = rows[:]
        random.Random(seed).shuffle(mixed)
        cut = data.draw(st.integers(0, len(mixed)))
        parts = [part for part in (mixed[:cut], mixed[cut:]) if part]
        paths = []
        for number, part in enumerate(parts):
            names, cells = table_of(tuple(part), HEADER)
            kind = data.draw(st.sampled_from(["csv", "gb18030", "xlsx", "parquet"]))
            paths.append(folder / f"{number}.{kind}")
            if kind == "xlsx":
                book = openpyxl.Workbook(write_only=True)
                sheet = book.create_sheet()
                for row in (names, *cells):
                    sheet.append([cell or None for cell in row])
                book.save(paths[-1])
            elif kind == "parquet":
                table = pa.table(dict(zip(names, map(list, zip(*cells, strict=True)), strict=True)))
                pq.write_table(table, paths[-1], row_group_size=2)
            else:
                paths[-1].write_text("\n".join([HEADER, *part]), encoding="utf-8" if kind == "csv" else kind)
        again = read_frame(paths, mapping)
        assert again.frame is not None, again.complaints
        assert again.frame.table == whole.frame.table
        assert hash_frame(again.frame) == hash_frame(whole.frame)


def test_the_hash_does_not_depend_on_the_parts_it_is_made_in(
    read_csv: Read, good_rows: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    frame = read_csv(*good_rows, "350128,平潭县,0,350128002,空村,其他村,1,,,", "350130,柘荣县,5,,,,,,,").frame
    assert frame is not None
    whole = hash_frame(frame)
    assert len(whole.nodes) == 3
    for units, large in ((1, 9), (2, 9), (3, 9), (1, 1), (2, 1), (1, 0)):
        monkeypatch.setattr(frame_hash, "PART_UNITS", units)
        monkeypatch.setattr(frame_hash, "LARGE_UNIT", large)
        assert hash_frame(frame) == whole


@pytest.mark.parametrize("suffix", ["csv", "xlsx", "parquet"])
def test_rows_are_numbered_through_all_batches(
    tmp_path: Path, suffix: str, monkeypatch: pytest.MonkeyPatch, say: Say
) -> None:
    for module in (frame_batches, frame_workbook, frame_parquet):
        monkeypatch.setattr(module, "BATCH_ROWS", 3)
    monkeypatch.setattr(frame_csv, "READ_BYTES", 64)
    mapping = load_mapping("levels:\n  - {name: county, id: code, columns: {size: integer}}\n").mapping
    assert mapping is not None
    rows = [["code", "size"], *([f"c{row:02}", str(row)] for row in range(2, 31))]
    rows[13][1], rows[28][1] = "x", ""
    path = tmp_path / f"a.{suffix}"
    expected = [("frame.not_an_integer", 14, "size"), ("frame.missing_number", 29, "size")]
    if suffix == "csv":
        lines = [",".join(row) for row in rows]
        lines[5:5] = ["", "", "too,many,cells"]
        path.write_text("\n".join(lines), encoding="utf-8")
        expected = [("frame.ragged_row", 8, None), *((code, row + 3, column) for code, row, column in expected)]
    elif suffix == "xlsx":
        book = openpyxl.Workbook()
        assert book.active is not None
        for row in rows:
            book.active.append(row)
        book.save(path)
    else:
        pq.write_table(pa.table({"code": [row[0] for row in rows[1:]], "size": [row[1] for row in rows[1:]]}), path)
    assert told(read_frame(path, mapping), say) == expected


def test_a_header_of_very_many_columns_is_told_at_once(tmp_path: Path, say: Say) -> None:
    mapping = load_mapping("levels:\n  - {name: county, id: code}\n").mapping
    assert mapping is not None
    path = tmp_path / "a.csv"
    path.write_text(",".join(f"x{number}" for number in range(100_000)), encoding="utf-8")
    found = read_frame(path, mapping)
    assert told(found, say) == [("frame.missing_column", 1, "code")]
    assert len(str(found.complaints[0].details["columns"])) < 1000


def test_complaints_are_counted_beyond_a_limit_in_memory_and_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, say: Say
) -> None:
    monkeypatch.setattr(complaint_list, "LISTED_PROBLEMS", 4)
    mapping = load_mapping("levels:\n  - {name: county, id: code}\n").mapping
    assert mapping is not None
    path = tmp_path / "a.csv"
    path.write_text("code\nc1\n" + "1,2\n" * 9, encoding="utf-8")
    found = read_frame(path, mapping)
    assert [row for _, row, _ in told(found, say)] == [3, 4, 5, 6, None]
    assert found.complaints[-1].details["count"] == 5


@given(content=st.binary(max_size=60) | st.text(max_size=30).map(lambda text: text.encode("gb18030", "replace")))
@settings(max_examples=60, deadline=None)
def test_a_file_and_its_bytes_are_found_to_be_in_one_encoding(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        file, text = encoding_of_file(path, 50), decode_text(content, "a.csv")
    assert (file.name, bool(file.bad_rows)) == (text.encoding, bool(text.complaints))
    if text.complaints:
        assert file.bad_rows == tuple(one.row or 1 for one in text.complaints)


@given(content=st.binary(max_size=80))
@settings(max_examples=30, deadline=None)
def test_any_bytes_are_a_frame_or_complaints(content: bytes) -> None:
    mapping = load_mapping("levels:\n  - {name: county, id: a}\n").mapping
    assert mapping is not None
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(b"a,b\n" + content)
        reading = read_frame(path, mapping)
        assert (reading.frame is None) == bool(reading.complaints)
        assert [each.name for each in Path(folder).iterdir()] == ["a.csv"]


def test_a_step_that_lacks_memory_is_run_again_with_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "THREAD_MEMORY", 10)
    step = "SELECT length(string_agg(CAST(range AS VARCHAR), ',' ORDER BY range DESC)) FROM range(1000000)"
    with bounded.bounded_connection(tmp_path) as connection:
        found = bounded.run_bounded(connection, lambda: connection.execute(step).fetchall())
        limit = connection.execute("SELECT current_setting('memory_limit')").fetchall()[0][0]
    assert found == [(6_888_889,)]
    assert float(limit.split()[0]) > 20
    with bounded.bounded_connection(tmp_path) as connection, pytest.raises(duckdb.OutOfMemoryException):
        connection.execute(step).fetchall()


def test_what_is_put_aside_is_gone_afterwards(read_csv: Read, good_rows: tuple[str, ...], tmp_path: Path) -> None:
    assert read_csv(*good_rows).frame is not None
    out = tmp_path / "made" / "frame.parquet"
    out.parent.mkdir()
    mapping = FrameMapping((Level("county", "县代码"),))
    (tmp_path / "a.csv").write_text("县代码\n1\n2\n", encoding="utf-8")
    assert import_frame(tmp_path / "a.csv", mapping, out).complaints == ()
    assert open_frame(out).levels == mapping.levels
    (tmp_path / "b.csv").write_text("县代码\n1\n1\n", encoding="utf-8")
    assert import_frame(tmp_path / "b.csv", mapping, out.parent / "other.parquet").frame is None
    assert [each.name for each in out.parent.iterdir()] == ["frame.parquet"]
