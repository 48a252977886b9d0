"""Say what became of the interviews of a file, for pages, programs and terminals alike."""

from collections import Counter
from collections.abc import Sequence

from evalsvc.interviews.unsent.importing import HERE, NEW, REFUSED, Imported
from evalsvc.words import sentence


def counts(imported: Sequence[Imported]) -> dict[str, int]:
    """Count the interviews by what became of them."""
    found = Counter(each.outcome for each in imported)
    return {outcome: found[outcome] for outcome in (NEW, HERE, REFUSED)}


def summary(imported: Sequence[Imported], language: str) -> str:
    """Say in one sentence what became of a file."""
    return sentence("unsent.imported", counts(imported), language)


def message(each: Imported, language: str) -> str:
    """Say what became of one interview."""
    return sentence(each.code, each.details, language)
