"""Which nonces were used, and how often: one memory for all processes of a server, of a fixed size.

The memory is a table in a file that the processes share, made before they part. A nonce's mark says in which set of the
table it stands; where a set is full, its oldest goes, and every nonce as old as that is stale in this set from then on.
A process that is killed lets go of the lock and leaves at worst one use unnoted.
"""

import fcntl
import mmap
import os
import struct
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from tempfile import TemporaryFile
from threading import Lock

WINDOW = 64
"""Uses of one nonce that may overtake each other: a client may have several connections."""
SETS, WAYS = 4096, 8
"""Together 32,768 nonces in 1.2 MB; a thousand phones that sign in within ten minutes fill an eighth of them."""
SLOT = struct.Struct(">16sdIQ")
"""The mark of a nonce, when it was given out, the highest count that was seen, and which of those closely below it."""
FLOOR = struct.Struct(">d")
SIZE = FLOOR.size + WAYS * SLOT.size


@dataclass(frozen=True)
class _Use:
    """What a slot holds; one that was never written holds noughts."""

    mark: bytes
    given: float
    highest: int
    seen: int


class UsedNonces:
    """Note each use of a nonce once; make it before the processes part that share it."""

    def __init__(self, started: float, sets: int = SETS) -> None:
        with TemporaryFile() as file:
            file.truncate(sets * SIZE)
            self._table = mmap.mmap(file.fileno(), sets * SIZE)
            self._file = os.dup(file.fileno())
        weakref.finalize(self, os.close, self._file)
        self._started, self._sets, self._threads = started, sets, Lock()

    def note(self, mark: bytes, given: float, count: int | None) -> bool:
        """Note one use of a nonce; False when it was used so already, or is older than what was forgotten."""
        at = int.from_bytes(mark[:4]) % self._sets * SIZE
        with self._alone(at):
            (floor,) = FLOOR.unpack_from(self._table, at)
            if given < self._started or given <= floor:
                return False
            places = range(at + FLOOR.size, at + SIZE, SLOT.size)
            uses = {place: _Use(*SLOT.unpack_from(self._table, place)) for place in places}
            for place, use in uses.items():
                if use.mark == mark:
                    return self._once_more(place, use, count)
            oldest = min(uses, key=lambda place: uses[place].given)
            FLOOR.pack_into(self._table, at, max(floor, uses[oldest].given))
            self._write(oldest, _Use(mark, given, count or 0, 1))
            return True

    def _once_more(self, place: int, use: _Use, count: int | None) -> bool:
        if count is None or count <= use.highest - WINDOW:
            return False
        if count > use.highest:
            seen = use.seen << min(count - use.highest, WINDOW) & (1 << WINDOW) - 1 | 1
            self._write(place, _Use(use.mark, use.given, count, seen))
            return True
        bit = 1 << use.highest - count
        self._write(place, _Use(use.mark, use.given, use.highest, use.seen | bit))
        return not use.seen & bit

    def _write(self, place: int, use: _Use) -> None:
        SLOT.pack_into(self._table, place, use.mark, use.given, use.highest, use.seen)

    @contextmanager
    def _alone(self, at: int) -> Iterator[None]:
        """Keep other threads out, then other processes: the lock on a file knows processes only."""
        with self._threads:
            fcntl.lockf(self._file, fcntl.LOCK_EX, SIZE, at)
            try:
                yield
            finally:
                fcntl.lockf(self._file, fcntl.LOCK_UN, SIZE, at)
