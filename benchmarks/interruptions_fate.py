"""What strikes a phone, at which moment and how: planned by chance, and done from beside the enumerator."""

import random
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from benchmarks.interruptions_interview import ANSWER, FILE, FINISH, SENDING, STEP
from benchmarks.interruptions_phone import Phone
from benchmarks.wire import Wire

BATTERY, TAB, RELOAD, CLOSED, CUT, MUTE = KINDS = (
    "all processes killed", "tab killed", "page loaded anew", "page closed", "network cut", "server's answers lost",
)  # fmt: skip
OFFLINE_KINDS = (BATTERY, BATTERY, TAB, RELOAD, CLOSED)
SENDING_KINDS = (BATTERY, TAB, CUT, MUTE)
DELAYS = {ANSWER: 0.25, FILE: 0.8, STEP: 0.25, FINISH: 0.6, SENDING: 1.2}
"""Seconds after the beginning of a moment within which the interruption falls."""
FILLING = ((ANSWER, 24), (ANSWER, 24), (ANSWER, 24), (STEP, 9), (STEP, 9), (FILE, 1), (FILE, 1))
"""How many of these moments pass at most before one is interrupted, counted from the last one of its kind."""


class StruckError(Exception):
    """The page is gone, as it was meant to be."""


@dataclass
class Interruption:
    """What is to happen, at which moment, after so many that pass, and so many seconds after that one began."""

    moment: str
    kind: str
    skip: int
    delay: float


@dataclass
class Course:
    """What happened."""

    struck: Counter[tuple[str, str]] = field(default_factory=Counter)
    interviews: int = 0
    answers: int = 0
    files: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def number(self) -> int:
        return self.struck.total()


class Fate:
    """Strikes at the moments of its plan, one after the other."""

    def __init__(self, phone: Phone, wire: Wire, course: Course) -> None:
        self._phone, self._wire, self._course = phone, wire, course
        self.plan: list[Interruption] = []
        self.struck: Interruption | None = None
        """What has struck and was not recovered from yet."""
        self._timer: threading.Timer | None = None
        self._offline = False

    def reachable(self, *, server: bool) -> None:
        """Let the phone have a network, or none: the application may believe that there is one."""
        self._offline = not server
        if self._offline:
            self._wire.break_off()
        elif self._timer is None:
            self._wire.cut = False

    @contextmanager
    def danger(self, moment: str) -> Iterator[None]:
        """Live through a moment at which something may strike."""
        due = self._due(moment)
        if due is None:
            yield
        elif due.kind in (RELOAD, CLOSED):
            yield
            self._phone.page.wait_for_timeout(1000 * due.delay)
            self._strike(due, self._phone.page.reload if due.kind == RELOAD else self._phone.page.close)
            raise StruckError
        else:
            if due.kind == MUTE:
                self._wire.mute = True
            self._timer = threading.Timer(due.delay, self._strike, (due, self._blow(due.kind)))
            self._timer.start()
            yield

    def recovered(self) -> Interruption | None:
        """Say what has struck, once; what is still under way strikes first."""
        if self._timer is not None:
            self._timer.join()
            self._timer = None
        struck, self.struck = self.struck, None
        self._wire.cut, self._wire.mute = self._offline, False
        return struck

    def _due(self, moment: str) -> Interruption | None:
        """Take what is planned for this moment when its turn has come; one at a time is enough."""
        due = next((each for each in self.plan if each.moment == moment), None)
        if due is None or self._timer is not None:
            return None
        due.skip -= 1
        if due.skip >= 0:
            return None
        self.plan.remove(due)
        return due

    def _blow(self, kind: str) -> Callable[[], object]:
        if kind in (CUT, MUTE):
            return self._wire.break_off
        return lambda: self._phone.kill(tabs_alone=kind == TAB)

    def _strike(self, what: Interruption, blow: Callable[[], object]) -> None:
        self.struck = what
        self._course.struck[what.moment, what.kind] += 1
        blow()


def plan(chance: random.Random) -> list[Interruption]:
    """Think out what happens to one interview."""
    filling = [(moment, chance.choice(OFFLINE_KINDS), chance.randint(0, most)) for moment, most in FILLING]
    finishing = (FINISH, chance.choice(OFFLINE_KINDS[:3]), 0)
    sending = [(SENDING, kind, 0) for kind in chance.sample(SENDING_KINDS, 2)]
    planned = [*filling, finishing, *sending]
    return [Interruption(*each, delay=chance.uniform(0, DELAYS[each[0]])) for each in planned]
