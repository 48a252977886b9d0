"""Values that enter and leave the interviews room."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any, get_args

from forms.complaint import Kind

RECEIVED, HAS_ISSUES = "received", "has_issues"
RETURNED, CORRECTED = "returned", "corrected"
APPROVED, REJECTED = "approved", "rejected"
STATES = (RECEIVED, HAS_ISSUES, RETURNED, CORRECTED, APPROVED, REJECTED)
AWAITING_REVIEW = (RECEIVED, HAS_ISSUES, CORRECTED)
"""States in which an interview lies with the supervisors."""
COMPLAINT_KINDS: tuple[str, ...] = get_args(Kind)
"""Kinds of complaints that the checks make."""
WAITING = "waiting"
"""The filter that shows them all."""


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
    deprecated_id: str
    """The instance that it corrects; empty for a first version."""
    about: str
    """What its form tells of: a household, a village or a county."""
    outcomes: str
    """Which outcomes of a visit its form gives (instruments/contract.py)."""
    unit_id: str
    disposition: str
    sha256: str
    answers: Mapping[str, str]
    complaints: tuple[Mapping[str, Any], ...]
    xml: bytes = field(repr=False)
    files: tuple[SentFile, ...] = field(repr=False, default=())
    file_names: frozenset[str] = frozenset()
    """The files that a correction names; of a first version nobody asks."""


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
    about: str
    unit_id: str
    county: str
    village: str
    form_id: str
    form: str
    """The form's title."""
    disposition: str
    state: str
    complaints: int
    has_errors: bool
    is_correction: bool
    superseded: bool
    enumerator: str
    received_at: datetime


@dataclass(frozen=True)
class Filters:
    """What the list shows: nothing given means every version that stands."""

    county: str = ""
    village: str = ""
    enumerator: str = ""
    disposition: str = ""
    state: str = ""
    """One of STATES, or `waiting` for those that lie with the supervisors."""
    form: str = ""
    complaint: str = ""
    """A kind of complaint."""
    since: date | None = None
    until: date | None = None
    """First and last day on which they were received, in China."""
    superseded: bool = False
    """Also versions in whose place a correction stands."""


@dataclass(frozen=True)
class StateCount:
    """How many interviews of a list stand in a state."""

    state: str
    interviews: int


@dataclass(frozen=True)
class EnumeratorCounts:
    """How many interviews of an enumerator stand in each state."""

    enumerator_id: str
    enumerator: str
    states: Mapping[str, int]

    @property
    def total(self) -> int:
        """Return all of them."""
        return sum(self.states.values())

    @property
    def waiting(self) -> int:
        """Return how many lie with the supervisors."""
        return sum(self.states.get(state, 0) for state in AWAITING_REVIEW)


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
    around: tuple[str, ...] = ()
    """What the groups and rows around it are called, the outermost first."""
    subject: str = ""
    """What a row of a repeat is about, where it says."""

    @property
    def title(self) -> str:
        """Return what it is called; a row of a repeat with its number and what it is about."""
        if not self.path.endswith("]"):
            return self.label
        return " · ".join(filter(None, [f"{self.label} {self.row}", self.subject]))


@dataclass(frozen=True)
class CommentLine:
    """What a reviewer said at a question."""

    path: str
    question: str
    words: str
    hidden: bool
    """Set where the question is about personal data that the reader may not see; `words` is then empty."""
    person: str
    at: datetime


@dataclass(frozen=True)
class Change:
    """What changed at one question, or a row of a repeat that came or went, between two versions."""

    kind: str
    """`changed`, `answered`, `cleared`, `row_added` or `row_removed`; what was commented on and did not change is
    `unchanged`, a row or group that was commented on `asked` (difference.py)."""
    path: str
    """In the newer version; in the older one where it is gone."""
    label: str
    row: int | None
    with_row: bool
    """Set for an answer that came or went with its row."""
    old: str
    new: str
    hidden: bool
    """Set when the answers are personal data that the reader may not see; both are then empty."""
    around: tuple[str, ...]
    """What the groups and rows around it are called, the outermost first."""
    comments: tuple[CommentLine, ...]
    """What reviewers said at it of the older version, and of those between the two."""
    complaints: tuple[Mapping[str, Any], ...]
    """What the checks found at it in the newer version."""


@dataclass(frozen=True)
class FileChange:
    """A file that came, went or is another one under the same name."""

    name: str
    old_sha256: str
    """Empty for a file that came."""
    new_sha256: str
    """Empty for a file that went."""


@dataclass(frozen=True)
class VersionLine:
    """One version of an interview, the first one numbered 1."""

    number: int
    id: str
    instance_id: str
    form_version: str
    enumerator_id: str
    enumerator: str
    received_at: datetime
    state: str
    superseded_at: datetime | None


@dataclass(frozen=True)
class ReviewLine:
    """One step of the review of an interview."""

    id: str
    version: int
    """The number of the version that it moved."""
    at: datetime
    person: str
    action: str
    state_before: str
    state_after: str
    reason: str
    words: str
    comments: tuple[CommentLine, ...]


@dataclass(frozen=True)
class History:
    """All versions of an interview and all that was said of them, in their order."""

    versions: tuple[VersionLine, ...]
    reviews: tuple[ReviewLine, ...]


@dataclass(frozen=True)
class Difference:
    """What changed between two versions of an interview."""

    older: VersionLine
    newer: VersionLine
    changes: tuple[Change, ...]
    files: tuple[FileChange, ...]


@dataclass(frozen=True)
class FoundElsewhere:
    """One complaint at the places of questions that are not shown, such as values that the form computes."""

    places: tuple[str, ...]
    complaint: Mapping[str, Any]


@dataclass(frozen=True)
class ComputedFault:
    """A computed value that does not fit the answers."""

    place: str
    sent: str
    computed: str


@dataclass(frozen=True)
class ComputedFaults:
    """Computed values that do not fit and follow from one another."""

    faults: tuple[ComputedFault, ...]
    """Those that follow from no other one first."""
    questions: tuple[str, ...]
    """The questions that these are computed from, in the order of the form."""


@dataclass(frozen=True)
class InterviewDetail:
    """One interview as its page shows it."""

    record: InterviewRecord
    village: str
    county: str
    enumerator: str
    collectors: frozenset[str]
    """Who sent a version of it, by identifier: they do not review it."""
    counts: bool | None
    """Whether it gives the household its outcome now; None where it tells of no outcome."""
    fieldwork_ended: bool
    """Whether the fieldwork of its draw has ended: results, and a report, may have been made of it."""
    lines: tuple[AnswerLine, ...]
    computed: tuple[AnswerLine, ...]
    """The values that the form computes for itself."""
    other_complaints: tuple[FoundElsewhere, ...]
    computed_faults: tuple[ComputedFaults, ...]
    files: tuple[FileLine, ...]
    history: History
