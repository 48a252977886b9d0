"""The errors that the service's operations raise; only the edge (web.py, cli.py) knows HTTP and exit codes."""

from collections.abc import Mapping, Sequence
from typing import Protocol, cast


class Complaint(Protocol):
    """Describe one problem of somebody's data: what the pure packages return, whatever class they use."""

    @property
    def code(self) -> str:
        """Return the stable code, for example ``frame.duplicate_unit``."""

    @property
    def details(self) -> Mapping[str, object]:
        """Return the machine details that fill the sentence (file, row, column, values)."""


class EvalsvcError(Exception):
    """Carry a stable code and machine details; the sentence for people stands in the catalogue under the code."""

    def __init__(self, code: str, **details: object) -> None:
        super().__init__(code, details)
        self.code = code
        self.details: Mapping[str, object] = details


class NotFoundError(EvalsvcError):
    """Raise when the thing asked for does not exist, or its existence is not the asker's business."""


class ConflictError(EvalsvcError):
    """Raise when the wish contradicts what already stands (a second, different answer; a draw made twice)."""


class ForbiddenError(EvalsvcError):
    """Raise when the actor is known and lacks the role."""


class UnauthenticatedError(EvalsvcError):
    """Raise when nobody is signed in, or the token is unknown or expired."""


class TooLargeError(EvalsvcError):
    """Raise when something sent in is larger than the configured limit."""


class BusyError(EvalsvcError):
    """Raise when the wish is fine and has to wait: as much of it as may run at a time is running."""

    def __init__(self, code: str, *, seconds: int, **details: object) -> None:
        super().__init__(code, seconds=seconds, **details)
        self.seconds = seconds


class UnavailableError(EvalsvcError):
    """Raise when another server that the wish needs gives no answer that can be used."""

    def __init__(self, code: str, complaints: Sequence[Complaint] = (), **details: object) -> None:
        super().__init__(code, **details)
        self.complaints = tuple(complaints)


class InvalidError(EvalsvcError):
    """Raise when data cannot be taken; all its problems are listed at once."""

    def __init__(self, code: str, complaints: Sequence[Complaint] = (), **details: object) -> None:
        super().__init__(code, **details)
        self.complaints = tuple(complaints)


class Coded(Protocol):
    """Describe an error that people can be told about: ours, or one of the pure packages."""

    @property
    def code(self) -> str:
        """Return the stable code."""

    @property
    def details(self) -> Mapping[str, object]:
        """Return the machine details."""


def coded(error: BaseException) -> Coded | None:
    """Return the error as one with a sentence in the catalogue, or None when nobody foresaw it.

    The pure packages have families of their own and know nothing of this one, so the shape decides.
    """
    code, details = getattr(error, "code", None), getattr(error, "details", None)
    return cast("Coded", error) if isinstance(code, str) and isinstance(details, Mapping) else None


def complaints_of(error: BaseException) -> tuple[Complaint, ...]:
    """Return the list of problems that an error carries, empty when it carries none."""
    return tuple(getattr(error, "complaints", ()))
