"""One enumerator's day: every task is visited, filled in from the simulated world, and sent; some are sent twice."""

import random
from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from evalsvc.demonstration.answers import answer, chance_of
from evalsvc.demonstration.media import draw_photo, draw_signature
from evalsvc.demonstration.phone import CREATED, Phone, Picture, UnexpectedAnswerError
from evalsvc.demonstration.world import COMPLETED, Home, World
from evalsvc.zone import SHANGHAI
from forms.definition import FormDefinition
from forms.filling import fill

RESENT = 0.03
"""Share of submissions that a phone sends again because it did not hear the answer."""
MISTAKE: Mapping[str, object] = {"water_outage_days": 400}
"""What every enumerator writes once a day: more days than a year has. No figure of the report hangs on it."""
REASONS: Mapping[str, tuple[str, ...]] = {
    "non_contact": ("no_answer_twice", "moved_away"),
    "refused": ("refused",),
    "ineligible_vacant": ("vacant",),
    "ineligible_deceased": ("deceased",),
    "ineligible_duplicate": ("duplicate",),
}


@dataclass(frozen=True)
class Sent:
    """One submission as it went out, kept to be sent again."""

    phone: Phone
    unit_id: str
    instance_id: str
    submission: bytes
    pictures: tuple[Picture, ...]


@dataclass
class Tally:
    """Count what happened; one a thread, added up at the end."""

    outcomes: Counter[str] = field(default_factory=Counter)
    resent: int = 0
    bytes_sent: int = 0
    unreached: dict[str, str] = field(default_factory=dict)
    """Households without an interview: identifier and the reason for which a reserve may be opened."""
    mistaken: int = 0
    """Interviews in which the checks find something."""
    last: Sent | None = None

    def add(self, other: "Tally") -> None:
        """Add another thread's counts."""
        self.outcomes += other.outcomes
        self.resent += other.resent
        self.mistaken += other.mistaken
        self.bytes_sent += other.bytes_sent
        self.unreached |= other.unreached
        self.last = other.last or self.last


def visit_all(
    phone: Phone, tasks: Iterable[Mapping[str, Any]], definition: FormDefinition, world: World, done: Callable[[], None]
) -> Tally:
    """Visit the tasks that have no outcome yet; every submission has to be taken in."""
    tally = Tally()
    phone.ready()
    for task in tasks:
        if task["disposition"] is not None:
            continue
        chance = chance_of(task["unit_id"], "visit")
        sent = _visit(phone, world.home(task["unit_id"]), definition, chance, tally)
        _expect(sent)
        tally.bytes_sent += len(sent.submission) + sum(len(picture.content) for picture in sent.pictures)
        if chance.random() < RESENT:
            _expect(sent)
            tally.resent += 1
        tally.last = sent
        done()
    return tally


def _visit(phone: Phone, home: Home, definition: FormDefinition, chance: random.Random, tally: Tally) -> Sent:
    unit_id = home.unit_id
    photo = Picture(f"{unit_id}-photo.png", draw_photo(chance))
    signature = Picture(f"{unit_id}-signature.png", draw_signature(chance))
    answers = answer(home, datetime.now(SHANGHAI), photo.name, signature.name)
    if home.outcome == COMPLETED and not tally.mistaken:
        answers |= MISTAKE
        tally.mistaken += 1
    instance_id = f"uuid:{uuid4()}"
    submission = fill(definition, answers, instance_id=instance_id)
    tally.outcomes[home.outcome] += 1
    if home.outcome == COMPLETED:
        return Sent(phone, unit_id, instance_id, submission, (photo, signature))
    tally.unreached[unit_id] = chance.choice(REASONS[home.outcome])
    return Sent(phone, unit_id, instance_id, submission, (photo,))


def _expect(sent: Sent) -> None:
    response = sent.phone.send(sent.submission, sent.pictures)
    if response.status_code != CREATED:
        raise UnexpectedAnswerError(f"{sent.unit_id}: {response.status_code} {response.text[:400]}")
