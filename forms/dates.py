"""Dates and times as forms write them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta, timezone

_EPOCH = date(1970, 1, 1)
# Nothing in it can match the same signs in two ways: answers may be long, and a stranger may have written them.
_DATE = re.compile(r"^\s*(\d{4})-(\d{1,2})-(\d{1,2})(?:T(\S{1,40}))?\s*$", re.ASCII)
_TIME = re.compile(r"^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?(Z|[+-]\d{2}(?::?\d{2})?)?$", re.ASCII)


def read_date(text: str) -> date | None:
    """Read a date, or the date of a date and time; None where it is none."""
    found = _DATE.match(text)
    if found is None:
        return None
    try:
        return date(int(found.group(1)), int(found.group(2)), int(found.group(3)))
    except ValueError:
        return None


def read_time(text: str) -> time | None:
    """Read a time of day with or without an offset."""
    found = _TIME.match(text.strip())
    if found is None:
        return None
    fraction = (found.group(4) or "0").ljust(6, "0")[:6]
    try:
        zone = _zone(found.group(5))
        return time(int(found.group(1)), int(found.group(2)), int(found.group(3) or 0), int(fraction), zone)
    except ValueError:
        return None


def read_date_time(text: str) -> datetime | None:
    """Read a date with a time, or a date alone as its midnight."""
    day = read_date(text)
    found = _DATE.match(text)
    if day is None or found is None:
        return None
    if found.group(4) is None:
        return datetime.combine(day, time())
    hour = read_time(found.group(4))
    return None if hour is None else datetime.combine(day, hour)


def _zone(text: str | None) -> timezone | None:
    if text is None:
        return None
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "").ljust(4, "0")
    offset = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-offset if text[0] == "-" else offset)


def days_since_epoch(text: str) -> float | None:
    """Give whole days for a date, days with a fraction (in UTC, where an offset is given) for a date and time."""
    if len(text) < 8 or "-" not in text:
        return None
    moment = read_date_time(text)
    if moment is None:
        return None
    if "T" not in text:
        return float((moment.date() - _EPOCH).days)
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return (aware - datetime(1970, 1, 1, tzinfo=UTC)) / timedelta(days=1)


def date_of_days(days: float) -> date | None:
    """Give the date of a number of days since 1970; None where no calendar reaches."""
    try:
        return _EPOCH + timedelta(days=int(days // 1))
    except OverflowError:
        return None


def date_time_text(moment: datetime) -> str:
    """Write a date and time as devices do: milliseconds and offset."""
    return moment.isoformat(timespec="milliseconds")
