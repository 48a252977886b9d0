"""Figures as people read them: all digits of large numbers, four of small ones."""

import math

DIGITS = 4
"""Digits that a number below 1,000 is shown with, counted from the first that is not 0."""
SMALLEST, LARGEST = 1e-6, 1e15
"""Beyond these a number is written with a power of ten."""
SMALLEST_P = 0.0001
"""Below it a p-value is only said to be below it."""
WHOLE, POWER, P_VALUE = "#,##0", "0.000E+00", '[<0.0001]"< 0.0001";0.0000'
"""Formats of table programs."""


def decimals(value: float) -> int | None:
    """Say how many decimals a number is shown with; None where it is written with a power of ten."""
    if value == 0:
        return 0
    size = abs(float(f"{value:.{DIGITS - 1}e}"))  # 99.999 is shown as 100.0
    if not SMALLEST <= size < LARGEST:
        return None
    return max(0, DIGITS - 1 - math.floor(math.log10(size)))


def figure(value: float) -> str:
    """Write an estimate, an error or a limit: 3,687,178, 644.5, 0.01234; 0 and 1 themselves as they are."""
    shown = 0 if float(value).is_integer() and abs(value) < LARGEST else decimals(value)
    return f"{value:.{DIGITS - 1}e}" if shown is None else f"{value:,.{shown}f}"


def p_value(value: float) -> str:
    """Write a p-value: 0.0384, or that it is below 0.0001."""
    return f"< {SMALLEST_P:.4f}" if value < SMALLEST_P else f"{value:.4f}"


def degrees(value: float) -> str:
    """Write degrees of freedom, of which some methods have fractions."""
    return f"{value:,.0f}" if value.is_integer() else f"{value:,.1f}"


def number_format(value: float) -> str:
    """Give the format in which a table program shows a number as `figure` does; the cell keeps all its digits."""
    shown = 0 if float(value).is_integer() and abs(value) < LARGEST else decimals(value)
    if shown is None:
        return POWER
    return f"{WHOLE}.{'0' * shown}" if shown else WHOLE
