"""Tables as files: what is written reads back, and no two interviews share a name."""

import csv

from hypothesis import given
from hypothesis import strategies as st

from evalsvc.files import interview_name
from evalsvc.results.records import JudgementRow, read_records, read_table, write_records, write_table

ANY_TEXT = st.text(st.characters(exclude_categories=("Cs",)) | st.sampled_from('\r\n\t\0",;\u2028\u2029\x85 '))
UUID = "abcdef01-2345-4789-8abc-0123456789ab"


def test_a_reason_may_hold_any_sign():
    rows = [
        JudgementRow("c", "专家", "confirm", reason, "", "2026-03-01T08:00:00Z")
        for reason in ("first\rsecond", "first\nsecond", "first\r\nsecond", "\r", '"', "a,b", "nul\0", "\u2028", "")
    ]
    assert read_records(JudgementRow, write_records(JudgementRow, rows), "judgements.csv") == (rows, [])


@given(st.lists(st.lists(ANY_TEXT, min_size=3, max_size=3), max_size=4))
def test_any_table_reads_back(rows):
    header = ["a", "b", "c"]
    assert read_table(write_table(header, rows), "t.csv") == (header, rows, [])


def test_rows_end_in_line_feeds_and_only_what_needs_quotes_has_them():
    assert write_table(["a", "b"], [["1", "x y"], ["", "p\rq"]]) == b'a,b\n1,x y\n,"p\rq"\n'


def test_reading_a_table_changes_nothing_for_other_readers():
    before = csv.field_size_limit()
    assert read_table(b"a\n1\n", "t.csv")[2] == []
    assert csv.field_size_limit() == before
    long = b"a\n" + b"x" * (before + 1) + b"\n"
    assert [each.code for each in read_table(long, "t.csv")[2]] == ["results.not_csv"]


def test_no_two_interviews_share_a_file_name():
    given_ids = [f"uuid:{UUID}", UUID, f"uuid:{UUID.upper()}", f"UUID:{UUID}", f"uuid:{UUID} ", f"uuid:{UUID}\n", "x"]
    names = [interview_name(each) for each in given_ids]
    assert names[0] == f"interviews/{UUID}.xml"
    assert len({name.casefold() for name in names}) == len(names)
