"""What an answer of each type looks like."""

from __future__ import annotations

import re
from collections.abc import Callable
from decimal import Decimal

from forms.dates import read_date, read_date_time, read_time

_INTEGER = re.compile(r"[+-]?[0-9]{1,19}")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,3})?")
_WHOLE = frozenset({"int", "integer", "long", "short"})
_BOOLEANS = frozenset({"true", "false", "1", "0"})
_OWN_FILE = re.compile(r"jr://(?:images|audio|video|file)/[^/]+$")
MAX_FILE_NAME = 255


def _is_integer(text: str) -> bool:
    return _INTEGER.fullmatch(text) is not None


def _is_decimal(text: str) -> bool:
    return _DECIMAL.fullmatch(text) is not None


def _is_date(text: str) -> bool:
    # Some clients send a date with its midnight.
    return len(text) >= 8 and read_date(text) is not None


def _is_date_time(text: str) -> bool:
    return read_date_time(text) is not None


def _is_time(text: str) -> bool:
    return read_time(text) is not None


def _is_boolean(text: str) -> bool:
    return text in _BOOLEANS


def _is_point(text: str) -> bool:
    parts = text.split()
    if not 2 <= len(parts) <= 4 or not all(map(_is_decimal, parts)):
        return False
    return abs(float(parts[0])) <= 90 and abs(float(parts[1])) <= 180


def _is_trace(text: str) -> bool:
    points = [point for point in text.split(";") if point.strip()]
    return len(points) >= 2 and all(map(_is_point, points))


def _is_shape(text: str) -> bool:
    points = [point.split()[:2] for point in text.split(";") if point.strip()]
    return _is_trace(text) and len(points) >= 4 and points[0] == points[-1]


def is_file_name(text: str) -> bool:
    """Tell whether a text is the plain name of a file: no folder, no way up, no control character."""
    if text in (".", "..") or len(text.encode("utf-8")) > MAX_FILE_NAME:
        return False
    return not any(c in '/\\:<>"|?*' or ord(c) < 32 or ord(c) == 127 for c in text)


def as_type(kind: str, text: str) -> str:
    """Give a computed text as an answer of this type: clients cut what is computed for a whole number at its point."""
    return str(int(Decimal(text))) if kind in _WHOLE and "." in text and _is_decimal(text) else text


def is_own_file(text: str) -> bool:
    """Tell whether an answer is a file of the form itself, as a picture may have by default."""
    return _OWN_FILE.match(text) is not None


def _is_file(text: str) -> bool:
    return is_own_file(text) or is_file_name(text)


CHECKS: dict[str, Callable[[str], bool]] = {
    "int": _is_integer,
    "integer": _is_integer,
    "long": _is_integer,
    "short": _is_integer,
    "decimal": _is_decimal,
    "double": _is_decimal,
    "float": _is_decimal,
    "date": _is_date,
    "dateTime": _is_date_time,
    "time": _is_time,
    "boolean": _is_boolean,
    "geopoint": _is_point,
    "geotrace": _is_trace,
    "geoshape": _is_shape,
    "binary": _is_file,
}
"""Types that are not here (string, barcode, and those nobody knows) take any text."""
