"""The API of the fieldwork: progress, assignments, teams, reserves, and the end."""

from dataclasses import asdict
from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.draws.queries import draw_by_number
from evalsvc.draws.queries import record as draw_record
from evalsvc.draws.release import require_open
from evalsvc.draws.schemas import DrawSchema
from evalsvc.fieldwork import course, operations, queries
from evalsvc.fieldwork.beginning import begin
from evalsvc.fieldwork.schemas import (
    AssignmentsMade,
    AssignmentWish,
    EndWish,
    EnumeratorGiven,
    EnumeratorWish,
    ReserveOpened,
    ReserveWish,
    TeamGiven,
    TeamWish,
)

blueprint = Blueprint(
    "fieldwork_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/fieldwork",
    description="Progress, assignments, reserves, and the end.",
)


@blueprint.route("/draws/<int:number>/progress")
class ProgressView(MethodView):
    """Progress of one draw's fieldwork."""

    @api("supervisor", "lead", "designer", "auditor", "reviewer")
    @blueprint.response(200)
    def get(self, evaluation: str, number: int) -> dict[str, Any]:
        """Count the outcomes by county and village."""
        with web.database().reading() as session:
            draw = draw_by_number(session, flask.g.evaluation.id, number)
            require_open(session, web.current_actor(), draw.id)
            return {"evaluation": evaluation, "draw": number, **asdict(queries.progress(session, draw.id))}


@blueprint.route("/draws/<int:number>/end")
class EndView(MethodView):
    """The end of one draw's fieldwork."""

    @api("lead")
    @blueprint.arguments(EndWish)
    @blueprint.response(200, DrawSchema)
    def post(self, wish: dict[str, Any], evaluation: str, number: int) -> Any:
        """Declare the fieldwork ended, which opens the manifest, with secret and reserves, to everybody."""
        with web.database().transaction() as session:
            return draw_record(course.end(session, web.current_actor(), flask.g.evaluation, number, wish["reason"]))


@blueprint.route("/assignments")
class AssignmentsView(MethodView):
    """The making of assignments."""

    @api("supervisor", "lead", "designer")
    @blueprint.arguments(AssignmentWish)
    @blueprint.response(201, AssignmentsMade)
    def post(self, wish: dict[str, Any], evaluation: str) -> dict[str, Any]:
        """Make one assignment for each household of a draw."""
        made = begin(
            web.service(),
            web.current_actor(),
            flask.g.evaluation,
            number=wish["draw"],
            instrument_id=wish["instrument_id"],
            by_class=wish["by_class"],
        )
        return {"assignments": made}


@blueprint.route("/enumerators")
class EnumeratorsView(MethodView):
    """Who visits which villages."""

    @api("supervisor")
    @blueprint.arguments(EnumeratorWish)
    @blueprint.response(200, EnumeratorGiven)
    def post(self, wish: dict[str, Any], evaluation: str) -> dict[str, Any]:
        """Give villages to an enumerator."""
        with web.database().transaction() as session:
            opened = operations.assign_enumerator(
                session, web.current_actor(), flask.g.evaluation.id, wish["villages"], wish["enumerator_id"]
            )
        return {"households": opened}


@blueprint.route("/teams")
class TeamsView(MethodView):
    """Which team visits which villages."""

    @api("supervisor")
    @blueprint.arguments(TeamWish)
    @blueprint.response(200, TeamGiven)
    def post(self, wish: dict[str, Any], evaluation: str) -> dict[str, Any]:
        """Give villages to a team."""
        with web.database().transaction() as session:
            given = operations.assign_team(
                session, web.current_actor(), flask.g.evaluation.id, wish["villages"], wish["team"]
            )
        return {"villages": given}


@blueprint.route("/reserves")
class ReservesView(MethodView):
    """The opening of reserves."""

    @api("supervisor")
    @blueprint.arguments(ReserveWish)
    @blueprint.response(201, ReserveOpened)
    def post(self, wish: dict[str, Any], evaluation: str) -> Any:
        """Open the next reserve of the same village and class beside a household."""
        with web.database().transaction() as session:
            opened = operations.open_reserve(
                session, web.current_actor(), flask.g.evaluation.id, wish["unit_id"], wish["reason"]
            )
            return queries.record(opened)
