"""How figures are shown: every digit of large ones, four of small ones."""

import pytest

from evalsvc.results.numerals import degrees, figure, number_format, p_value


@pytest.mark.parametrize(
    ("value", "shown", "format_code"),
    [
        (3687177.5254, "3,687,178", "#,##0"),
        (-1234.5, "-1,234", "#,##0"),
        (644.547, "644.5", "#,##0.0"),
        (99.99999, "100.0", "#,##0.0"),
        (23.5, "23.50", "#,##0.00"),
        (0.9128, "0.9128", "#,##0.0000"),
        (0.0384219, "0.03842", "#,##0.00000"),
        (0.0000216077, "0.00002161", "#,##0.00000000"),
        (2.50469e-157, "2.505e-157", "0.000E+00"),
        (0.0, "0", "#,##0"),
        (1.0, "1", "#,##0"),
        (31, "31", "#,##0"),
        (3e20, "3.000e+20", "0.000E+00"),
    ],
)
def test_figures(value, shown, format_code):
    assert (figure(value), number_format(value)) == (shown, format_code)


def test_p_values_and_degrees_of_freedom():
    assert [p_value(value) for value in (0.03841, 0.0001, 2.5e-157, 1.0)] == ["0.0384", "0.0001", "< 0.0001", "1.0000"]
    assert [degrees(value) for value in (12.0, 12.34, 1200.0)] == ["12", "12.3", "1,200"]
