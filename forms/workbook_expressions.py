"""Expressions of a workbook that could not be converted: whether they can be read at all."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from forms.complaint import Complaint, shortened
from forms.expression import UNFINISHED
from forms.workbook_quotes import QUOTES
from forms.workbook_sheets import FIRST_ROW
from forms.xpath import XPathDepthError, XPathSyntaxError, parse

_COLUMNS = frozenset({
    "relevant", "relevance", "constraint", "calculation", "calculate", "choice_filter", "repeat_count",
})  # fmt: skip
_REFERENCE = re.compile(r"\$\{(\s*(?:last-saved#)?)([\w.\-]+)(\s*)\}")
_STRAIGHT = str.maketrans(QUOTES, "\"\"''")


def expression_faults(survey: Sequence[Mapping[str, str]]) -> Iterator[Complaint]:
    """Name the cells whose expression is wrong or not finished, with the character at which it goes wrong."""
    for number, row in enumerate(survey, start=FIRST_ROW):
        for header, text in row.items():
            if header.lower().replace(" ", "_").removeprefix("bind::") in _COLUMNS:
                yield from _faults(text.strip(), number, header)


def _faults(written: str, number: int, header: str) -> Iterator[Complaint]:
    # A path as long as the reference keeps the places of all characters.
    plain = _REFERENCE.sub(lambda found: f"/{found[2]}".ljust(len(found[0])), written).translate(_STRAIGHT)
    # A reference that is written wrongly is told of as such.
    if not plain or "$" in plain:
        return
    try:
        parse(plain)
    except (XPathDepthError, RecursionError):
        return
    except XPathSyntaxError as problem:
        code = "form.expression_syntax" if problem.found else UNFINISHED
        details: dict[str, str | int] = {
            "expression": shortened(written, 200), "position": problem.position, "found": problem.found, "row": number,
        }  # fmt: skip
        yield Complaint("form", code, "", details, "survey", number, header)
