"""Pages of issued reports: the list, the files, and the issuing."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import jobs, web
from evalsvc.access import page
from evalsvc.cases.queries import counts_of
from evalsvc.editions import operations, queries
from evalsvc.results.queries import latest
from evalsvc.words import sentence

blueprint = flask.Blueprint("editions", __name__, template_folder="templates")
READERS = ("lead", "designer", "supervisor", "expert", "auditor")


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
        job_failure=lambda job: sentence(job.failure_code or "", job.failure_details, web.language()),
    )


@blueprint.post("/evaluations/<evaluation>/editions")
@page("lead")
def issue(evaluation: str) -> ResponseReturnValue:
    """Wish for a report to be issued in the background."""
    with web.database().transaction() as session:
        operations.request(session, web.current_actor(), flask.g.evaluation.id, flask.request.form.get("result", ""))
    flask.flash(_("已安排编制和签名，完成后刷新本页即可下载。"), "good")
    return web.see_other("editions.editions", evaluation=evaluation)


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>/<any('report.pdf', 'bundle.zip'):name>")
@page(*READERS)
def download(evaluation: str, number: int, name: str) -> ResponseReturnValue:
    """Send a report, or its bundle."""
    with web.database().reading() as session:
        found = queries.edition_by_number(session, flask.g.evaluation.id, number)
    is_report = name == "report.pdf"
    return flask.send_file(
        web.store().path(found.pdf_sha256 if is_report else found.bundle_sha256),
        mimetype="application/pdf" if is_report else "application/zip",
        as_attachment=True,
        download_name=f"{evaluation}-{number}-{name}",
        etag=False,
        conditional=False,
    )
