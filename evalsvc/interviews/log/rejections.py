"""What the public log keeps of rejected interviews: one hash over all of a draw's, with their reasons; pure."""

from collections.abc import Iterable
from typing import Protocol

from sampling.hashing import sha256_json


class Judged(Protocol):
    """What has to be known of an interview to tell whether it was rejected."""

    @property
    def instance_id(self) -> str:
        """Return the interview's own identifier."""

    @property
    def rejected(self) -> str:
        """Return the code for which it was rejected; empty where it stands."""


def rejected_among(interviews: Iterable[Judged]) -> dict[str, str]:
    """Return the reason of every rejected interview by its instanceID."""
    return {each.instance_id: each.rejected for each in interviews if each.rejected}


def rejections_sha256(rejected: dict[str, str]) -> str:
    """Return the hash that a line of the log names: of `{rejected: {instanceID: reason}}`."""
    return sha256_json({"rejected": rejected})
