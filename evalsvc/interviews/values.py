"""Values that enter and leave the interviews room."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

RECEIVED, HAS_ISSUES = "received", "has_issues"
RETURNED, CORRECTED = "returned", "corrected"
APPROVED, REJECTED = "approved", "rejected"
STATES = (RECEIVED, HAS_ISSUES, RETURNED, CORRECTED, APPROVED, REJECTED)
AWAITING_REVIEW = (RECEIVED, HAS_ISSUES, CORRECTED)
"""States in which an interview lies with the supervisors."""


@dataclass(frozen=True)
class SentFile:
    """One file as a device sent it."""

    name: str
    content_type: str
    content: bytes = field(repr=False)

    @cached_property
    def sha256(self) -> str:
        """Return the hash of the content."""
        return hashlib.sha256(self.content).hexdigest()


@dataclass(frozen=True)
class Submission:
    """A submission that was read and checked, before anything of it is kept."""

    evaluation_id: str
    instrument_id: str
    form_id: str
    version: str
    instance_id: str
    unit_id: str
    disposition: str
    sha256: str
    answers: Mapping[str, str]
    complaints: tuple[Mapping[str, Any], ...]
    has_errors: bool
    xml: bytes = field(repr=False)
    files: tuple[SentFile, ...] = field(repr=False, default=())


@dataclass(frozen=True)
class KeptSubmission:
    """A submission whose bytes and files lie durable in the store: each file with its store key."""

    submission: Submission
    files: tuple[tuple[SentFile, str], ...]


@dataclass(frozen=True)
class Receipt:
    """What the service answers for once it is durable."""

    interview_id: str
    instance_id: str
    is_new: bool
    files_added: int
    complaints: int


@dataclass(frozen=True)
class InterviewRecord:
    """One interview as lists, results and exports see it: every version is one."""

    id: str
    instance_id: str
    about: str
    """What it tells of: a household, a village or a county."""
    assignment_id: str
    """Empty where it tells of a village or a county, as parent, county and stratum are then."""
    unit_id: str
    parent: str
    county: str
    stratum: str
    form_id: str
    version: str
    sha256: str
    received_at: datetime
    disposition: str
    state: str
    answers: Mapping[str, Any]
    complaints: tuple[Mapping[str, Any], ...]
    root_instance_id: str
    """The instance of its first version; its own where it is the first."""
    replaces_instance_id: str
    """The instance that it corrects; empty for a first version."""
    rejected_for: str
    """The reason code for which it was rejected; empty where it was not."""
    superseded: bool
    """Set when a correction took its place."""


@dataclass(frozen=True)
class InterviewLine:
    """One line of the list of interviews."""

    id: str
    instance_id: str
    unit_id: str
    county: str
    village: str
    disposition: str
    state: str
    complaints: int
    enumerator: str
    received_at: datetime


@dataclass(frozen=True)
class Filters:
    """What the list shows: nothing given means everything."""

    county: str = ""
    village: str = ""
    disposition: str = ""
    state: str = ""


@dataclass(frozen=True)
class FileLine:
    """One file of an interview; `sha256` is empty for a file that the form names and that has not come."""

    name: str
    sha256: str
    size: int
    content_type: str
    question: str


@dataclass(frozen=True)
class AnswerLine:
    """One question with its answer as people read it, and the complaints at it."""

    path: str
    name: str
    label: str
    answer: str
    row: int | None
    is_group: bool
    hidden: bool
    """Set when the answer is personal data that the reader may not see; `answer` is then empty."""
    complaints: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True)
class InterviewDetail:
    """One interview as its page shows it."""

    record: InterviewRecord
    village: str
    county: str
    enumerator: str
    lines: tuple[AnswerLine, ...]
    other_complaints: tuple[Mapping[str, Any], ...]
    files: tuple[FileLine, ...]
