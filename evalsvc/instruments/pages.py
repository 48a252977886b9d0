"""Pages of instruments: published versions, publishing, and the questions of one with what each feeds."""

from collections.abc import Mapping

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import incoming, web
from evalsvc.access import page, upload
from evalsvc.errors import InvalidError
from evalsvc.incoming import plain_name
from evalsvc.instruments import drafts, operations, queries
from evalsvc.instruments.attached import attached_files
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.devices import sent_file
from evalsvc.instruments.form_library import library_of, of_files, usable_library
from evalsvc.instruments.questions import changes_in_words, question_lines
from evalsvc.instruments.trial_page import messages_of
from evalsvc.words import sentence
from forms.changes import changes
from forms.library import INSTITUTE, TELEPHONE

blueprint = flask.Blueprint("instruments", __name__, template_folder="templates")
XML = "text/xml; charset=utf-8"


@blueprint.get("/evaluations/<evaluation>/instruments")
@page("designer", "lead", "supervisor", "auditor", "reviewer")
def instruments(evaluation: str) -> ResponseReturnValue:
    """List the published versions, with the form that publishes one."""
    with web.database().reading() as session:
        rows = queries.instruments_of(session, flask.g.evaluation.id)
        waiting = drafts.drafts_of(session, flask.g.evaluation.id)
    may_publish = web.current_actor().has("designer", "lead")
    library = library_of(web.config().library_directory)
    return flask.render_template(
        "instruments/instruments.html",
        shipped=[(name, titles[web.language()]) for name, titles in library.titles.items()],
        faults=messages_of(of_files(library.complaints, web.language()), web.language()),
        evaluation=evaluation,
        instruments=rows,
        drafts=waiting,
        may_publish=may_publish,
    )


@blueprint.get("/evaluations/<evaluation>/instruments/<identifier>")
@page("designer", "lead", "supervisor", "auditor", "reviewer")
def instrument(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show one version: its questions, and which indicator each feeds."""
    with web.database().reading() as session:
        row = queries.instrument_by_id(session, flask.g.evaluation.id, identifier)
        files = queries.files_of(session, row.id)
        last = queries.last_version(session, flask.g.evaluation.id, row.form_id, before=row)
        definition = form_of(session, web.store(), row).definition
        before = None if last is None else form_of(session, web.store(), last).definition
    return flask.render_template(
        "instruments/instrument.html",
        evaluation=evaluation,
        instrument=row,
        lines=question_lines(definition, web.language()),
        files=files,
        last=last,
        changes=[] if before is None else changes_in_words(changes(before, definition), web.language()),
    )


@blueprint.get("/evaluations/<evaluation>/instruments/<identifier>/form.xml")
@page("designer", "lead", "supervisor", "auditor", "reviewer")
def xform(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Send a version's XForm."""
    with web.database().reading() as session:
        row = queries.instrument_by_id(session, flask.g.evaluation.id, identifier)
    response = flask.Response(web.store().get(row.xform_sha256), content_type=XML)
    response.headers["Content-Disposition"] = f'attachment; filename="{evaluation}-instrument.xml"'
    return response


@blueprint.get("/evaluations/<evaluation>/instruments/<identifier>/files/<name>")
@page("designer", "lead", "supervisor", "auditor", "reviewer")
def file(evaluation: str, identifier: str, name: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send a file that a version is delivered with."""
    with web.database().reading() as session:
        row = queries.instrument_by_id(session, flask.g.evaluation.id, identifier)
        found = queries.file_of(session, row.id, name)
    return sent_file(found)


@blueprint.post("/evaluations/<evaluation>/instruments")
@upload
@page("designer", "lead")
def publish(evaluation: str) -> ResponseReturnValue:
    """Publish a version from a file or from the shipped form, or show every complaint about it at once."""
    incoming.require_confirmation()
    try:
        form = operations.keep_form(web.store(), *given_form())
        with web.database().transaction() as session:
            identifier = operations.publish(session, web.current_actor(), flask.g.evaluation.id, form).id
    except InvalidError as error:
        return refused(evaluation, error)
    flask.flash(_("问卷已发布，这个版本不再改动。"), "good")
    return web.see_other("instruments.instrument", evaluation=evaluation, identifier=identifier)


def given_form() -> tuple[bytes, str, Mapping[str, bytes]]:
    """Return the form of the request, its name, and the files beside it; or a shipped form where one was asked for.

    Raises
    ------
    InvalidError
        ``instrument.no_file``, ``instrument.files_refused``, ``instrument.shipped_unknown``,
        ``instrument.library_refused``
    """
    shipped = flask.request.form.get("shipped")
    if shipped:
        blanks = {
            INSTITUTE: flask.request.form.get("institute", "").strip() or flask.g.evaluation.institute,
            TELEPHONE: flask.request.form.get("telephone", "").strip(),
        }
        name, data = operations.shipped_form(
            shipped, blanks, usable_library(web.config().library_directory, web.language())
        )
        return data, name, {}
    file = flask.request.files.get("file")
    if file is None or not file.filename:
        raise InvalidError("instrument.no_file")
    return file.read(), plain_name(file.filename, "form"), given_files()


def given_files() -> dict[str, bytes]:
    """Return the files that a request brings beside a form."""
    sent = [each for each in flask.request.files.getlist("files") if each.filename]
    return attached_files((plain_name(each.filename or "", "file"), each.read()) for each in sent)


def refused(evaluation: str, error: InvalidError) -> ResponseReturnValue:
    """Show every complaint about a form that could not be taken."""
    rows = [
        {
            "sheet": each.details.get("sheet", ""),
            "row": each.details.get("row", ""),
            "column": each.details.get("column", "") or each.details.get("path", ""),
            "message": sentence(each.code, each.details, web.language()),
        }
        for each in error.complaints
    ]
    message = sentence(error.code, error.details, web.language())
    page_text = flask.render_template("instruments/refused.html", evaluation=evaluation, message=message, rows=rows)
    return page_text, 422
