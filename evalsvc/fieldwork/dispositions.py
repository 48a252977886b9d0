"""What can come of a visit, and for which reasons a household may be replaced."""

from collections.abc import Iterable
from types import MappingProxyType
from typing import Protocol

from evalsvc.instruments.contract import COMPLETED, DECEASED, DUPLICATE, NON_CONTACT, REFUSED, VACANT

REASONS = MappingProxyType(
    {
        "no_answer_twice": NON_CONTACT,
        "moved_away": NON_CONTACT,
        "refused": REFUSED,
        "vacant": VACANT,
        "deceased": DECEASED,
        "duplicate": DUPLICATE,
    }
)
"""Reason code of a replacement: the disposition that the replaced household's own record must show."""

REPLACEABLE = frozenset({"probability", "reserve"})
"""Kinds of unit that a reserve may stand beside; a certainty or purposive unit has no one like it."""

# A later visit counts when it got further than the one before: a household met at the second attempt is completed.
_RANK = {None: 0, NON_CONTACT: 1, REFUSED: 2, VACANT: 3, DECEASED: 3, DUPLICATE: 3, COMPLETED: 4}


def gets_further(new: str, old: str | None) -> bool:
    """Tell whether a visit's outcome takes the place of what is known so far."""
    return _RANK[new] > _RANK[old]


class Visit(Protocol):
    """What has to be known of an interview to tell whether it counts; the time as files write it."""

    @property
    def instance_id(self) -> str:
        """Return the interview's own identifier."""

    @property
    def unit_id(self) -> str:
        """Return the household."""

    @property
    def received_at(self) -> str:
        """Return when it was received."""

    @property
    def disposition(self) -> str:
        """Return what came of it; empty where it does not say."""


def counting_visits(visits: Iterable[Visit]) -> dict[str, Visit]:
    """Return for each household the visit that counts: the one that got furthest, of two alike the earlier.

    The order of the visits does not matter: of two in the same second the smaller instanceID is the earlier one.
    """
    found: dict[str, Visit] = {}
    for visit in sorted(visits, key=lambda each: (each.received_at, each.instance_id)):
        known = found.get(visit.unit_id)
        if visit.disposition and gets_further(visit.disposition, None if known is None else known.disposition):
            found[visit.unit_id] = visit
    return found
