"""The API of cases: list them, make them from interviews, judge them."""

from dataclasses import asdict
from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.cases import operations, queries
from evalsvc.cases.schemas import CasePageSchema, CollectedSchema, JudgementWish, ListWish, StateSchema
from evalsvc.cases.values import CaseFilters

blueprint = Blueprint(
    "cases_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/cases",
    description="Suspected cases and their judgements.",
)


@blueprint.route("")
class CasesView(MethodView):
    """The cases of an evaluation."""

    @api("expert", "lead", "supervisor", "auditor", "reviewer")
    @blueprint.arguments(ListWish, location="query")
    @blueprint.response(200, CasePageSchema)
    def get(self, wish: dict[str, Any], evaluation: str) -> Any:
        """List cases, open ones first."""
        filters = CaseFilters(wish["state"], wish["kind"], wish["county"], wish["waiting_for_reader"])
        with web.database().reading() as session:
            shown = queries.page_of_cases(session, flask.g.evaluation.id, web.current_actor(), filters, wish["page"])
        lines = [
            {**asdict(line.case), "judgements": line.judgements, "judged_by_reader": line.judged_by_reader}
            for line in shown.lines
        ]
        return {"lines": lines, "total": shown.total, "page": shown.page, "pages": shown.pages}

    @api("supervisor", "lead")
    @blueprint.response(201, CollectedSchema)
    def post(self, evaluation: str) -> Any:
        """Make the cases that interviews suspect and that are not made yet."""
        with web.database().transaction() as session:
            made = operations.collect_cases(session, web.current_actor(), flask.g.evaluation)
        return {"made": made}


@blueprint.route("/<identifier>/judgements")
class JudgementsView(MethodView):
    """The judgements on one case."""

    @api("expert")
    @blueprint.arguments(JudgementWish)
    @blueprint.response(201, StateSchema)
    def post(self, wish: dict[str, Any], evaluation: str, identifier: str) -> Any:
        """Judge a case; two different experts decide it when they agree."""
        with web.database().transaction() as session:
            state = operations.judge(
                session,
                web.current_actor(),
                flask.g.evaluation.id,
                identifier,
                verdict=wish["verdict"],
                reason=wish["reason"],
            )
        return {"state": state}
