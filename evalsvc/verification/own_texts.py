"""Which texts of a report are not those of this program: an institute may write its own, and a reader should know."""

from collections.abc import Mapping
from typing import Any

from evalsvc import files
from evalsvc.editions.chapters.texts import other_texts
from evalsvc.version import CODE_VERSION
from sampling.errors import Complaint, complain


def own_texts(facts: Mapping[str, Any]) -> list[Complaint]:
    """Name the texts that differ from ours; figures come from the facts whatever the words say, so nothing fails."""
    names = other_texts(facts["texts"])
    if not names:
        return []
    listed = "、".join(name[:80] for name in names)
    return [complain("report_text.other", file=files.EDITION, version=CODE_VERSION, names=listed[:500])]
