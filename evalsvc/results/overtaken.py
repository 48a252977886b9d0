"""What came after results were computed, so that they have to be computed again."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalsvc import files
from evalsvc.interviews.log.rejection_lines import rejected_of
from evalsvc.interviews.log.rejections import rejected_among
from evalsvc.interviews.queries import interviews_received
from evalsvc.results.records import InterviewRow, read_records
from evalsvc.results.values import ResultRecord
from evalsvc.store import Store


@dataclass(frozen=True)
class Since:
    """Counts of what a set of results leaves out."""

    listed: int
    """Interviews that the results were computed with."""
    received: int
    reviewed: int
    """Interviews that were rejected, or taken back from rejection."""


def since(session: Session, store: Store, found: ResultRecord) -> Since:
    """Count the interviews that came, and those whose rejection changed, after results were computed."""
    listed, _ = read_records(InterviewRow, store.get(found.inputs[files.INTERVIEWS]), files.INTERVIEWS)
    received = interviews_received(session, found.draw_id)
    changed = rejected_of(session, found.draw_id).items() ^ rejected_among(listed).items()
    return Since(len(listed), max(received - len(listed), 0), len({instance for instance, _ in changed}))
