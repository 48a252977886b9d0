"""Check the rest of a document whose form is wrong in places, so that those who mend it hear of everything at once."""

import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from typing import Any

from sampling.errors import Complaint

STAND_INS: Mapping[str, object] = {
    "version": 1,
    "draw": 1,
    "title": "",
    "evaluation": "x",
    "method": "equal",
    "order": "ticket",
    "take": 1,
    "each": 1,
    "total": 1,
    "minimum": 0,
    "reserves": 0,
    "when_short": "refuse",
    "listed": "frame",
    "unannounced": 0,
}
"""Values in good form for entries whose own value is not; what they mean is never looked at."""
_STEP = re.compile(r"[^.\[\]]+|\[\d+\]")


def with_stand_ins(value: object, complaints: Iterable[Complaint]) -> object | None:
    """Put a value in good form wherever one is complained about; None where that is not known.

    Parameters
    ----------
    value : object
        The parsed document.
    complaints : iterable of Complaint
        Everything ``check_schema`` says of it.
    """
    mended = deepcopy(value)
    for each in complaints:
        path: list[str | int] = [
            int(step[1:-1]) if step.startswith("[") else step for step in _STEP.findall(each.column or "")
        ]
        if not _mend(mended, path, str(each.details.get("key", ""))):
            return None
    return mended


def _mend(document: Any, path: list[str | int], key: str) -> bool:
    """Mend one place; false where it is not known how."""
    owner, last = (path, key) if key else (path[:-1], path[-1] if path else "")
    here = document
    for step in owner:
        try:
            here = here[step]
        except (KeyError, IndexError, TypeError):  # a key of the document with a sign that steps are parted by
            return False
    if not isinstance(here, dict):
        return False
    if last in STAND_INS:
        here[last] = STAND_INS[str(last)]
        return True
    return bool(key) and here.pop(key, None) is not None
