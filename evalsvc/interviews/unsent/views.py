"""The API of unsent interviews: a file of a phone comes in."""

from dataclasses import asdict
from typing import Any

from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api, upload
from evalsvc.interviews.unsent.pages import import_sent
from evalsvc.interviews.unsent.schemas import ImportSchema
from evalsvc.interviews.unsent.telling import counts, message

blueprint = Blueprint(
    "unsent_interviews_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/interviews/unsent",
    description="Interviews that a phone could not send, in a file that it sealed for this service.",
)


@blueprint.route("")
class UnsentView(MethodView):
    """Files of phones."""

    @upload
    @api("supervisor", "lead")
    @blueprint.response(200, ImportSchema)
    def post(self, evaluation: str) -> Any:
        """Import a file (multipart: `file`); every interview of it is taken or refused by itself."""
        imported = import_sent()
        told = [{**asdict(each), "message": message(each, web.language())} for each in imported]
        return {**counts(imported), "interviews": told}
