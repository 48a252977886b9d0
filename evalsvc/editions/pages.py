"""Pages of issued reports: the list, the files, and the issuing."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import jobs, web
from evalsvc.access import page
from evalsvc.cases.queries import counts_of
from evalsvc.editions import operations, queries
from evalsvc.incoming import require_confirmation
from evalsvc.results.queries import latest
from evalsvc.sending import send_stored

blueprint = flask.Blueprint("editions", __name__, template_folder="templates")
READERS = ("lead", "designer", "supervisor", "expert", "auditor")
BUNDLE_READERS = ("lead", "auditor")
"""The bundle holds the interviews as they were sent, with everything that households said."""


@blueprint.get("/evaluations/<evaluation>/editions")
@page(*READERS)
def editions(evaluation: str) -> ResponseReturnValue:
    """List the issued reports; the lead issues the next one here."""
    identifier = flask.g.evaluation.id
    with web.database().reading() as session:
        listed = queries.editions_of(session, identifier)
        results = latest(session, identifier)
        opened = counts_of(session, identifier).open
        running = [each for each in jobs.of_subject(session, identifier) if each.kind == operations.JOB]
    return flask.render_template(
        "editions/editions.html",
        evaluation=evaluation,
        listed=listed,
        results=results,
        open_cases=opened,
        job=running[0] if running else None,
        may_issue=web.current_actor().has("lead"),
        may_take_bundle=web.current_actor().has(*BUNDLE_READERS),
        job_failure=web.failure_of,
    )


@blueprint.post("/evaluations/<evaluation>/editions")
@page("lead")
def issue(evaluation: str) -> ResponseReturnValue:
    """Wish for a report to be issued in the background."""
    require_confirmation()
    with web.database().transaction() as session:
        operations.request(session, web.current_actor(), flask.g.evaluation.id, flask.request.form.get("result", ""))
    flask.flash(_("已安排编制和签名。"), "good")
    return web.see_other("editions.editions", evaluation=evaluation)


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>/report.pdf")
@page(*READERS)
def report(evaluation: str, number: int) -> ResponseReturnValue:
    """Send a report."""
    with web.database().reading() as session:
        found = queries.edition_by_number(session, flask.g.evaluation.id, number)
    return send_stored(found.pdf_sha256, f"{evaluation}-{number}-report.pdf", "application/pdf")


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>/bundle.zip")
@page(*BUNDLE_READERS)
def bundle(evaluation: str, number: int) -> ResponseReturnValue:
    """Send a report's bundle."""
    with web.database().reading() as session:
        found = queries.edition_by_number(session, flask.g.evaluation.id, number)
    return send_stored(found.bundle_sha256, f"{evaluation}-{number}-bundle.zip", "application/zip")
