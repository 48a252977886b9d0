"""The running hash of interviews, pure: each link covers one interview and the link before it."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Protocol

from sampling.hashing import sha256_json

FIRST_PREVIOUS = "0" * 64
"""What stands for the link before the first interview."""


class Received(Protocol):
    """What the running hash covers of an interview; the time as files write it."""

    @property
    def instance_id(self) -> str:
        """Return the interview's own identifier."""

    @property
    def sha256(self) -> str:
        """Return the hash of the bytes as sent."""

    @property
    def received_at(self) -> str:
        """Return when it was received."""


@dataclass(frozen=True)
class Link:
    """One interview's place in the order in which the log took interviews in, and the running hash up to it."""

    sequence: int
    hash: str


BEFORE_FIRST = Link(0, FIRST_PREVIOUS)


def links(interviews: Iterable[Received], last: Link = BEFORE_FIRST) -> Iterator[Link]:
    """Continue the running hash over interviews in their order."""
    for each in interviews:
        content = {
            "sequence": last.sequence + 1,
            "instance_id": each.instance_id,
            "sha256": each.sha256,
            "received_at": each.received_at,
            "previous": last.hash,
        }
        last = Link(last.sequence + 1, sha256_json(content))
        yield last
