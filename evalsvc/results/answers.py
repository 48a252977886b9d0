"""What the answers of one household say for the indicators, by the questions that the rule pack names."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsvc.cases.values import CONFIRMED, KINDS, OPEN
from evalsvc.evaluations.rule_pack import Pack
from evalsvc.planning.indicators import OPEN_COLUMN
from evalsvc.results.records import CaseRow

REGISTERED_KINDS = frozenset({"wrong_exit", "wrong_entry"})
"""Kinds of case that only a registered household can be; the other one only a household that is not."""
COUNTED = {"": (CONFIRMED,), OPEN_COLUMN: (CONFIRMED, OPEN)}
"""Ending of a column: the states of cases that it counts."""

ANALYSIS_COLUMNS = (
    "registered",
    "persons",
    *(
        f"{name}{ending}"
        for ending in COUNTED
        for name in (
            "wrong_exit_persons",
            "missed_persons",
            "wrong_entry_persons",
            "exit_correct_persons",
            "identified_persons",
        )
    ),
    "satisfied",
    "recognised",
)

Answers = Mapping[str, str | None]


@dataclass(frozen=True)
class Household:
    """One household that answered: its size, whether the frame has it as registered, its answers and its cases."""

    persons: int
    registered: bool
    household_class: str
    answers: Answers
    cases: Sequence[CaseRow]


def analysis_values(household: Household, pack: Pack) -> dict[str, str]:
    """Return the values of every analysis column as text."""
    values = {"registered": "1" if household.registered else "0", "persons": str(household.persons)}
    for ending, states in COUNTED.items():
        values |= {f"{name}{ending}": str(number) for name, number in _case_persons(household, states).items()}
    asked = household.household_class in pack.asked
    values["satisfied"] = _all_among(household.answers, pack.questions.satisfaction, pack.satisfied) if asked else ""
    values["recognised"] = _all_among(household.answers, (pack.questions.recognition,), pack.recognised)
    return values


def _case_persons(household: Household, states: Sequence[str]) -> dict[str, int]:
    persons = {
        kind: max((case.persons for case in household.cases if case.kind == kind and case.state in states), default=0)
        for kind in KINDS
    }
    # The household is what is judged: a case never counts more persons than the household has.
    counted = {kind: min(number, household.persons) for kind, number in persons.items()}
    misidentified = max(counted["missed"], counted["wrong_entry"])
    return {
        "wrong_exit_persons": counted["wrong_exit"],
        "missed_persons": counted["missed"],
        "wrong_entry_persons": counted["wrong_entry"],
        "exit_correct_persons": household.persons - counted["wrong_exit"],
        "identified_persons": household.persons - misidentified,
    }


def _all_among(answers: Answers, questions: Sequence[str], counted: Sequence[str]) -> str:
    """Say 1 when every question has a counted answer, 0 when one has another, nothing when one was not answered."""
    given = [answers.get(question) for question in questions]
    if not given or any(not answer for answer in given):
        return ""
    return "1" if all(answer in counted for answer in given) else "0"
