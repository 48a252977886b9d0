"""Codes are numbered as numpy.unique numbers them, by whichever way; integers are coded as their texts are."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.estimate import Table
from sampling.estimate.table import numbered, numbered_pairs

CODES = st.lists(st.integers(0, 6), min_size=1, max_size=30)
RUNS = st.sampled_from([1, 9])


@given(CODES, st.sampled_from([1, 3, 1000]), RUNS)
def test_numbers_codes_as_unique_does(codes: list[int], apart: int, run: int) -> None:
    given_codes = np.repeat(np.array(codes, dtype=np.int64) * apart, run)
    _, first, number = np.unique(given_codes, return_index=True, return_inverse=True)
    found, found_first = numbered(given_codes)
    assert found.tolist() == number.tolist()
    assert found_first.tolist() == first.tolist()


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 5)), min_size=1, max_size=30), st.booleans(), RUNS)
def test_numbers_pairs_as_unique_does(pairs: list[tuple[int, int]], nested: bool, run: int) -> None:
    outer, inner = np.repeat(np.array(pairs, dtype=np.int64), run, axis=0).T
    if nested:
        outer = (inner * 2) % 3  # each inner code in one outer one
    _, first, number = np.unique(outer * 6 + inner, return_index=True, return_inverse=True)
    found, found_first = numbered_pairs(outer, inner)
    assert found.tolist() == number.tolist()
    assert found_first.tolist() == first.tolist()


@pytest.mark.parametrize("values", [[3, -1, 20, 3], [0, 10**15, 5, 0]])
@pytest.mark.parametrize("kind", ["numpy", "arrow", "pieces"])
def test_integers_are_coded_as_their_texts(values: list[int], kind: str) -> None:
    pieces = pa.chunked_array([values[:2], values[2:]], type=pa.int64())
    made = {"numpy": np.array(values), "arrow": pa.array(values), "pieces": pieces}[kind]
    column = Table({"x": made})["x"]
    texts = Table({"x": [str(value) for value in values]})["x"]
    assert column.coded[1] == texts.coded[1]
    assert column.coded[0].tolist() == texts.coded[0].tolist()
    assert not column.any_missing
    assert column.missing.tolist() == [False] * 4


def test_a_missing_number_is_seen() -> None:
    table = Table({"x": np.array([1.0, np.nan]), "y": pa.array([1, None]), "z": ["a", ""], "w": np.array([1e200, 2.0])})
    assert [table[name].any_missing for name in "xyzw"] == [True, True, True, False]
    assert table["x"].missing.tolist() == table["y"].missing.tolist() == table["z"].missing.tolist() == [False, True]
    codes, levels = table["y"].coded
    assert (codes.tolist(), levels) == ([0, -1], ("1",))
