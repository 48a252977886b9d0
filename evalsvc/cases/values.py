"""Values that leave the cases room."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

KINDS = ("wrong_exit", "missed", "wrong_entry")
STATES = OPEN, CONFIRMED, EXCLUDED = "open", "confirmed", "excluded"
CONFIRM, EXCLUDE = "confirm", "exclude"
VERDICTS = (CONFIRM, EXCLUDE)


@dataclass(frozen=True)
class CaseRecord:
    """One case, as lists and results see it."""

    id: str
    evaluation_id: str
    interview_id: str
    """The version of the interview that stands."""
    instance_id: str
    unit_id: str
    county: str
    village: str
    kind: str
    persons: int
    standard: str
    state: str
    made_at: datetime
    corrected_at: datetime | None
    """When the standing version came, where it is a correction; judgements before it were made on another one."""
    withdrawn_at: datetime | None
    """When the interview was found to suspect this no longer."""


@dataclass(frozen=True)
class CaseLine:
    """One case in the list, with how far its judgement is and what the reader may do."""

    case: CaseRecord
    judgements: int
    judged_by_reader: bool


@dataclass(frozen=True)
class CaseFilters:
    """What the list shows; an empty text leaves a filter out."""

    state: str = ""
    kind: str = ""
    county: str = ""
    waiting_for_reader: bool = False


@dataclass(frozen=True)
class CaseCounts:
    """How many cases stand in each state."""

    open: int
    confirmed: int
    excluded: int

    @property
    def total(self) -> int:
        """Return all cases."""
        return self.open + self.confirmed + self.excluded


@dataclass(frozen=True)
class JudgementRecord:
    """What one person decided, as those may see it who may."""

    case_id: str
    person_id: str
    person: str
    verdict: str
    reason: str
    evidence_sha256: str | None
    evidence_name: str | None
    judged_at: datetime


@dataclass(frozen=True)
class CaseDetail:
    """One case with its facts; `judgements` are those that the reader may see, `hidden` how many are kept back."""

    case: CaseRecord
    answers: Mapping[str, str]
    judgements: tuple[JudgementRecord, ...]
    hidden: int
    may_judge: bool
    why_not: str
    """Code of the sentence that says why the reader may not judge; empty when the reader may."""


LARGEST_EVIDENCE = 20_000_000
"""Bytes of a file that a judge hands in."""


@dataclass(frozen=True)
class Evidence:
    """A file that a judge hands in."""

    name: str
    data: bytes


@dataclass(frozen=True)
class KeptEvidence:
    """A judge's file that lies in the store."""

    name: str
    sha256: str
