"""Give every unit its ticket: the random number that anyone can recompute from the seed and the unit's id."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Self

from sampling.stages import Design

TICKET_DIGITS = 13
"""Hexadecimal digits of a ticket that make its number u; 52 bits, which a double holds exactly."""

TICKET_RANGE = 1 << 52
"""u = first 13 digits / 2**52."""


def ticket(seed: str, stage: str, unit_id: str) -> str:
    """Hash ``seed:stage:id``; docs/draw-protocol.md, Tickets."""
    return hashlib.sha256(f"{seed}:{stage}:{unit_id}".encode()).hexdigest()


def tickets(seed: str, stage: str, unit_ids: Iterable[str]) -> list[str]:
    """Hash the ids of many units, about a million a second.

    Parameters
    ----------
    seed, stage : str
        Seed of the draw and name of the stage.
    unit_ids : iterable of str
        Ids in any order.

    Returns
    -------
    list of str
        Tickets in the order of the ids, 64 lower-case hexadecimal digits each.
    """
    prefix = hashlib.sha256(f"{seed}:{stage}:".encode())
    made = []
    for unit_id in unit_ids:
        state = prefix.copy()  # the prefix is hashed once, not once a unit
        state.update(unit_id.encode())
        made.append(state.hexdigest())
    return made


def start(seed: str, stage: str, parent: str | None, stratum: str) -> int:
    """Give the integer start r in [0, 2**52) of a systematic selection; empty text stands for no parent."""
    text = f"{seed}:{stage}/start:{parent or ''}:{stratum}"
    return int(hashlib.sha256(text.encode()).hexdigest()[:TICKET_DIGITS], 16)


@dataclass(frozen=True)
class Tickets:
    """Give the tickets of a stage: its own, or those of an earlier draw, whose numbers may be shifted.

    Parameters
    ----------
    seed, stage : str
        What is hashed before the unit's id.
    shift : int
        Added to every number, modulo 2**52.
    """

    seed: str
    stage: str
    shift: int = 0

    @classmethod
    def of(cls, design: Design, stage: str, seed: str) -> Self:
        """Find whose tickets a stage uses; docs/draw-protocol.md, Overlap."""
        earlier = design.earlier
        if earlier is None or stage not in earlier.stages:
            return cls(seed, stage)
        return cls(earlier.seed, stage, int(Fraction(earlier.shift) * TICKET_RANGE))

    @property
    def prefix(self) -> str:
        """Give the text before the unit's id."""
        return f"{self.seed}:{self.stage}:"

    @property
    def first(self) -> str:
        """Give the smallest 13 digits that the shift carries beyond 2**52, to the front; empty without a shift."""
        return f"{TICKET_RANGE - self.shift:0{TICKET_DIGITS}x}" if self.shift else ""

    def of_units(self, unit_ids: Iterable[str]) -> list[str]:
        """Hash the ids of many units, in their order."""
        return tickets(self.seed, self.stage, unit_ids)

    def digests(self, unit_ids: Iterable[bytes]) -> bytes:
        """Hash the ids of many units, given as UTF-8: 32 bytes for each, one behind the other, for long lists."""
        prefix = hashlib.sha256(self.prefix.encode())
        made = []
        for unit_id in unit_ids:
            state = prefix.copy()
            state.update(unit_id)
            made.append(state.digest())
        return b"".join(made)

    def number(self, ticket: str) -> int:
        """Give a ticket's number in [0, 2**52), shifted."""
        return (int(ticket[:TICKET_DIGITS], 16) + self.shift) % TICKET_RANGE

    def key(self, ticket: str) -> tuple[int, str]:
        """Give what tickets are ordered by."""
        return self.number(ticket), ticket
