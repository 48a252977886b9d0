"""The pages of a signed report against the same report laid out and signed again from the data inside it.

Searching the pages for figures would find each of them, even under the heading of another county; comparing the words
would miss a picture that covers them. Here the whole file has to be what this program makes of edition.json and the
signature, byte by byte. Where it is not, words and drawings are compared page by page to say where.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import takewhile
from typing import Any

from evalsvc.editions.printing import appearances_for, build_report
from evalsvc.errors import InvalidError
from evalsvc.verification.outcome import Step, step_of
from reports.redraw import Drawing, compare_drawing
from reports.verify import Pages, printed_text
from reports.versions import printed_with
from sampling.errors import Complaint, complain

BEFORE, SHOWN = 20, 80
"""Characters of a page that a complaint quotes: before the first difference, and altogether."""


def pages_step(pages: Pages, edition: bytes, facts: Mapping[str, Any], file: str) -> Step:
    """Lay the report out and sign it again; a difference is named with its page.

    Where the file states other versions than those at hand, only words count: other versions may draw the same words in
    another way, so a note says that pictures were not ruled out, and which versions would do it.
    """
    try:
        right = _laid_out(edition)
    except MemoryError:
        raise
    except InvalidError as error:  # the texts of the report have mistakes, each with its line
        return step_of("pages", [Complaint(each.code, file, details=each.details) for each in error.complaints])
    except Exception as error:  # whatever a stranger's data do to the layout is a finding
        problem = f"{type(error).__name__}: {error}"[:200]
        return step_of("pages", [complain("verification.not_printable", file=file, problem=problem)])
    drawing = compare_drawing(pages.pdf, right, appearances_for(facts["edition"]))
    if drawing.same:
        return step_of("pages", (), pages=len(pages.words))
    return _difference(pages, right, drawing, facts["printed_with"], file)


@lru_cache(maxsize=1)
def _laid_out(edition: bytes) -> bytes:
    """Return the report without its signature; one that is checked again is laid out once."""
    return build_report(edition)


def _difference(pages: Pages, right: bytes, drawing: Drawing, stated: Mapping[str, str], file: str) -> Step:
    """Say where a file is not what it should be, as far as the versions at hand allow."""
    words = printed_text(right)
    complaints, notes = list(_other_words(pages.words, words, file)), list[Complaint]()
    here = printed_with()
    others = sorted(name for name in {*stated, *here} if stated.get(name) != here.get(name))
    if not others:
        complaints += _other_drawings(drawing, {each.details.get("page") for each in complaints}, file)
    else:
        made, checked = (", ".join(f"{name} {each.get(name, '-')}" for name in others) for each in (stated, here))
        code = "verification.other_version" if complaints else "verification.drawing_unknown"
        told = complain(code, file=file, made=made[:500], checked=checked)
        (complaints if complaints else notes).append(told)
    return step_of("pages", complaints, notes, pages=len(words))


def _other_drawings(drawing: Drawing, known: set[object], file: str) -> Iterator[Complaint]:
    """Name the pages whose words are right and whose drawing is not; a file may also differ outside of its pages."""
    yield from (
        complain("verification.page_drawn", file=file, page=page) for page in drawing.pages if page not in known
    )
    if not drawing.pages and not known:
        yield complain("verification.file_differs", file=file)


def _other_words(pages: Sequence[str], right: Sequence[str], file: str) -> Iterator[Complaint]:
    if len(pages) != len(right):
        yield complain("verification.page_count", file=file, expected=len(right), found=len(pages))
    for number in range(max(len(pages), len(right))):
        expected, stated = (_words(each[number]) if number < len(each) else "" for each in (right, pages))
        if expected != stated:
            start = max(0, _alike(expected, stated) - BEFORE)
            expected, stated = (text[start : start + SHOWN] for text in (expected, stated))
            yield complain("verification.page_differs", file=file, page=number + 1, expected=expected, found=stated)


def _alike(one: str, other: str) -> int:
    """Count the characters with which both begin."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))


def _words(page: str) -> str:
    """Make all white space one: where a line ends is no statement."""
    return " ".join(page.split())
