"""The API of issued reports: list them, wish for a new one."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.editions import operations, queries
from evalsvc.editions.schemas import EditionJobSchema, EditionSchema, EditionWish

blueprint = Blueprint(
    "editions_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/editions",
    description="Issued reports and their bundles.",
)


@blueprint.route("")
class EditionsView(MethodView):
    """The reports of an evaluation."""

    @api("lead", "designer", "supervisor", "expert", "auditor")
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


@blueprint.route("/<int:number>/<any('report.pdf', 'bundle.zip'):name>")
class EditionFilesView(MethodView):
    """The files of a report."""

    @api("lead", "designer", "supervisor", "expert", "auditor")
    @blueprint.response(200, content_type="application/octet-stream")
    def get(self, evaluation: str, number: int, name: str) -> Any:
        """Send the signed PDF, or the bundle."""
        with web.database().reading() as session:
            found = queries.edition_by_number(session, flask.g.evaluation.id, number)
        return flask.send_file(
            web.store().path(found.pdf_sha256 if name == "report.pdf" else found.bundle_sha256),
            mimetype="application/octet-stream",
            as_attachment=True,
            download_name=f"{evaluation}-{number}-{name}",
            etag=False,
            conditional=False,
        )
