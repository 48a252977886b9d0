"""Dates and times."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta

from forms.dates import date_of_days, date_time_text, days_since_epoch, read_date, read_date_time, read_time
from forms.functions.registry import function
from forms.scope import CURRENT, moment
from forms.values import Value, to_string

_CODE = re.compile(r"%(.)")
_MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
           "November", "December")  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_DAYS_ZH = "一二三四五六日"


@function("today", "string", (0, 0), volatile=True)
def today(_: object) -> str:
    """Give the date."""
    return moment().date().isoformat()


@function("now", "string", (0, 0), volatile=True)
def now(_: object) -> str:
    """Give date and time."""
    return date_time_text(moment())


@function("date", "string", (1, 1), "any")
def as_date(_: object, value: Value) -> str:
    """Give a date out of a text or out of days since 1970."""
    day = _day(value)
    return day.isoformat() if day else ""


@function("date-time", "string", (1, 1), "any")
def as_date_time(_: object, value: Value) -> str:
    """Give a date and time out of a text or out of days since 1970."""
    found = _moment(value)
    return date_time_text(found) if found else ""


@function("decimal-date-time", "number", (1, 1), "any")
def decimal_date_time(_: object, value: Value) -> float:
    """Give the days since 1970 with their fraction."""
    if isinstance(value, float):
        return value
    days = days_since_epoch(to_string(value))
    return math.nan if days is None else days


@function("decimal-time", "number", (1, 1), "any")
def decimal_time(_: object, value: Value) -> float:
    """Give the fraction of the day."""
    text = to_string(value)
    found = read_time(text.partition("T")[2] or text)
    if found is None:
        return math.nan
    return ((found.hour * 60 + found.minute) * 60 + found.second + found.microsecond / 1e6) / 86400


@function("format-date", "string", (2, 2), "any", "string", spoken=True)
def format_date(_: object, value: Value, pattern: Value) -> str:
    """Write a date by a pattern."""
    return _format(_moment(value), to_string(pattern))


@function("format-date-time", "string", (2, 2), "any", "string", spoken=True)
def format_date_time(_: object, value: Value, pattern: Value) -> str:
    """Write a date and time by a pattern."""
    return _format(_moment(value), to_string(pattern))


def _day(value: Value) -> date | None:
    if isinstance(value, float):
        return date_of_days(value) if math.isfinite(value) else None
    text = to_string(value).strip()
    found = read_date(text)
    if found is None and re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return date_of_days(float(text))
    return found


def _moment(value: Value) -> datetime | None:
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        try:
            return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(days=value)
        except OverflowError:
            return None
    text = to_string(value).strip()
    hour = read_time(text)
    if hour is not None:
        # A time of day alone can be written by the codes of times.
        return datetime.combine(date(1970, 1, 1), hour)
    if re.fullmatch(r"-?\d+(?:\.\d+)?", text):
        return _moment(float(text))
    return read_date_time(text)


def _format(found: datetime | None, pattern: str) -> str:
    if found is None:
        return ""
    return _CODE.sub(lambda code: _written(found, code.group(1)), pattern)


def _written(found: datetime, code: str) -> str:
    chinese = CURRENT.get().language.startswith("zh")
    codes = {
        "Y": f"{found.year:04d}", "y": f"{found.year % 100:02d}", "m": f"{found.month:02d}", "n": str(found.month),
        "B": f"{found.month}月" if chinese else _MONTHS[found.month - 1],
        "b": f"{found.month}月" if chinese else _MONTHS[found.month - 1][:3],
        "d": f"{found.day:02d}", "e": str(found.day), "H": f"{found.hour:02d}", "h": str(found.hour),
        "M": f"{found.minute:02d}", "S": f"{found.second:02d}", "3": f"{found.microsecond // 1000:03d}",
        "A": f"星期{_DAYS_ZH[found.weekday()]}" if chinese else _DAYS[found.weekday()],
        "a": f"周{_DAYS_ZH[found.weekday()]}" if chinese else _DAYS[found.weekday()][:3],
        "w": str(found.isoweekday() % 7), "u": str(found.isoweekday()), "W": f"{found.isocalendar().week:02d}",
        "%": "%",
    }  # fmt: skip
    return codes.get(code, "")
