"""What everybody may know of an issued report: where the code on its cover leads, and why it was revoked."""

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web
from evalsvc.access import public
from evalsvc.editions import queries

blueprint = flask.Blueprint("editions_public", __name__, template_folder="templates")


@blueprint.get("/reports/<sha256>")
@public
def report(sha256: str) -> ResponseReturnValue:
    """Tell of an issued report, by the hash of its data, whether it stands and how the public log names it."""
    with web.database().reading() as session:
        found = queries.issued_by_data(session, sha256)
        later = queries.corrections_of(session, found.edition.id)
    return flask.render_template("editions/public.html", found=found, edition=found.edition, later=later)


@blueprint.get("/revocations/<sha256>.json")
@public
def revocation(sha256: str) -> ResponseReturnValue:
    """Send what is said in public of a revoked report, by the hash that stands in the public log."""
    with web.database().reading() as session:
        queries.require_revocation(session, sha256)
    return flask.Response(web.store().get(sha256), content_type="application/json; charset=utf-8")
