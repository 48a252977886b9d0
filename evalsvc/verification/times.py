"""Times as files write them: UTC, to the second, `2026-03-01T08:00:00Z`; in this form texts compare as the times do."""

import re
from collections.abc import Mapping
from datetime import datetime
from itertools import pairwise

from sampling.errors import Complaint, complain

_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


def is_time(text: str) -> bool:
    """Tell whether a text is a time of the calendar in the one form that files have."""
    if _FORM.fullmatch(text) is None:
        return False
    try:
        datetime.strptime(text, "%Y-%m-%dT%H:%M:%S%z")
    except ValueError:
        return False
    return True


def bad_times(times: Mapping[str, str], file: str) -> list[Complaint]:
    """Name every time that is none, by its place in a file."""
    return [
        complain("verification.bad_time", file=file, place=place, at=text[:50])
        for place, text in times.items()
        if not is_time(text)
    ]


def back_in_time(file: str, order: Mapping[str, str]) -> list[Complaint]:
    """Name each pair of neighbours in a course of events whose times go back; a time that is none is left to others."""
    known = [(what, text) for what, text in order.items() if is_time(text)]
    return [
        complain("verification.back_in_time", file=file, what=what, at=at, before=before, earlier=earlier)
        for (before, earlier), (what, at) in pairwise(known)
        if at < earlier
    ]
