"""What stands on an interview whose household had a result already: said when it comes, anew when that one changes."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.fieldwork import counting
from evalsvc.interviews.models import Interview
from evalsvc.interviews.review.moves import state_at_arrival
from evalsvc.interviews.values import HAS_ISSUES, RECEIVED

NOT_COUNTED = "interview.not_counted"


def not_counted(unit_id: str, disposition: str | None, instance_id: str | None) -> dict[str, Any]:
    """Say on an interview that the household's outcome is what another visit gave."""
    details = {"unit": unit_id, "disposition": disposition, "instance": instance_id}
    return {"kind": "structure", "code": NOT_COUNTED, "path": "", "details": details, "severity": "error"}


def say_anew(session: Session, assignment_id: str, visits: Sequence[counting.Visit]) -> None:
    """Give each interview of a household the complaint that it would have if it came now, and the state that follows.

    A visit that did not count when it came keeps that until those which counted instead are rejected. The caller holds
    the household's row; `visits` are its interviews as they stand.
    """
    query = select(Interview).where(Interview.assignment_id == assignment_id)
    interviews = {each.instance_id: each for each in session.scalars(query.execution_options(populate_existing=True))}
    standing = counting.standing(visits)
    for _first, visit in standing:
        interview, other = interviews[visit.instance_id], _counted_instead(visit, standing, interviews)
        complaints = [each for each in interview.complaints if each["code"] != NOT_COUNTED]
        complaints += [] if other is None else [not_counted(visit.unit_id, other.disposition, other.instance_id)]
        if complaints != interview.complaints:
            interview.complaints = complaints
            if interview.state in {RECEIVED, HAS_ISSUES}:
                interview.state = state_at_arrival(complaints, is_correction=False)
    session.flush()


def _counted_instead(
    visit: counting.Visit,
    standing: Sequence[tuple[counting.Visit, counting.Visit]],
    interviews: Mapping[str, Interview],
) -> counting.Visit | None:
    """Return the visit that counted when this one came, had the rejected ones not come; None where this one counts."""
    if not visit.disposition:
        return None
    came = interviews[visit.instance_id].received_at
    there = (
        each
        for first, each in standing
        if each is visit or (not each.rejected and interviews[first.instance_id].received_at < came)
    )
    counted = counting.furthest(there)
    return None if counted is visit else counted
