"""The API of instruments."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api, upload
from evalsvc.instruments import operations, queries
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.pages import given_form
from evalsvc.instruments.schemas import ChangeSchema, InstrumentSchema
from forms.changes import changes

blueprint = Blueprint(
    "instruments_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/instruments",
    description="Instruments: published form versions.",
)


@blueprint.route("")
class InstrumentsView(MethodView):
    """The published versions of an evaluation's forms."""

    @api("designer", "lead", "supervisor", "auditor", "reviewer")
    @blueprint.response(200, InstrumentSchema(many=True))
    def get(self, evaluation: str) -> Any:
        """List the versions, newest first."""
        with web.database().reading() as session:
            return queries.instruments_of(session, flask.g.evaluation.id)

    @upload
    @api("designer", "lead")
    @blueprint.response(201, InstrumentSchema)
    def post(self, evaluation: str) -> Any:
        """Publish a version (multipart: `file` and `files` beside it, or the name of a `shipped` form).

        A shipped form that speaks to respondents takes a `telephone` as well; `institute` is the evaluation's if it is
        not given.
        """
        form = operations.keep_form(web.store(), *given_form())
        with web.database().transaction() as session:
            return queries.record(operations.publish(session, web.current_actor(), flask.g.evaluation.id, form))


@blueprint.route("/<identifier>/changes")
class ChangesView(MethodView):
    """What changed against the version before."""

    @api("designer", "lead", "supervisor", "auditor", "reviewer")
    @blueprint.response(200, ChangeSchema(many=True))
    def get(self, evaluation: str, identifier: str) -> Any:
        """List the changes; none for the first version of a form."""
        with web.database().reading() as session:
            row = queries.instrument_by_id(session, flask.g.evaluation.id, identifier)
            last = queries.last_version(session, flask.g.evaluation.id, row.form_id, before=row)
            if last is None:
                return []
            before, after = (form_of(session, web.store(), each).definition for each in (last, row))
        return list(changes(before, after))
