"""What can come of a visit, and for which reasons a household may be replaced."""

from types import MappingProxyType

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
