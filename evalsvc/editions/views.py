"""The API of issued reports: list them, wish for a new one."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.editions import operations, queries
from evalsvc.editions.pages import BUNDLE_READERS, READERS
from evalsvc.editions.schemas import EditionJobSchema, EditionSchema, EditionWish
from evalsvc.sending import send_stored

blueprint = Blueprint(
    "editions_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/editions",
    description="Issued reports and their bundles.",
)


@blueprint.route("")
class EditionsView(MethodView):
    """The reports of an evaluation."""

    @api(*READERS)
    @blueprint.response(200, EditionSchema(many=True))
    def get(self, evaluation: str) -> Any:
        """List the issued reports, newest first."""
        with web.database().reading() as session:
            return queries.editions_of(session, flask.g.evaluation.id)

    @api("lead")
    @blueprint.arguments(EditionWish)
    @blueprint.response(202, EditionJobSchema)
    def post(self, wish: dict[str, Any], evaluation: str) -> Any:
        """Wish for a report to be issued in the background."""
        with web.database().transaction() as session:
            job = operations.request(session, web.current_actor(), flask.g.evaluation.id, wish["result"])
        return {"job": job}


@blueprint.route("/<int:number>/report.pdf")
class ReportView(MethodView):
    """The signed PDF of a report."""

    @api(*READERS)
    @blueprint.response(200, content_type="application/pdf")
    def get(self, evaluation: str, number: int) -> Any:
        """Send the signed PDF."""
        with web.database().reading() as session:
            found = queries.edition_by_number(session, flask.g.evaluation.id, number)
        return send_stored(found.pdf_sha256, f"{evaluation}-{number}-report.pdf", "application/pdf")


@blueprint.route("/<int:number>/bundle.zip")
class BundleView(MethodView):
    """Everything that an outsider recomputes a report from."""

    @api(*BUNDLE_READERS)
    @blueprint.response(200, content_type="application/zip")
    def get(self, evaluation: str, number: int) -> Any:
        """Send the bundle; it holds the interviews as they were sent."""
        with web.database().reading() as session:
            found = queries.edition_by_number(session, flask.g.evaluation.id, number)
        return send_stored(found.bundle_sha256, f"{evaluation}-{number}-bundle.zip", "application/zip")
