"""Pages of interviews: the list with its filters, one interview, its files, and what changed between versions."""

from collections.abc import Mapping
from datetime import date
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from sqlalchemy.orm import Session

from evalsvc import web
from evalsvc.access import page
from evalsvc.db import now
from evalsvc.fieldwork.queries import areas
from evalsvc.instruments.contract import DISPOSITIONS
from evalsvc.interviews import listing, queries
from evalsvc.interviews.presentation import Reader
from evalsvc.interviews.review.moves import MOVES, REASONS
from evalsvc.interviews.review.refused import RefusedWish
from evalsvc.interviews.values import (
    AWAITING_REVIEW,
    COMPLAINT_KINDS,
    STATES,
    WAITING,
    CommentLine,
    Filters,
    InterviewDetail,
)
from evalsvc.sending import send_stored
from evalsvc.words import sentence

blueprint = flask.Blueprint("interviews", __name__, template_folder="templates")
KNOWN = {"disposition": DISPOSITIONS, "state": (WAITING, *STATES), "complaint": COMPLAINT_KINDS}


@blueprint.get("/evaluations/<evaluation>/interviews")
@page("supervisor", "lead", "expert", "auditor", "reviewer")
def interviews(evaluation: str) -> ResponseReturnValue:
    """List the interviews."""
    filters = filters_of(flask.request.args)
    with web.database().reading() as session:
        found = _found(session, flask.g.evaluation.id, filters)
    return flask.render_template(
        "interviews/interviews.html",
        evaluation=evaluation,
        filters=filters,
        chosen=as_query(filters),
        dispositions=DISPOSITIONS,
        states=(WAITING, *STATES),
        awaiting=AWAITING_REVIEW,
        complaint_kinds=COMPLAINT_KINDS,
        may_review=sees_personal(),
        seen_at=now().isoformat(),
        **found,
    )


def _found(session: Session, evaluation_id: str, filters: Filters) -> dict[str, Any]:
    """Read what the list shows, and what it can be filtered by."""
    number = flask.request.args.get("page", 1, type=int)
    return {
        "shown": listing.page_of_interviews(session, evaluation_id, filters, number),
        "counts": listing.counts_by_state(session, evaluation_id, filters),
        "people": listing.counts_by_enumerator(session, evaluation_id, filters),
        "counties": areas(session, evaluation_id),
        "enumerators": listing.collectors(session, evaluation_id),
        "forms": listing.forms_received(session, evaluation_id),
    }


def filters_of(given: Mapping[str, str]) -> Filters:
    """Read what the list is to show; what is not among the known values filters nothing."""
    texts = {name: given.get(name, "") for name in ("county", "village", "enumerator", "form")}
    known = {name: given.get(name, "") for name, values in KNOWN.items() if given.get(name, "") in values}
    days = {name: _day(given.get(name, "")) for name in ("since", "until")}
    return Filters(**texts, **known, **days, superseded=given.get("superseded") == "1")  # type: ignore[arg-type]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def as_query(filters: Filters) -> dict[str, str]:
    """Return what filters as the fields of an address."""
    chosen: dict[str, Any] = {name: value for name, value in vars(filters).items() if value}
    return {name: "1" if value is True else str(value) for name, value in chosen.items()}


@blueprint.get("/evaluations/<evaluation>/interviews/<identifier>")
@page("supervisor", "lead", "expert", "auditor", "reviewer")
def interview(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show one version of an interview; personal data are for supervisors and leads only."""
    return interview_page(evaluation, identifier)


def interview_page(evaluation: str, identifier: str, refused: RefusedWish | None = None) -> ResponseReturnValue:
    """Answer with the page of an interview, filled with what was typed where a move was refused."""
    reader = Reader(web.language(), sees_personal())
    with web.database().reading() as session:
        detail = queries.detail(session, web.store(), flask.g.evaluation.id, identifier, reader)
    moves, said = moves_of(detail), comments_by_place(detail)
    shown = flask.render_template(
        "interviews/interview.html",
        evaluation=evaluation,
        detail=detail,
        comments=said if refused is None else said | {path: said.get(path, []) for path in refused.comments},
        moves=moves,
        refused=refused,
        homeless=None if refused is None else refused.without_field(moves, {line.path for line in detail.lines}),
        reasons=REASONS,
        sentence_of=lambda complaint: sentence(complaint["code"], complaint["details"], web.language()),
        sees_personal=reader.sees_personal,
    )
    return shown, 200 if refused is None else refused.why.status


def comments_by_place(detail: InterviewDetail) -> dict[str, list[CommentLine]]:
    """Return what reviewers said at each question, of whichever version."""
    found: dict[str, list[CommentLine]] = {}
    for review in detail.history.reviews:
        for comment in review.comments:
            found.setdefault(comment.path, []).append(comment)
    return found


def moves_of(detail: InterviewDetail) -> frozenset[str]:
    """Return the moves that the reader may make from the state that is shown; `reviewing` decides."""
    collected = web.current_actor().person_id in detail.collectors
    if detail.record.superseded or collected or not sees_personal():
        return frozenset()
    return frozenset(action for action, states in MOVES.items() if detail.record.state in states)


@blueprint.get("/evaluations/<evaluation>/interviews/<identifier>/difference")
@page("supervisor", "lead", "expert", "auditor", "reviewer")
def difference(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show what changed between two versions of an interview."""
    reader, other = Reader(web.language(), sees_personal()), flask.request.args.get("with")
    with web.database().reading() as session:
        store, evaluation_id = web.store(), flask.g.evaluation.id
        found = queries.difference(session, store, evaluation_id, identifier, reader, other=other)
        record = queries.interview_by_id(session, evaluation_id, identifier)
    return flask.render_template(
        "interviews/difference.html",
        evaluation=evaluation,
        found=found,
        record=record,
        sentence_of=lambda complaint: sentence(complaint["code"], complaint["details"], web.language()),
        sees_personal=reader.sees_personal,
    )


def sees_personal() -> bool:
    """Tell whether the reader may see personal data."""
    return web.current_actor().has("supervisor", "lead")


@blueprint.get("/evaluations/<evaluation>/interviews/<identifier>/files/<path:name>")
@page("supervisor", "lead")
def file(evaluation: str, identifier: str, name: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send one file of an interview."""
    with web.database().reading() as session:
        line = queries.file_of(session, flask.g.evaluation.id, identifier, name)
    return send_stored(line.sha256, line.name, line.content_type)


@blueprint.get("/evaluations/<evaluation>/interviews/<identifier>/submission.xml")
@page("supervisor", "lead")
def xml(evaluation: str, identifier: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send an interview as it was sent, byte for byte."""
    with web.database().reading() as session:
        record = queries.interview_by_id(session, flask.g.evaluation.id, identifier)
    response = flask.Response(web.store().get(record.sha256), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{record.id}.xml"'
    return response
