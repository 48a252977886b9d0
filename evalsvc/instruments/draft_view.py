"""What the page of a draft tells of its reading."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from evalsvc.instruments.reading import MISSING, Reading
from evalsvc.instruments.trials import KeptTrial
from evalsvc.words import sentence
from forms.complaint import Complaint

MOST_ANSWERS, LONGEST_ANSWER = 200, 300
"""Answers of one trial that the page shows, and signs of each."""


@dataclass(frozen=True)
class ComplaintLine:
    """One complaint about a form with its place in the workbook; `tone` says how grave it is."""

    sheet: str
    row: str
    column: str
    message: str
    tone: str


def complaint_lines(reading: Reading, language: str) -> list[ComplaintLine]:
    """List what stands against a draft, what forbids publishing first."""
    grave = [*reading.errors, *reading.unfit]
    warnings = [each for each in reading.complaints if each.severity != "error"]
    return [*_lines(grave, "bad", language), *_lines(warnings, "open", language)]


def _lines(complaints: list[Complaint], tone: str, language: str) -> Iterator[ComplaintLine]:
    for each in complaints:
        sheet, row, column, path = (str(each.details.get(name, "")) for name in ("sheet", "row", "column", "path"))
        yield ComplaintLine(sheet, row, column or path, sentence(each.code, each.details, language), tone)


def draft_complaints(reading: Reading, language: str) -> list[dict[str, object]]:
    """List what stands against a draft for machines, what forbids publishing first."""
    warnings = [each for each in reading.complaints if each.severity != "error"]
    found = [*((each, "error") for each in reading.against_publishing), *((each, each.severity) for each in warnings)]
    return [
        {
            "kind": each.kind,
            "code": each.code,
            "severity": severity,
            "path": each.path,
            "sheet": each.sheet,
            "row": each.row,
            "column": each.column,
            "message": sentence(each.code, each.details, language),
        }
        for each, severity in found
    ]


def missing_media(reading: Reading) -> list[str]:
    """Name the files that the form mentions and that are not beside it; tables among them forbid publishing."""
    both = (*reading.complaints, *reading.unfit)
    return [str(each.details["filename"]) for each in both if each.code == MISSING]


@dataclass(frozen=True)
class TrialSent:
    """What a phone sent for a trial, as the page of the draft shows it."""

    received_at: datetime
    complaints: tuple[str, ...]
    answers: tuple[tuple[str, str], ...]
    more_answers: int
    files: tuple[str, ...]


def trial_lines(trials: Iterable[KeptTrial], language: str) -> list[TrialSent]:
    """Write the trials of a draft for its page."""
    return [_trial_sent(each, language) for each in trials]


def _trial_sent(trial: KeptTrial, language: str) -> TrialSent:
    answers = [(name, str(value)[:LONGEST_ANSWER]) for name, value in trial.answers.items()]
    return TrialSent(
        received_at=trial.received_at,
        complaints=tuple(
            sentence(each["code"], {"path": each["path"], **each["details"]}, language) for each in trial.complaints
        ),
        answers=tuple(answers[:MOST_ANSWERS]),
        more_answers=max(0, len(answers) - MOST_ANSWERS),
        files=tuple(sorted(trial.files)),
    )
