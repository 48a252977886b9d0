"""Requests that wait together and are written together: one of them writes for all, then each gets its own answer.

Nobody stands by for this: the first request that comes while nothing is being written writes everything that waits by
then, itself among it, and hands the pen to the first of those who came meanwhile. So there is no thread to start after
a fork or to end at shutdown: a server that lets its requests end has written everything that waits.
"""

import logging
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from threading import Event, Lock
from typing import Generic, TypeVar

from evalsvc.errors import BusyError

MOST_WAITING = 256
"""So many requests may wait; a server's threads bound them before, each holding its body in memory."""
MOST_TOGETHER = 64
"""So many are written together."""
LONGEST_WAIT = 30.0
"""Seconds until a request that nobody has begun to write is told to come back."""
COME_BACK_SECONDS = 5
log = logging.getLogger("evalsvc.interviews")

Wish = TypeVar("Wish")
Answer = TypeVar("Answer")
Write = Callable[[Sequence[Wish]], Sequence[Answer | Exception]]
"""Writes all, durable when it returns, and answers each, in their order; an exception is the answer of that one."""


@dataclass(eq=False)
class _Place(Generic[Wish, Answer]):
    """One request in the line."""

    wish: Wish
    called: Event = field(default_factory=Event)
    """Set when it is answered, or when it is to write."""
    answers: list[Answer | Exception] = field(default_factory=list)
    """Its answer, once it has one."""


class Group(Generic[Wish, Answer]):
    """The line before the one who writes."""

    def __init__(
        self, write: Write[Wish, Answer], *, most_waiting: int = MOST_WAITING, longest_wait: float = LONGEST_WAIT
    ) -> None:
        self._write, self._most_waiting, self._longest_wait = write, most_waiting, longest_wait
        self._waiting: deque[_Place[Wish, Answer]] = deque()
        self._writing = False
        self._door = Lock()
        """Held while the line is looked at, never while something is written."""

    def ask(self, wish: Wish) -> Answer:
        """Have a wish written with those that wait beside it; return when it is durable.

        Raises
        ------
        BusyError
            ``interview.busy``: too many wait, or too long; ``interview.not_written``: nothing of the group was. Either
            way the same request can be sent again.
        Exception
            What the writer gave as the answer of this one.
        """
        place = _Place[Wish, Answer](wish)
        if not self._enters_to_write(place):
            self._wait(place)
        if not place.answers:
            self._write_all()
        answer = place.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def _enters_to_write(self, place: _Place[Wish, Answer]) -> bool:
        """Stand in line; tell whether this one is to write."""
        with self._door:
            if len(self._waiting) >= self._most_waiting:
                raise BusyError("interview.busy", seconds=COME_BACK_SECONDS)
            self._waiting.append(place)
            writes, self._writing = not self._writing, True
        return writes

    def _wait(self, place: _Place[Wish, Answer]) -> None:
        if place.called.wait(self._longest_wait):
            return
        with self._door:
            leaves = not place.called.is_set() and place in self._waiting
            if leaves:
                self._waiting.remove(place)
        if leaves:
            raise BusyError("interview.busy", seconds=COME_BACK_SECONDS)
        place.called.wait()  # it is being written: its fate is known when that has ended

    def _write_all(self) -> None:
        """Write everything that waits, answer it, and let the next one write."""
        with self._door:
            together = [self._waiting.popleft() for _ in range(min(len(self._waiting), MOST_TOGETHER))]
        for place, answer in zip(together, self._answers([place.wish for place in together]), strict=True):
            place.answers.append(answer)
        with self._door:
            self._writing = bool(self._waiting)
            following = list(self._waiting)[:1]
            for place in (*together, *following):
                place.called.set()

    def _answers(self, wishes: Sequence[Wish]) -> Sequence[Answer | Exception]:
        """Write; whatever happens, there is an answer for each, and the line goes on."""
        try:
            answers = self._write(wishes)
            if len(answers) != len(wishes):
                raise RuntimeError(f"{len(answers)} answers for {len(wishes)} wishes")
            return answers
        except BaseException:  # also where this thread is being ended: the others wait for an answer
            log.exception("a group of %s could not be written", len(wishes))
            return [BusyError("interview.not_written", seconds=COME_BACK_SECONDS) for _ in wishes]
