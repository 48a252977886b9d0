"""Numbers as text, the same wherever they are printed: pure functions of one value."""

from decimal import ROUND_HALF_UP, Decimal

_ABSENT = "—"


def percent(rate: float | None, reason: str = _ABSENT, places: int = 2) -> str:
    """Return a rate as a percentage with fixed decimals, or the reason why there is none.

    The shortest decimal that names the float is rounded half up, as the field does by hand.
    """
    return reason if rate is None else f"{_rounded(Decimal(repr(float(rate))) * 100, places)}%"


def exact_percent(rate: float, places: int = 2) -> str:
    """Return a rate that people have set, with at least these decimals and as many more as it was set with."""
    exponent = (Decimal(repr(float(rate))) * 100).normalize().as_tuple().exponent
    return percent(rate, places=max(places, -exponent if isinstance(exponent, int) else 0))


def interval(low: float | None, high: float | None, reason: str = _ABSENT, places: int = 2) -> str:
    """Return an interval of rates, `1.02%～2.31%`, or the reason why there is none."""
    if low is None or high is None:
        return reason
    return f"{percent(low, places=places)}～{percent(high, places=places)}"


def whole(number: int | None, reason: str = _ABSENT) -> str:
    """Return a whole number with thousands, or the reason why there is none."""
    return reason if number is None else f"{number:,d}"


def decimal(number: float | None, reason: str = _ABSENT, places: int = 2) -> str:
    """Return a number with fixed decimals and thousands, or the reason why there is none."""
    return reason if number is None else f"{_rounded(Decimal(repr(float(number))), places):,f}"


def _rounded(value: Decimal, places: int) -> Decimal:
    """Round half up to fixed decimals, never to a negative zero."""
    rounded = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP)
    return rounded or abs(rounded)
