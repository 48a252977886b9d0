"""Numbers as they are printed; T4 and T8 are census figures that the field prints with two decimals."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.number_format import decimal, exact_percent, interval, percent, whole


@pytest.mark.parametrize(
    ("rate", "text"),
    [
        (807_734 / 807_826, "99.99%"),  # T4, census sample completed
        (153 / 832, "18.39%"),  # T8
        (28 / 6829, "0.41%"),  # T1, persons wrongly exited
        (0.0, "0.00%"),
        (1.0, "100.00%"),
        (0.00125, "0.13%"),  # half up, not half to even
        (-0.000001, "0.00%"),
    ],
)
def test_rates_have_two_decimals_of_a_percent(rate: float, text: str) -> None:
    assert percent(rate) == text


def test_what_is_absent_gives_its_reason() -> None:
    assert percent(None, "自由度为0") == "自由度为0"
    assert interval(None, 0.1) == "—"
    assert whole(None) == "—"
    assert decimal(None) == "—"


def test_intervals_and_numbers() -> None:
    assert interval(0.0032, 0.0108) == "0.32%～1.08%"
    assert whole(1234567) == "1,234,567"
    assert decimal(2.345) == "2.35"


@given(st.floats(0, 1))
def test_the_printed_rate_is_within_half_a_unit(rate: float) -> None:
    assert abs(float(percent(rate)[:-1]) / 100 - rate) <= 0.5e-4 + 1e-12


@pytest.mark.parametrize(
    ("rate", "places", "text"),
    [(0.02, 2, "2.00%"), (0.0125, 1, "1.25%"), (0.00333, 2, "0.333%"), (0.9, 0, "90%"), (1.0, 1, "100.0%")],
)
def test_a_threshold_is_printed_as_it_was_set(rate: float, places: int, text: str) -> None:
    assert exact_percent(rate, places) == text
