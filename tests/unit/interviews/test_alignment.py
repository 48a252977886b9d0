"""Rows of a repeat in two versions: what came, what went, and which became which."""

from hypothesis import given
from hypothesis import strategies as st

from evalsvc.interviews.review import alignment
from evalsvc.interviews.review.alignment import aligned

ZHANG = [("/name", "张某甲"), ("/age", "61"), ("/school", "no")]
LI = [("/name", "李某乙"), ("/age", "12"), ("/school", "yes")]
WANG = [("/name", "王某丙"), ("/age", "34"), ("/school", "no")]


def test_a_row_that_went_takes_no_other_with_it():
    assert aligned([ZHANG, LI, WANG], [ZHANG, WANG]) == [(0, 0), (1, None), (2, 1)]
    assert aligned([ZHANG, WANG], [LI, ZHANG, WANG]) == [(None, 0), (0, 1), (1, 2)]


def test_a_row_with_one_changed_answer_stays_the_same_row():
    older = [*ZHANG[:1], ("/age", "16"), *ZHANG[2:]]
    assert aligned([older, LI, WANG], [ZHANG, WANG]) == [(0, 0), (1, None), (2, 1)]


def test_rows_that_share_nothing_are_two_rows():
    assert aligned([[("/crop", "水稻")]], [[("/crop", "玉米")]]) == [(0, None), (None, 0)]
    assert aligned([], []) == []
    assert aligned([[]], [[]]) == [(0, 0)]


def test_tables_too_large_to_compare_are_paired_by_number(monkeypatch):
    monkeypatch.setattr(alignment, "LARGEST_TABLE", 1)
    assert aligned([ZHANG, LI], [LI, ZHANG, WANG]) == [(0, 0), (1, 1), (None, 2)]


rows = st.lists(st.sets(st.tuples(st.sampled_from(["/a", "/b"]), st.sampled_from("xyz"))), max_size=6)


@given(rows, rows)
def test_every_row_stands_once_and_in_order(old, new):
    pairs = aligned(old, new)
    assert [a for a, _ in pairs if a is not None] == list(range(len(old)))
    assert [b for _, b in pairs if b is not None] == list(range(len(new)))


@given(rows)
def test_nothing_changed_pairs_each_row_with_itself(old):
    assert aligned(old, old) == [(at, at) for at in range(len(old))]
