"""The API of interviews, to read."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.instruments.definitions import definition_of
from evalsvc.instruments.queries import instrument_by_version
from evalsvc.interviews import queries
from evalsvc.interviews.pages import sees_personal
from evalsvc.interviews.presentation import Reader, complaints_for
from evalsvc.interviews.schemas import InterviewSchema, ListWish, PageSchema
from evalsvc.interviews.values import Filters, InterviewRecord
from forms.definition import FormDefinition

blueprint = Blueprint(
    "interviews_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/interviews",
    description="Interviews: what devices sent, with the server's complaints.",
)


@blueprint.route("")
class InterviewsView(MethodView):
    """The interviews of an evaluation."""

    @api("supervisor", "lead", "expert", "auditor")
    @blueprint.arguments(ListWish, location="query")
    @blueprint.response(200, PageSchema)
    def get(self, wish: dict[str, Any], evaluation: str) -> Any:
        """List interviews, newest first."""
        filters = Filters(wish["county"], wish["village"], wish["disposition"], wish["state"])
        with web.database().reading() as session:
            return queries.page_of_interviews(session, flask.g.evaluation.id, filters, wish["page"])


@blueprint.route("/<identifier>")
class InterviewView(MethodView):
    """One interview."""

    @api("supervisor", "lead", "expert", "auditor")
    @blueprint.response(200, InterviewSchema)
    def get(self, evaluation: str, identifier: str) -> Any:
        """Show one interview; personal data are left out for readers other than supervisors and leads."""
        with web.database().reading() as session:
            record = queries.interview_by_id(session, flask.g.evaluation.id, identifier)
            instrument = instrument_by_version(session, flask.g.evaluation.id, record.form_id, record.version)
        definition = definition_of(web.store(), instrument.xform_sha256)
        reader = Reader(web.language(), sees_personal())
        return {
            **vars(record),
            "answers": _answers(record, definition, reader),
            "complaints": complaints_for(definition, record.complaints, reader),
        }


def _answers(record: InterviewRecord, definition: FormDefinition, reader: Reader) -> dict[str, Any]:
    personal = frozenset() if reader.sees_personal else queries.personal_columns(definition)
    return {name: value for name, value in record.answers.items() if name not in personal}
