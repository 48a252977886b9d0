"""The fieldwork: enumerators visit, the supervisor opens reserves, enumerators visit those, until none is left."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from itertools import count
from threading import Event

from evalsvc.demonstration.institute import Enumerator, Institute
from evalsvc.demonstration.office import Office
from evalsvc.demonstration.phone import Phone, UnexpectedAnswerError
from evalsvc.demonstration.refusals import Refused, try_what_must_be_refused
from evalsvc.demonstration.reviewing import ReviewDone, review_some
from evalsvc.demonstration.visits import Tally, visit_all
from evalsvc.demonstration.world import World
from forms.definition import FormDefinition, parse_definition

THREADS = 4
MOST_ROUNDS = 6
Progress = Callable[[int, int], None]
"""Told how many households have been visited, and how many are open by now."""


@dataclass(frozen=True)
class Order:
    """Which draw is visited with which instrument, in which villages."""

    draw: int
    instrument_id: str
    villages: tuple[str, ...]


@dataclass(frozen=True)
class FieldworkDone:
    """What the fieldwork came to."""

    assignments: int
    tally: Tally
    rounds: int
    reserves_opened: int
    without_reserve: int
    """Households without an interview for which the village had no reserve left."""
    refused: tuple[Refused, ...]
    review: ReviewDone
    visited_again: int
    """Households whose interview was rejected."""


def require_each_once(done: FieldworkDone, received: int) -> None:
    """See that what was sent twice was taken in once: the server answers a copy as it answers the first.

    Raises
    ------
    UnexpectedAnswerError
        The service holds another number of interviews than there were visits and corrections.
    """
    visits, corrections = sum(done.tally.outcomes.values()) + done.visited_again, done.review.corrected
    if received != visits + corrections:
        sent = f"{visits} visits, {corrections} corrections and {done.tally.resent} copies"
        raise UnexpectedAnswerError(f"{sent} gave {received} interviews")


class Crew:
    """Everybody who is in the field, with their connections."""

    def __init__(self, server: str, institute: Institute, world: World, stack: ExitStack) -> None:
        code = institute.evaluation.code
        self.office = stack.enter_context(closing(Office(server, institute.member("demo-supervisor").api_token, code)))
        self.phones = {
            each.person_id: stack.enter_context(closing(Phone(server, each.device_token, code)))
            for each in institute.enumerators
        }
        self.world = world
        self._stopped = Event()
        self.definition = _fetch_form(next(iter(self.phones.values())))

    def give_out(self, enumerators: tuple[Enumerator, ...], villages: tuple[str, ...]) -> int:
        """Give every enumerator a share of the villages, neighbours together; return the open households."""
        shares = [villages[place :: len(enumerators)] for place in range(len(enumerators))]
        return sum(
            self.office.give_villages(each.person_id, share)
            for each, share in zip(enumerators, shares, strict=True)
            if share
        )

    def visit(self, done: Callable[[], None]) -> Tally:
        """Let every enumerator visit what is open, a few at a time."""
        total = Tally()
        with ThreadPoolExecutor(THREADS) as pool:
            try:
                for tally in pool.map(lambda phone: self._day(phone, done), self.phones.values()):
                    total.add(tally)
            except BaseException:
                # The pool waits for its threads: without this word they would visit every household first.
                self._stopped.set()
                raise
        return total

    def _day(self, phone: Phone, done: Callable[[], None]) -> Tally:
        tasks = (task for task in phone.tasks() if not self._stopped.is_set())
        return visit_all(phone, tasks, self.definition, self.world, done)

    def other_phone(self, phone: Phone) -> Phone:
        """Return the phone of somebody else."""
        return next(each for each in self.phones.values() if each is not phone)

    def open_reserves(self, unreached: dict[str, str]) -> tuple[int, int]:
        """Ask for a reserve beside each household without an interview; return how many there were and were not."""
        opened = [self.office.open_reserve(unit_id, reason) for unit_id, reason in sorted(unreached.items())]
        return sum(unit is not None for unit in opened), opened.count(None)


def carry_out(server: str, institute: Institute, world: World, order: Order, tell: Progress) -> FieldworkDone:
    """Carry the fieldwork of a draw out over HTTP."""
    with ExitStack() as stack:
        crew = Crew(server, institute, world, stack)
        assignments = crew.office.make_assignments(order.draw, order.instrument_id)
        open_now = crew.give_out(institute.enumerators, order.villages)
        total, rounds, opened, without = Tally(), 0, 0, 0
        while rounds < MOST_ROUNDS:
            counted = sum(total.outcomes.values())
            tally = crew.visit(_Counter(counted, open_now, tell))
            total.add(tally)
            rounds += 1
            more, none_left = crew.open_reserves(tally.unreached)
            opened, without, open_now = opened + more, without + none_left, open_now + more
            if not more:
                break
        if total.last is None:
            raise UnexpectedAnswerError("no household was visited")
        refused = try_what_must_be_refused(total.last, crew.other_phone(total.last.phone))
        review = review_some(crew.office, crew.phones.values(), crew.definition)
        again = crew.visit(lambda: None)
        total.resent += again.resent
        total.mistaken += again.mistaken
        total.bytes_sent += again.bytes_sent
        visited_again = sum(again.outcomes.values())
        if visited_again < review.rejected:
            raise UnexpectedAnswerError(f"{review.rejected} interviews were rejected and {visited_again} made again")
    return FieldworkDone(assignments, total, rounds, opened, without, refused, review, visited_again)


class _Counter:
    """Count visits from several threads."""

    def __init__(self, start: int, total: int, tell: Progress) -> None:
        # Taking the next number is one step of the interpreter: two threads never get the same.
        self._numbers = count(start + 1)
        self._total, self._tell = total, tell

    def __call__(self) -> None:
        self._tell(next(self._numbers), self._total)


def _fetch_form(phone: Phone) -> FormDefinition:
    listed = phone.forms()
    if len(listed) != 1:
        raise UnexpectedAnswerError(f"the list names {len(listed)} forms, not one")
    return parse_definition(phone.form(listed[0]))
