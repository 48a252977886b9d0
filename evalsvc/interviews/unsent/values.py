"""Values of unsent interviews: what a file holds, whichever way the phone has sealed it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from evalsvc.interviews.values import SentFile


@dataclass(frozen=True)
class UnsentFile:
    """A file of an interview: its name, and where it stands in the archive."""

    name: str
    entry: str
    sha256: str | None
    """What its bytes have to be; None where the seal of each says so."""


@dataclass(frozen=True)
class UnsentInterview:
    """One interview of a file."""

    instance_id: str
    form_id: str
    version: str
    entry: str
    """Where its XML stands in the archive."""
    sha256: str | None
    files: tuple[UnsentFile, ...]
    is_draft: bool = False

    @property
    def places(self) -> "tuple[UnsentInterview | UnsentFile, ...]":
        """Return everything of it that stands in the archive: its XML, then its files."""
        return (self, *self.files)


class Contents(Protocol):
    """The interviews of a file; their bytes are read one by one when they are asked for.

    What is read may raise ``unsent.contents``, ``unsent.damaged`` and ``unsent.other_bytes``.
    """

    @property
    def interviews(self) -> Sequence[UnsentInterview]:
        """Return the interviews, in the order of the list."""

    def size(self, place: UnsentInterview | UnsentFile) -> int:
        """Return how many bytes the XML of an interview, or a file, takes in the archive: never less than it has."""

    def xml(self, interview: UnsentInterview) -> bytes:
        """Return the XML of an interview."""

    def file(self, interview: UnsentInterview, file: UnsentFile) -> SentFile:
        """Return a file of an interview."""
