"""Values on the way of a submission: admitted, kept, waiting for the commit that it shares with others."""

from dataclasses import dataclass

from evalsvc.audit import Entry
from evalsvc.errors import EvalsvcError
from evalsvc.interviews.values import KeptSubmission, Receipt
from evalsvc.people.actor import Actor


@dataclass(frozen=True)
class Admitted:
    """What a submission met when it was looked at before anything of it was kept."""

    is_new: bool
    """Whether nothing stood under its instanceID; a look, not a promise: two may come at once."""
    assignment_id: str | None
    """The household that it tells of, to be held; None for villages and counties."""
    version_id: str | None
    """The version that it brings files to, or corrects, to be held."""


@dataclass(frozen=True)
class Arriving:
    """A submission whose bytes and files are on disk, and what it met before."""

    actor: Actor
    kept: KeptSubmission
    admitted: Admitted


@dataclass(frozen=True)
class HeldHousehold:
    """The household that a submission belongs to, as it stands while it is held."""

    id: str
    unit_id: str
    disposition: str | None
    instance_id: str | None
    enumerator_id: str | None


@dataclass(frozen=True)
class Received:
    """What was done with a submission, and what the audit trail says of it; None where nothing was new."""

    receipt: Receipt
    entry: Entry | None


@dataclass(frozen=True)
class Refused:
    """An attempt that was refused before it came so far; its contents are not kept."""

    actor: Actor
    evaluation_id: str
    error: EvalsvcError
    sha256: str | None
    """Hash of its XML, where it had one."""
