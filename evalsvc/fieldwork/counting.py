"""Which visit of a household counts, decided from the list of interviews alone: the service and outsiders use it."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from evalsvc.fieldwork.dispositions import gets_further


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

    @property
    def replaces(self) -> str:
        """Return the identifier of the version that it corrects; empty for a first version."""

    @property
    def rejected(self) -> str:
        """Return the code for which it was rejected; empty where it stands."""


def counting_visits(visits: Iterable[Visit]) -> dict[str, Visit]:
    """Return for each household the visit that counts: the one that got furthest, of two alike the earlier.

    A correction stands in the place of its first version, whose time and identifier order it; a rejected visit counts
    nowhere. The order of the list does not matter: of two in the same second the smaller instanceID is the earlier one.
    """
    of_household: dict[str, list[Visit]] = {}
    for _first, visit in standing(visits):
        if visit.disposition and not visit.rejected:
            of_household.setdefault(visit.unit_id, []).append(visit)
    return {unit_id: found for unit_id, those in of_household.items() if (found := furthest(those)) is not None}


def furthest(visits: Iterable[Visit]) -> Visit | None:
    """Return the visit that got furthest, of two alike the one that stands first in the list."""
    found: Visit | None = None
    for visit in visits:
        if visit.disposition and gets_further(visit.disposition, None if found is None else found.disposition):
            found = visit
    return found


def standing(visits: Iterable[Visit]) -> list[tuple[Visit, Visit]]:
    """Give every visit that no other corrects, each behind its first version, in the order in which those arrived."""
    known = {each.instance_id: each for each in visits}
    corrected = {each.replaces for each in known.values()}
    pairs = [(first_version(each, known), each) for name, each in known.items() if name not in corrected]
    return sorted(pairs, key=lambda pair: (pair[0].received_at, pair[0].instance_id))


def first_version(visit: Visit, known: Mapping[str, Visit]) -> Visit:
    """Go back from a correction to the version that was sent first; lists of others may lead in a circle."""
    seen = {visit.instance_id}
    while visit.replaces in known and visit.replaces not in seen:
        seen.add(visit.replaces)
        visit = known[visit.replaces]
    return visit
