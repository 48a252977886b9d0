"""The actor: who does something, as every operation receives it."""

from dataclasses import dataclass

ADMINISTRATOR = "administrator"
DESIGNER = "designer"
SUPERVISOR = "supervisor"
EXPERT = "expert"
LEAD = "lead"
ENUMERATOR = "enumerator"
AUDITOR = "auditor"
REVIEWER = "reviewer"
"""Reads a report before it is issued, and signs that it was reviewed; never who leads the evaluation."""
ROLES = (ADMINISTRATOR, DESIGNER, SUPERVISOR, EXPERT, LEAD, ENUMERATOR, AUDITOR, REVIEWER)


@dataclass(frozen=True)
class Actor:
    """Say who acts, and with which roles in the evaluation at hand."""

    identifier: str
    """What the audit trail carries: the person's id, ``token:<id>``, ``account:<id>`` or ``system``; never a name."""
    person_id: str | None
    """The person behind it; None for the system itself."""
    roles: frozenset[str]

    def has(self, *roles: str) -> bool:
        """Tell whether the actor has one of the roles; an administrator has them all."""
        return ADMINISTRATOR in self.roles or not self.roles.isdisjoint(roles)


SYSTEM = Actor("system", None, frozenset({ADMINISTRATOR}))
"""Acts for commands on the machine itself and for background jobs."""
