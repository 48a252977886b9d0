"""The API of results: list them, read their rows, wish for new ones."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.results import operations, queries
from evalsvc.results.schemas import ResultRowsSchema, ResultSetSchema, ResultWish, WishedSchema

blueprint = Blueprint(
    "results_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/results",
    description="Computed results: indicators with intervals and verdicts.",
)


@blueprint.route("")
class ResultsView(MethodView):
    """The results of an evaluation."""

    @api("lead", "designer", "supervisor", "auditor", "reviewer")
    @blueprint.response(200, ResultSetSchema(many=True))
    def get(self, evaluation: str) -> Any:
        """List the computed sets, newest first."""
        with web.database().reading() as session:
            return queries.result_sets(session, flask.g.evaluation.id)

    @api("lead", "designer")
    @blueprint.arguments(ResultWish)
    @blueprint.response(202, WishedSchema)
    def post(self, wish: dict[str, Any], evaluation: str) -> Any:
        """Wish for results to be computed in the background."""
        with web.database().transaction() as session:
            return {"job": operations.request(session, web.current_actor(), flask.g.evaluation.id, wish["draw"])}


@blueprint.route("/<identifier>")
class ResultRowsView(MethodView):
    """One set of results."""

    @api("lead", "designer", "supervisor", "auditor", "reviewer")
    @blueprint.response(200, ResultRowsSchema)
    def get(self, evaluation: str, identifier: str) -> Any:
        """Read the rows of a set."""
        with web.database().reading() as session:
            found = queries.result_by_id(session, flask.g.evaluation.id, identifier)
        return {"version": 1, "estimates": queries.rows_of(web.store(), found)}
