"""The API of interviews: list, one with its versions, what changed between them, reviews."""

from dataclasses import asdict
from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.errors import InvalidError
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.queries import instrument_by_version
from evalsvc.interviews import queries
from evalsvc.interviews.listing import page_of_interviews
from evalsvc.interviews.pages import sees_personal
from evalsvc.interviews.presentation import Reader, complaints_for
from evalsvc.interviews.review import operations as reviewing
from evalsvc.interviews.review.bulk import approve_chosen, approve_filtered
from evalsvc.interviews.review.history import history_of
from evalsvc.interviews.review.moves import Comment, Wish
from evalsvc.interviews.schemas import (
    BulkSchema,
    BulkWish,
    DifferenceSchema,
    DifferenceWish,
    InterviewSchema,
    ListWish,
    PageSchema,
    ReviewedSchema,
    ReviewWish,
)
from evalsvc.interviews.values import Filters, InterviewRecord
from evalsvc.words import sentence
from forms.definition import FormDefinition

blueprint = Blueprint(
    "interviews_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/interviews",
    description="Interviews: what devices sent, with the server's complaints, and their review.",
)


@blueprint.route("")
class InterviewsView(MethodView):
    """The interviews of an evaluation."""

    @api("supervisor", "lead", "expert", "auditor", "reviewer")
    @blueprint.arguments(ListWish, location="query")
    @blueprint.response(200, PageSchema)
    def get(self, wish: dict[str, Any], evaluation: str) -> Any:
        """List interviews, newest first."""
        page = wish.pop("page")
        with web.database().reading() as session:
            return page_of_interviews(session, flask.g.evaluation.id, Filters(**wish), page)


@blueprint.route("/reviews")
class BulkReviewsView(MethodView):
    """The approval of many interviews."""

    @api("supervisor", "lead")
    @blueprint.arguments(BulkWish)
    @blueprint.response(200, BulkSchema)
    def post(self, wish: dict[str, Any], evaluation: str) -> Any:
        """Approve the interviews named, or those of a list; each is approved wholly or left, and why is said."""
        actor, evaluation_id, options = web.current_actor(), flask.g.evaluation.id, {"with_errors": wish["with_errors"]}
        if wish["interviews"] is not None:
            seen = {each["id"]: each["state"] for each in wish["interviews"]}
            done = approve_chosen(web.database(), actor, evaluation_id, seen, **options)
        elif wish["filters"] is None:
            raise InvalidError("interview.bulk_nothing_chosen")
        else:
            filters = Filters(**wish["filters"])
            done = approve_filtered(web.database(), actor, evaluation_id, filters, before=wish["before"], **options)
        return {"approved": done.approved, "left": [_left(each) for each in done.left]}


def _left(left: reviewing.Left) -> dict[str, str]:
    message = sentence(left.why.code, left.why.details, web.language())
    return {"id": left.interview_id, "unit_id": left.unit_id, "code": left.why.code, "message": message}


@blueprint.route("/<identifier>")
class InterviewView(MethodView):
    """One interview."""

    @api("supervisor", "lead", "expert", "auditor", "reviewer")
    @blueprint.response(200, InterviewSchema)
    def get(self, evaluation: str, identifier: str) -> Any:
        """Show one interview; personal data are left out for readers other than supervisors and leads."""
        reader = Reader(web.language(), sees_personal())
        with web.database().reading() as session:
            record = queries.interview_by_id(session, flask.g.evaluation.id, identifier)
            instrument = instrument_by_version(session, flask.g.evaluation.id, record.form_id, record.version)
            definition = form_of(session, web.store(), instrument).definition
            history = history_of(session, queries.root_of(session, identifier), definition, reader)
        return {
            **vars(record),
            "answers": _answers(record, definition, reader),
            "complaints": complaints_for(definition, record.complaints, reader),
            "versions": [asdict(each) for each in history.versions],
            "reviews": [asdict(each) for each in history.reviews],
        }


def _answers(record: InterviewRecord, definition: FormDefinition, reader: Reader) -> dict[str, Any]:
    personal = frozenset() if reader.sees_personal else queries.personal_columns(definition)
    return {name: value for name, value in record.answers.items() if name not in personal}


@blueprint.route("/<identifier>/difference")
class DifferenceView(MethodView):
    """What changed between two versions of an interview."""

    @api("supervisor", "lead", "expert", "auditor", "reviewer")
    @blueprint.arguments(DifferenceWish, location="query")
    @blueprint.response(200, DifferenceSchema)
    def get(self, wish: dict[str, Any], evaluation: str, identifier: str) -> Any:
        """Compare a version with the one before, or with another of the same interview."""
        reader = Reader(web.language(), sees_personal())
        with web.database().reading() as session:
            found = queries.difference(
                session, web.store(), flask.g.evaluation.id, identifier, reader, other=wish["other"]
            )
        return asdict(found)


@blueprint.route("/<identifier>/reviews")
class ReviewsView(MethodView):
    """The reviews of one interview."""

    @api("supervisor", "lead")
    @blueprint.arguments(ReviewWish)
    @blueprint.response(201, ReviewedSchema)
    def post(self, wish: dict[str, Any], evaluation: str, identifier: str) -> Any:
        """Return, approve, reject or open an interview again."""
        comments = tuple(Comment(**each) for each in wish.pop("comments"))
        with web.database().reading() as session:
            places = queries.question_places(session, web.store(), flask.g.evaluation.id, identifier)
        with web.database().transaction() as session:
            state = reviewing.review(
                session,
                web.current_actor(),
                flask.g.evaluation.id,
                identifier,
                Wish(**wish, comments=comments),
                places=places,
            )
        return {"state": state}
