"""The pages of a signed report against the same report laid out again from the data inside it.

Searching the pages for figures would find each of them, even under the heading of another county: here every page
has to say exactly what this program prints from edition.json.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Any

from evalsvc.editions.printing import build_report
from evalsvc.verification.outcome import Step, step_of
from evalsvc.version import CODE_VERSION
from reports.verify import printed_text
from sampling.errors import Complaint, complain

LARGEST_EDITION = 20_000_000
"""Bytes of edition.json that are laid out: more than any report of this program has."""
BEFORE, SHOWN = 20, 80
"""Characters of a page that a complaint quotes: before the first difference, and altogether."""


def pages_step(pages: Sequence[str], edition: bytes, facts: Mapping[str, Any], file: str) -> Step:
    """Lay the report out again and compare every page; a difference is named with its page."""
    if len(edition) > LARGEST_EDITION:
        return step_of("pages", [complain("verification.edition_too_large", file=file, most=LARGEST_EDITION)])
    try:
        right = _laid_out(edition)
    except Exception as error:  # whatever a stranger's data do to the layout is a finding
        problem = f"{type(error).__name__}: {error}"[:200]
        return step_of("pages", [complain("verification.not_printable", file=file, problem=problem)])
    complaints = _differences(pages, right, file)
    if complaints and facts["code_version"] != CODE_VERSION:
        # Another version may lay out in another way: whoever checks learns which one to take.
        stated = str(facts["code_version"])[:50]
        complaints.append(complain("verification.other_version", file=file, made=stated, checked=CODE_VERSION))
    return step_of("pages", complaints, pages=len(right))


@lru_cache(maxsize=1)
def _laid_out(edition: bytes) -> tuple[str, ...]:
    """Return the words of each page; a report that is checked again is laid out once."""
    return printed_text(build_report(edition))


def _differences(pages: Sequence[str], right: Sequence[str], file: str) -> list[Complaint]:
    found = []
    for number in range(max(len(pages), len(right))):
        expected, stated = (_words(each[number]) if number < len(each) else "" for each in (right, pages))
        if expected != stated:
            start = max(0, _alike(expected, stated) - BEFORE)
            expected, stated = (text[start : start + SHOWN] for text in (expected, stated))
            found.append(
                complain("verification.page_differs", file=file, page=number + 1, expected=expected, found=stated)
            )
    if len(pages) != len(right):
        found.insert(0, complain("verification.page_count", file=file, expected=len(right), found=len(pages)))
    return found


def _alike(one: str, other: str) -> int:
    """Count the characters with which both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _words(page: str) -> str:
    """Make all white space one: where a line ends is no statement."""
    return " ".join(page.split())
