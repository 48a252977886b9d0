"""The API of evaluations."""

from collections.abc import Mapping
from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.evaluations import operations, queries
from evalsvc.evaluations.schemas import EvaluationSchema
from evalsvc.people import queries as people
from evalsvc.people.actor import DESIGNER, LEAD

blueprint = Blueprint(
    "evaluations_api", __name__, url_prefix="/api/v1/evaluations", description="评估项目 / evaluations"
)


@blueprint.route("/")
class Evaluations(MethodView):
    """All evaluations that the token's person takes part in."""

    @api()
    @blueprint.response(200, EvaluationSchema(many=True))
    def get(self) -> list[queries.EvaluationRecord]:
        """List the evaluations, newest first."""
        actor = web.current_actor()
        with web.database().reading() as session:
            among = None if actor.roles else people.evaluations_of(session, str(actor.person_id))
            return queries.evaluations(session, among)

    @api(DESIGNER, LEAD)
    @blueprint.arguments(EvaluationSchema)
    @blueprint.response(201, EvaluationSchema)
    def post(self, given: Mapping[str, Any]) -> queries.EvaluationRecord:
        """Open an evaluation."""
        with web.database().transaction() as session:
            return operations.create_evaluation(session, web.current_actor(), **given)


@blueprint.route("/<evaluation>")
class Evaluation(MethodView):
    """One evaluation."""

    @api()
    @blueprint.response(200, EvaluationSchema)
    def get(self, evaluation: str) -> queries.EvaluationRecord:
        """Return one evaluation."""
        found: queries.EvaluationRecord = flask.g.evaluation
        return found
