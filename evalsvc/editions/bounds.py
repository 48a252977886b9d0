"""How much an edition.json may hold: enough for forty counties, little enough that a stranger's can be laid out.

Laying out takes time and memory for every word, row and page; what a crafted file could cost is measured in
docs/service.md. A report beyond these bounds is not issued either, for nobody could check it.
"""

from collections.abc import Iterator
from typing import Any

from sampling.errors import Complaint, complain

LARGEST_FILE = 2_000_000
"""Bytes; a county with 28 drawn villages takes some 47,000."""
LONGEST_TEXT = 500
"""Characters of one text."""
MOST_TEXT = 120_000
"""Characters of all texts that are printed once or more; a county with 28 drawn villages has some 2,900."""
LARGEST_NUMBER = 10**15
DEEPEST = 16
REPEATED = frozenset({"printed", "printed_with", "inputs"})
"""Parts whose texts are bounded by the format alone."""
WORDING = "texts"
"""The part with the texts that a report is worded by, which are longer; chapters/ bounds what comes of them."""
MOST_WORDING = 200_000
"""Characters of all texts that a report is worded by; ours of a general report have some 14,000."""


def beyond_bounds(value: object, file: str) -> Iterator[Complaint]:
    """Name every place that holds more than it may, and texts that are too much together."""
    text = wording = 0
    for place, each in _leaves(value, "$", 0):
        part = place.removeprefix("$.").split(".")[0].split("[")[0]
        if each is _TOO_DEEP:
            yield complain("edition.too_deep", file=file, column=place, most=DEEPEST)
        elif isinstance(each, str) and part == WORDING:
            wording += len(each)
        elif isinstance(each, str):
            text += 0 if part in REPEATED else len(each)
            if len(each) > LONGEST_TEXT:
                yield complain("edition.long_text", file=file, column=place, found=len(each), most=LONGEST_TEXT)
        # NaN and the infinities, which Python reads from JSON, are not within the bounds either.
        elif isinstance(each, int | float) and not -LARGEST_NUMBER <= each <= LARGEST_NUMBER:
            yield complain("edition.large_number", file=file, column=place, most=LARGEST_NUMBER)
    if wording > MOST_WORDING:
        yield complain("edition.much_wording", file=file, found=wording, most=MOST_WORDING)
    if text > MOST_TEXT:
        yield complain("edition.much_text", file=file, found=text, most=MOST_TEXT)


_TOO_DEEP = object()


def _leaves(value: Any, place: str, depth: int) -> Iterator[tuple[str, object]]:
    """Yield every value with its place; what lies too deep is not entered."""
    if depth > DEEPEST:
        yield place, _TOO_DEEP
    elif isinstance(value, dict):
        for name, each in value.items():
            yield from _leaves(each, f"{place}.{name}", depth + 1)
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from _leaves(each, f"{place}[{number}]", depth + 1)
    else:
        yield place, value
