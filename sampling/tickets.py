"""Give every unit its ticket: the random number that anyone can recompute from the seed and the unit's id."""

import hashlib
from collections.abc import Iterable

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
