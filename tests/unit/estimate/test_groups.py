"""Rows are summed by group as bincount sums them, in order or not, in blocks or not."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.estimate import groups
from sampling.estimate.groups import Groups


@given(st.lists(st.integers(0, 5), max_size=40), st.booleans(), st.sampled_from([1, 3, 8, 1000]))
def test_sums_as_bincount_does(codes: list[int], in_order: bool, block: int) -> None:
    index = np.array(sorted(codes) if in_order else codes, dtype=np.int64)
    column = np.arange(index.size, dtype=np.float64) ** 2 - 3.0
    weights = np.linspace(0.5, 4.0, index.size)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(groups, "BLOCK", block)
        found = Groups(index, 7)
        assert found.sums(column).tolist() == np.bincount(index, column, 7).tolist()
        assert found.weighted_sums(weights, column) == pytest.approx(np.bincount(index, weights * column, 7))
