"""Weights after fieldwork."""

from collections.abc import Callable
from math import inf

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sampling.errors import Complaint
from sampling.weight import OpenedUnit, adjust_nonresponse, base_weight, household_weights


def unit(
    unit_id: str, *, opened: int = 0, eligible: bool = True, responded: bool = True, name: str = "a"
) -> OpenedUnit:
    return OpenedUnit(unit_id, "v", "s", 0.25, 20, 4, opened, eligible, responded, tuple(name.split("/")))


def test_opened_reserves_count_for_all() -> None:
    # 0.25 * (4 + 1) / 20 = 1 / 16 for main units and the reserve alike.
    weights = household_weights([unit(f"h{i}", opened=1) for i in range(5)])
    assert weights.base == (16.0,) * 5
    assert weights.adjusted == weights.base


def test_eligible_nonresponse_passes_its_weight_on_and_ineligible_units_keep_theirs() -> None:
    weights = household_weights(
        [unit("h1"), unit("h2"), unit("h3", responded=False), unit("h4", eligible=False, responded=False)]
    )
    assert weights.base == (20.0,) * 4
    assert weights.adjusted == (30.0, 30.0, 0.0, 20.0)
    assert [(one.name, one.eligible, one.responded, one.factor) for one in weights.classes] == [("a", 3, 2, 1.5)]
    assert weights.complaints == ()


def test_a_class_without_respondents_is_named(say: Callable[[Complaint], tuple[str, str]]) -> None:
    weights = household_weights([unit("h1"), unit("h2", responded=False, name="b")])
    assert [one.code for one in weights.complaints] == ["weight.empty_class"]
    chinese, english = say(weights.complaints[0])
    assert "“b”" in english
    assert "补访" in chinese
    assert "合并" not in chinese
    assert weights.classes[1].factor is None


def test_a_silent_class_passes_its_weight_to_the_next_coarser_one_and_others_keep_their_factor() -> None:
    """Villages b and c of one kind: b is silent, so c carries 40 more; a, of another kind, keeps its factor of 2."""
    weights = household_weights(
        [
            *(unit(f"a{i}", responded=i > 0, name="a/poor/county") for i in range(2)),
            *(unit(f"b{i}", responded=False, name="b/other/county") for i in range(2)),
            *(unit(f"c{i}", name="c/other/county") for i in range(2)),
        ]
    )
    assert weights.adjusted == (0.0, 40.0, 0.0, 0.0, 40.0, 40.0)
    assert weights.complaints == ()


def test_only_a_silence_that_reaches_the_coarsest_class_is_complained_of() -> None:
    silent = [unit(f"b{i}", responded=False, name="b/other/second") for i in range(2)]
    weights = household_weights([unit("a1", name="a/poor/first"), *silent])
    assert [one.details["name"] for one in weights.complaints] == ["second"]


def test_impossible_units_are_refused() -> None:
    with pytest.raises(ValueError, match="ineligible"):
        household_weights([unit("h1", eligible=False)])
    for wrong in ((0.0, 20, 4, 0), (0.5, 3, 4, 0), (inf, 20, 4, 0), (0.5, 20, 0, 0)):
        with pytest.raises(ValueError, match="no probability"):
            base_weight(*wrong)


def test_unequal_probability_is_written_as_a_population() -> None:
    # n + m = 5 drawn with pi = 0.1, of which 3 + 1 are released: 0.1 * 4 / 5.
    assert base_weight(1.0, 5 / 0.1, 3, 1) == pytest.approx(1 / (0.1 * 4 / 5))


@given(
    st.lists(
        st.tuples(st.floats(0.5, 500), st.sampled_from(["r", "n", "i"]), st.sampled_from("abc")),
        min_size=1,
        max_size=40,
    )
)
def test_the_sum_of_weights_stays(cases: list[tuple[float, str, str]]) -> None:
    base = [weight for weight, _, _ in cases]
    eligible = [outcome != "i" for _, outcome, _ in cases]
    responded = [outcome == "r" for _, outcome, _ in cases]
    weights = adjust_nonresponse(base, eligible, responded, [name for _, _, name in cases])
    if not weights.complaints:
        assert sum(weights.adjusted) == pytest.approx(sum(base))
    empty = {name for _, outcome, name in cases if outcome == "n"} - {name for _, out, name in cases if out == "r"}
    assert {one.details["name"] for one in weights.complaints} == empty
