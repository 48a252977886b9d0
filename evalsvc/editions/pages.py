"""Pages of reports: the list with the wish for a new one, and the files of each."""

from collections.abc import Callable

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import web
from evalsvc.access import page
from evalsvc.editions import listing, printing, queries, wishing
from evalsvc.editions.chapters.kinds import FOLDERS, LANGUAGES, OF_ONE_COUNTY
from evalsvc.editions.exports import SHEETS_TYPE, WORD_TYPE, data_of, docx_of, xlsx_of
from evalsvc.editions.printing import edition_in
from evalsvc.editions.values import EditionRecord
from evalsvc.editions.wishing import Wish
from evalsvc.errors import ConflictError, ForbiddenError
from evalsvc.fieldwork.queries import areas
from evalsvc.incoming import number as number_in
from evalsvc.incoming import require_confirmation
from evalsvc.sending import send_stored

blueprint = flask.Blueprint("editions", __name__, template_folder="templates")
READERS = ("lead", "reviewer", "designer", "supervisor", "expert", "auditor")
BUNDLE_READERS = ("lead", "reviewer", "auditor")
"""The bundle holds the interviews as they were sent, with everything that households said."""


@blueprint.get("/evaluations/<evaluation>/editions")
@page(*READERS)
def editions(evaluation: str) -> ResponseReturnValue:
    """List the reports; the lead has the next one composed here."""
    actor = web.current_actor()
    with web.database().reading() as session:
        shown = listing.listed(session, flask.g.evaluation.id, actor)
    return flask.render_template(
        "editions/editions.html",
        evaluation=evaluation,
        shown=shown,
        kinds=tuple(FOLDERS),
        languages=LANGUAGES,
        may_compose=actor.has("lead"),
        job_failure=web.failure_of,
    )


@blueprint.post("/evaluations/<evaluation>/editions")
@page("lead")
def compose(evaluation: str) -> ResponseReturnValue:
    """Wish for a report to be composed in the background."""
    require_confirmation()
    form = flask.request.form
    with web.database().reading() as session:
        every = [each.unit_id for each in areas(session, flask.g.evaluation.id)]
    wish = Wish(
        reviewer_id=form.get("reviewer", ""),
        result_id=form.get("result", ""),
        kind=form.get("kind", ""),
        language=form.get("language", ""),
        scopes=tuple(form.getlist("scope") or every) if form.get("kind") in OF_ONE_COUNTY else (),
        answer_by=form.get("answer_by", ""),
        corrects=number_in(form["corrects"]) if form.get("corrects") else None,
        changed=form.get("changed", ""),
    )
    with web.database().transaction() as session:
        wishing.request(session, web.current_actor(), flask.g.evaluation, wish)
    flask.flash(_("已安排编制。"), "good")
    return web.see_other("editions.editions", evaluation=evaluation)


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>/preview.pdf")
@page("lead")
def preview(evaluation: str, number: int) -> ResponseReturnValue:
    """Lay an edition's data out with the texts as they are now, marked as a preview: also as another kind of report."""
    pdf, given = web.store().get(readable(number).pdf_sha256), flask.request.args
    made = printing.preview(edition_in(pdf), web.config().report_texts, given.get("kind", ""), given.get("county", ""))
    response = flask.Response(made, content_type="application/pdf")
    response.headers["Content-Disposition"] = f'inline; filename="{evaluation}-{number}-preview.pdf"'
    return response


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>/report.pdf")
@page(*READERS)
def report(evaluation: str, number: int) -> ResponseReturnValue:
    """Send a report as it stands."""
    found = readable(number)
    return send_stored(found.file_sha256, f"{evaluation}-{number}-report.pdf", "application/pdf")


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>/bundle.zip")
@page(*BUNDLE_READERS)
def bundle(evaluation: str, number: int) -> ResponseReturnValue:
    """Send a report's bundle."""
    found = readable(number)
    return send_stored(found.bundle_sha256, f"{evaluation}-{number}-bundle.zip", "application/zip")


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>/data.zip")
@page(*READERS)
def data(evaluation: str, number: int) -> ResponseReturnValue:
    """Send the data that the report carries inside, none of which is about a household, as files in a ZIP."""
    return _made(number, f"{evaluation}-{number}-data.zip", "application/zip", data_of)


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>/report.docx")
@page(*READERS)
def word(evaluation: str, number: int) -> ResponseReturnValue:
    """Send the report as a Word file to edit before release; it is not the report."""
    return _made(number, f"{evaluation}-{number}-draft.docx", WORD_TYPE, docx_of)


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>/tables.xlsx")
@page(*READERS)
def tables(evaluation: str, number: int) -> ResponseReturnValue:
    """Send the report's tables as a workbook with real numbers."""
    return _made(number, f"{evaluation}-{number}-tables.xlsx", SHEETS_TYPE, xlsx_of)


def _made(number: int, name: str, content_type: str, make: Callable[[bytes], bytes]) -> ResponseReturnValue:
    """Make a file of the data inside a report, and send it."""
    pdf = web.store().get(readable(number).pdf_sha256)
    response = flask.Response(make(edition_in(pdf)), content_type=content_type)
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def readable(number: int) -> EditionRecord:
    """Return an edition of this evaluation that the reader may have; what was not issued is for those who release it.

    Raises
    ------
    NotFoundError
        ``edition.unknown``
    ForbiddenError
        ``edition.not_issued_yet``
    ConflictError
        ``edition.not_composed``
    """
    with web.database().reading() as session:
        found = queries.edition_by_number(session, flask.g.evaluation.id, number)
    if found.issued_at is None and not web.current_actor().has(*BUNDLE_READERS):
        raise ForbiddenError("edition.not_issued_yet", number=number)
    if not found.pdf_sha256:
        raise ConflictError("edition.not_composed", number=number)
    return found
