"""What an enumerator would meet at a door: the hidden state of one household, looked up by its identifier."""

from dataclasses import dataclass

import numpy as np

from evalsvc.demonstration.register import AVAILABLE, CLASSES, DECEASED, DUPLICATE, REFUSED, VACANT, Register, Truth

COMPLETED = "completed"
DOORS = {VACANT: "ineligible_vacant", DECEASED: "ineligible_deceased", DUPLICATE: "ineligible_duplicate"}


@dataclass(frozen=True)
class Home:
    """One household as it really is in the simulation."""

    unit_id: str
    village_code: str
    household_class: str
    registered: bool
    persons: int
    outcome: str
    """What comes of a visit: one of the dispositions of a form."""
    wrong_exit: bool
    missed: bool
    wrong_entry: bool
    satisfied_team: bool
    satisfied_helper: bool
    recognises: bool

    @property
    def suspicion(self) -> str:
        """Return the kind of case that is really there, or ``none``."""
        kinds = {"wrong_exit": self.wrong_exit, "missed": self.missed, "wrong_entry": self.wrong_entry}
        return next((kind for kind, there in kinds.items() if there), "none")


class World:
    """Look up homes by identifier."""

    def __init__(self, register: Register, truth: Truth) -> None:
        self._register, self._truth = register, truth
        firsts = np.flatnonzero(register.number == 1).tolist()
        self._first = {register.villages[int(register.village[first])].village_code: first for first in firsts}

    def home(self, unit_id: str) -> Home:
        """Return the home of a household of the register."""
        village_code, _, number = unit_id.partition("-")
        place = self._first[village_code] + int(number) - 1
        register, truth = self._register, self._truth
        return Home(
            unit_id=unit_id,
            village_code=village_code,
            household_class=CLASSES[int(register.household_class[place])],
            registered=bool(register.registered[place]),
            persons=int(register.persons[place]),
            outcome=_outcome(int(truth.ineligible[place]), int(truth.availability[place])),
            wrong_exit=bool(truth.wrong_exit[place]),
            missed=bool(truth.missed[place]),
            wrong_entry=bool(truth.wrong_entry[place]),
            satisfied_team=bool(truth.satisfied_team[place]),
            satisfied_helper=bool(truth.satisfied_helper[place]),
            recognises=bool(truth.recognises[place]),
        )


def _outcome(ineligible: int, availability: int) -> str:
    if ineligible in DOORS:
        return DOORS[ineligible]
    if availability == AVAILABLE:
        return COMPLETED
    return "refused" if availability == REFUSED else "non_contact"
