"""What the page of all reports of an evaluation shows to one reader."""

from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalsvc import jobs
from evalsvc.cases.queries import counts_of
from evalsvc.editions.queries import editions_of
from evalsvc.editions.signing import turn_of
from evalsvc.editions.values import EditionRecord
from evalsvc.editions.wishing import JOB
from evalsvc.fieldwork.queries import areas
from evalsvc.fieldwork.values import Area
from evalsvc.jobs import JobStatus
from evalsvc.people.actor import REVIEWER, Actor
from evalsvc.people.queries import people_with_role
from evalsvc.results.queries import latest
from evalsvc.results.values import ResultRecord


@dataclass(frozen=True)
class Listed:
    """The reports, newest first, and what the lead needs to wish for another."""

    editions: tuple[EditionRecord, ...]
    waiting: int
    """Reports whose next signature is the reader's to give."""
    results: ResultRecord | None
    reviewers: tuple[tuple[str, str], ...]
    """Who may review: identifier and name; never the reader."""
    open_cases: int
    counties: tuple[Area, ...]
    job: JobStatus | None
    """The last job that composed."""

    @property
    def issued(self) -> tuple[EditionRecord, ...]:
        """Return the reports that can be corrected."""
        return tuple(each for each in self.editions if each.issued_at)

    def county(self, code: str) -> str:
        """Return the name of a county, its code where there is none."""
        return next((each.label for each in self.counties if each.unit_id == code), code)


def listed(session: Session, evaluation_id: str, actor: Actor) -> Listed:
    """Read everything that the page shows."""
    editions = editions_of(session, evaluation_id)
    reviewers = people_with_role(session, REVIEWER, evaluation_id)
    composing = [each for each in jobs.of_subject(session, evaluation_id) if each.kind == JOB]
    return Listed(
        editions=tuple(editions),
        waiting=sum(turn_of(actor, each) is not None for each in editions),
        results=latest(session, evaluation_id),
        reviewers=tuple(each for each in reviewers if each[0] != actor.person_id),
        open_cases=counts_of(session, evaluation_id).open,
        counties=tuple(areas(session, evaluation_id)),
        job=composing[0] if composing else None,
    )
