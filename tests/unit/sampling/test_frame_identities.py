"""Identity numbers: checked, hashed with a key, never shown, never kept; all numbers here are made up."""

import hashlib
import hmac
import string
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from sampling import frame_import
from sampling.errors import SamplingError
from sampling.frame import FrameReading, import_frame, load_mapping, open_frame, read_frame
from sampling.frame_hash import hash_frame
from sampling.identity import identity_key, identity_problem
from tests.unit.sampling.frame_reading import Say, told

KEY = identity_key(b"0123456789abcdef0123456789abcdef")
MAPPING = """
levels:
  - {name: village, id: village_code, columns: {head: identity}}
  - {name: household, id: household_id, columns: {person: identity, persons: integer}}
"""
HEADER = "village_code,head,household_id,person,persons"


def number(order: int, day: str = "19010203", place: str = "351234") -> str:
    """Make up a number; born in 1901, or of a place that never was, so nobody has it."""
    digits = f"{place}{day}{order:03}"
    return digits + ric.calc_check_digit(digits + "0")


PLACE = "350125"
HEAD, ONE, TWO = number(1, place=PLACE), number(2, place=PLACE), number(3, place=PLACE)
GOOD = (f"v1,{HEAD},h1,{ONE},4", f"v1,{HEAD},h2,{TWO},2", f"v2,,h3,{number(4, place=PLACE).lower()},1", "v2,,h4,,1")
Read = Callable[..., FrameReading]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(*rows: str, mapping: str = MAPPING, header: str = HEADER, key: object = KEY) -> FrameReading:
        made = load_mapping(mapping).mapping
        assert made is not None
        path = tmp_path / "名册.csv"
        path.write_text("\n".join([header, *rows, ""]), encoding="utf-8")
        return read_frame(path, made, key=key)  # type: ignore[arg-type]

    return reading


def test_only_keyed_hashes_are_kept(read: Read) -> None:
    frame = read(*GOOD).frame
    assert frame is not None
    expected = hmac.new(KEY.secret, b"evalsvc-identity-1:" + ONE.encode(), hashlib.sha256).hexdigest()
    table = frame.table
    assert table["person"].to_pylist()[0] == expected
    assert table["person"].null_count == 1
    assert len(set(table["head"].to_pylist())) == 2
    assert frame.notes.identity is not None
    assert frame.notes.identity.columns == ("head", "person")
    assert frame.notes.identity.key == KEY.fingerprint
    assert KEY.secret.decode() not in repr(KEY)
    other = read(*GOOD, key=identity_key(b"another key of at least thirty-two bytes")).frame
    assert other is not None and hash_frame(other) != hash_frame(frame)


def test_no_number_is_in_any_file_that_is_left_or_put_aside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mapping = load_mapping(MAPPING).mapping
    assert mapping is not None
    path = tmp_path / "名册.csv"
    path.write_text("\n".join([HEADER, *GOOD]), encoding="utf-8")
    seen: list[str] = []
    write = frame_import._Import._write

    def watched(self: frame_import._Import, *given: object) -> None:
        write(self, *given)  # type: ignore[arg-type]
        for each in self._folder.iterdir():
            columns = pq.read_table(each).to_pydict()
            seen.extend(str(value) for values in columns.values() for value in values)

    monkeypatch.setattr(frame_import._Import, "_write", watched)
    assert import_frame(path, mapping, tmp_path / "frame.parquet", key=KEY).complaints == ()
    assert seen
    for secret in (HEAD, ONE, TWO):
        assert not any(secret in text for text in seen)
        assert secret.encode() not in (tmp_path / "frame.parquet").read_bytes()
    assert open_frame(tmp_path / "frame.parquet").notes.identity is not None
    assert sorted(each.name for each in tmp_path.iterdir()) == ["frame.parquet", "名册.csv"]


WRONG = ONE[:-1] + ("0" if ONE[-1] != "0" else "1")
BAD = [
    (f"v3,,h5,{ONE},4", "frame.person_twice", "person"),
    (f"v3,{HEAD},h5,,4", "frame.person_twice", "head"),
    ("v3,,h5,12345,4", "frame.identity_form", "person"),
    (f"v3,,h5,{ONE[:-1]},4", "frame.identity_form", "person"),
    (f"v3,,h5,{WRONG},4", "frame.identity_check_digit", "person"),
    (f"v3,,h5,{number(5, '19010230', PLACE)},4", "frame.identity_date", "person"),
    (f"v3,,h5,{number(5)},4", "frame.identity_place", "person"),
]


