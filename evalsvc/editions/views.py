"""The API of reports: list them, have one composed, sign, seal, give up, revoke, fetch the files."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api, body
from evalsvc.editions import closing, queries, signing, wishing
from evalsvc.editions.jobs import request_seals
from evalsvc.editions.pages import BUNDLE_READERS, READERS, readable
from evalsvc.editions.schemas import EditionJobSchema, EditionSchema, EditionWish, ReasonSchema
from evalsvc.editions.values import LARGEST_REPORT
from evalsvc.editions.wishing import Wish
from evalsvc.sending import send_stored

PDF, ZIP = "application/pdf", "application/zip"
blueprint = Blueprint(
    "editions_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/editions",
    description="Reports from their composition to their revocation, and their bundles.",
)


@blueprint.route("")
class EditionsView(MethodView):
    """The reports of an evaluation."""

    @api(*READERS)
    @blueprint.response(200, EditionSchema(many=True))
    def get(self, evaluation: str) -> Any:
        """List the reports, newest first."""
        with web.database().reading() as session:
            return queries.editions_of(session, flask.g.evaluation.id)

    @api("lead")
    @blueprint.arguments(EditionWish)
    @blueprint.response(202, EditionJobSchema)
    def post(self, wish: dict[str, Any], evaluation: str) -> Any:
        """Wish for reports to be composed in the background; they are then signed by lead and reviewer, and sealed."""
        wanted = Wish(**{**wish, "scopes": tuple(wish["scopes"])})
        with web.database().transaction() as session:
            return {"job": wishing.request(session, web.current_actor(), flask.g.evaluation, wanted)}


@blueprint.route("/<int:number>")
class EditionView(MethodView):
    """One report."""

    @api(*READERS)
    @blueprint.response(200, EditionSchema)
    def get(self, evaluation: str, number: int) -> Any:
        """Tell how far a report is."""
        with web.database().reading() as session:
            return queries.edition_by_number(session, flask.g.evaluation.id, number)


@blueprint.route("/<int:number>/signature")
class SignatureView(MethodView):
    """The signature of lead or reviewer, given on a machine of their own."""

    @body(LARGEST_REPORT)
    @api("lead", "reviewer")
    @blueprint.response(200, EditionSchema)
    def put(self, evaluation: str, number: int) -> Any:
        """Take the report as its body, with the one signature more whose turn it is (`evalsvc report sign`)."""
        service, actor = web.service(), web.current_actor()
        with web.database().reading() as session:
            found = queries.edition_by_number(session, flask.g.evaluation.id, number)
        signing.require_turn(actor, found)
        given = signing.received(service.store, found, flask.request.get_data())
        with web.database().transaction() as session:
            return signing.keep(session, service.store, actor, flask.g.evaluation, given)


@blueprint.route("/<int:number>/seal")
class SealView(MethodView):
    """The seal of the institute."""

    @api("lead")
    @blueprint.response(202, EditionJobSchema)
    def post(self, evaluation: str, number: int) -> Any:
        """Wish for the seal, with which a report is issued and entered in the public log."""
        with web.database().transaction() as session:
            return {"job": request_seals(session, web.current_actor(), flask.g.evaluation, [number])}


@blueprint.route("/<int:number>/drop")
class DropView(MethodView):
    """The end of a report that was not issued."""

    @api("lead")
    @blueprint.arguments(ReasonSchema)
    @blueprint.response(200, EditionSchema)
    def post(self, given: dict[str, Any], evaluation: str, number: int) -> Any:
        """Give up a report that was not issued; its number is not used again."""
        with web.database().transaction() as session:
            return closing.drop(session, web.current_actor(), flask.g.evaluation, number, given["reason"])


@blueprint.route("/<int:number>/revocation")
class RevocationView(MethodView):
    """The end of a report that was issued."""

    @api("lead")
    @blueprint.arguments(ReasonSchema)
    @blueprint.response(200, EditionSchema)
    def post(self, given: dict[str, Any], evaluation: str, number: int) -> Any:
        """Revoke an issued report; the public log says so, with the reason."""
        actor, reason = web.current_actor(), given["reason"]
        with web.database().transaction() as session:
            return closing.revoke(session, web.store(), actor, flask.g.evaluation, number=number, reason=reason)


@blueprint.route("/<int:number>/report.pdf")
class ReportView(MethodView):
    """The PDF of a report."""

    @api(*READERS)
    @blueprint.response(200, content_type=PDF)
    def get(self, evaluation: str, number: int) -> Any:
        """Send the PDF with the signatures given so far; before it is issued only to those who release it."""
        return send_stored(readable(number).file_sha256, f"{evaluation}-{number}-report.pdf", PDF)


@blueprint.route("/<int:number>/bundle.zip")
class BundleView(MethodView):
    """Everything that an outsider recomputes a report from."""

    @api(*BUNDLE_READERS)
    @blueprint.response(200, content_type=ZIP)
    def get(self, evaluation: str, number: int) -> Any:
        """Send the bundle; it holds the interviews as they were sent."""
        return send_stored(readable(number).bundle_sha256, f"{evaluation}-{number}-bundle.zip", ZIP)
