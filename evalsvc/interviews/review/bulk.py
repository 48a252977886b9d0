"""Approve many interviews: those that were ticked, or those that a list shows, the oldest first."""

from collections.abc import Mapping
from datetime import datetime

from evalsvc.db import Database, now
from evalsvc.interviews.listing import awaiting_approval
from evalsvc.interviews.review.operations import MOST_AT_ONCE, BulkOutcome, approve_all
from evalsvc.interviews.values import Filters
from evalsvc.people.actor import Actor


def approve_chosen(
    database: Database, actor: Actor, evaluation_id: str, seen: Mapping[str, str], *, with_errors: bool
) -> BulkOutcome:
    """Approve the interviews that were ticked, by identifier each with the state that was seen."""
    with database.transaction() as session:
        return approve_all(session, actor, evaluation_id, seen, with_errors=with_errors)


def approve_filtered(
    database: Database,
    actor: Actor,
    evaluation_id: str,
    filters: Filters,
    *,
    before: datetime | None,
    with_errors: bool,
) -> BulkOutcome:
    """Approve what a list shows of what had come before a moment; one commit takes so many, a further call the rest."""
    with database.reading() as session:
        seen = awaiting_approval(
            session, evaluation_id, filters, before=before or now(), with_errors=with_errors, most=MOST_AT_ONCE
        )
    return approve_chosen(database, actor, evaluation_id, seen, with_errors=with_errors)