@pytest.mark.parametrize(("row", "code", "column"), BAD)
def test_wrong_numbers_are_told_by_their_rows_alone(read: Read, say: Say, row: str, code: str, column: str) -> None:
    reading = read(*GOOD, row)
    assert told(reading, say) == [(code, 6, column)]
    words = repr(reading) + "".join(say(reading.complaints[0]))
    hashes = {KEY.hashed(each) for each in (HEAD, ONE, TWO)}
    for secret in (HEAD, ONE, TWO, WRONG, "12345", *hashes):
        assert secret not in words


def test_other_complaints_do_not_show_a_number_either(read: Read, say: Say, tmp_path: Path) -> None:
    reading = read(*GOOD, f"v1,{TWO},h9,,1", f"v9,{HEAD}", f'v9,"{ONE}')
    told(reading, say)
    assert reading.complaints
    words = repr(reading)
    assert not any(secret in words for secret in (HEAD, ONE, TWO, KEY.hashed(HEAD), KEY.hashed(TWO)))
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in (HEADER.split(","), ["v1", int(ONE[:17] + "1"), int(TWO[:17] + "1"), None, 1]):
        book.active.append(row)
    book.save(tmp_path / "a.xlsx")
    mapping = load_mapping(MAPPING).mapping
    assert mapping is not None
    found = read_frame(tmp_path / "a.xlsx", mapping, key=KEY)
    assert {one.code for one in found.complaints} >= {"frame.digits_lost"}
    assert not any(secret[:12] in repr(found) for secret in (HEAD, ONE, TWO))


def test_a_list_without_a_header_shows_no_number(read: Read, say: Say) -> None:
    reading = read(*GOOD[1:], header=GOOD[0])
    told(reading, say)
    assert reading.complaints and not any(secret in repr(reading) for secret in (HEAD, ONE, TWO))


@pytest.mark.parametrize("place", ["id", "column"])
def test_numbers_in_a_column_that_is_not_said_to_hold_them_are_refused(read: Read, say: Say, place: str) -> None:
    mapping = "levels:\n  - {name: household, id: household_id, columns: {person: text}}\n"
    numbers = [number(n, place=PLACE) for n in range(20, 40)]
    rows = [f"{each},x" if place == "id" else f"h{n},{each}" for n, each in enumerate([*numbers, numbers[0]])]
    reading = read(*rows, mapping=mapping, header="household_id,person", key=None)
    column = "household_id" if place == "id" else "person"
    assert told(reading, say) == [("frame.identity_in_clear", None, column)]
    assert not any(each in repr(reading) for each in numbers)


def test_long_codes_are_not_taken_for_identity_numbers(read: Read) -> None:
    mapping = "levels:\n  - {name: household, id: household_id}\n"
    rows = [f"350125200101{number:06}" for number in range(10100, 10132)]
    assert read(*rows, mapping=mapping, header="household_id", key=None).complaints == ()


def test_without_a_key_nothing_is_imported(read: Read, say: Say) -> None:
    assert [code for code, _, _ in told(read(*GOOD, key=None), say)] == ["frame.identity_key_missing"]
    with pytest.raises(SamplingError) as refused:
        identity_key(b" short \n")
    assert refused.value.code == "frame.identity_key_short"


def test_parquet_and_spaces_give_the_same_hashes(read: Read, tmp_path: Path) -> None:
    mapping = load_mapping(MAPPING).mapping
    assert mapping is not None
    columns = zip(*([f" {cell}\u3000" for cell in row.split(",")] for row in GOOD), strict=True)
    table = pa.table(dict(zip(HEADER.split(","), map(list, columns), strict=True)))
    pq.write_table(table, tmp_path / "a.parquet")
    first, second = read(*GOOD).frame, read_frame(tmp_path / "a.parquet", mapping, key=KEY).frame
    assert first is not None and second is not None
    assert hash_frame(first) == hash_frame(second)


@given(st.text(string.printable + "０１X", max_size=20))
def test_any_text_has_a_problem_or_can_be_hashed(text: str) -> None:
    if identity_problem(text) == 0:
        assert len(KEY.hashed(text)) == 64


@given(st.integers(0, 999), st.dates().map(lambda day: day.strftime("%Y%m%d")))
def test_numbers_that_are_made_by_the_rules_are_right(order: int, day: str) -> None:
    whole = number(order, day.zfill(8), PLACE)
    assert identity_problem(whole) == identity_problem(whole.lower()) == 0
    for permit in ("830000", "911156"):
        assert identity_problem(number(order, day.zfill(8), permit)) == 0
