"""Pages of instruments: published versions, publishing, and the questions of one with what each feeds."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from evalsvc import incoming, web
from evalsvc.access import page, upload
from evalsvc.errors import InvalidError
from evalsvc.incoming import plain_name
from evalsvc.instruments import operations, queries
from evalsvc.instruments.definitions import definition_of
from evalsvc.instruments.questions import question_lines
from evalsvc.words import sentence

blueprint = flask.Blueprint("instruments", __name__, template_folder="templates")
XML = "text/xml; charset=utf-8"


@blueprint.get("/evaluations/<evaluation>/instruments")
@page("designer", "lead", "supervisor", "auditor")
def instruments(evaluation: str) -> ResponseReturnValue:
    """List the published versions, with the form that publishes one."""
    with web.database().reading() as session:
        rows = queries.instruments_of(session, flask.g.evaluation.id)
    may_publish = web.current_actor().has("designer", "lead")
    return flask.render_template(
        "instruments/instruments.html", evaluation=evaluation, instruments=rows, may_publish=may_publish
    )


@blueprint.get("/evaluations/<evaluation>/instruments/<identifier>")
@page("designer", "lead", "supervisor", "auditor")
def instrument(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show one version: its questions, and which indicator each feeds."""
    with web.database().reading() as session:
        row = queries.instrument_by_id(session, flask.g.evaluation.id, identifier)
    lines = question_lines(definition_of(web.store(), row.xform_sha256), web.language())
    return flask.render_template("instruments/instrument.html", evaluation=evaluation, instrument=row, lines=lines)


@blueprint.get("/evaluations/<evaluation>/instruments/<identifier>/form.xml")
@page("designer", "lead", "supervisor", "auditor")
def xform(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Send a version's XForm."""
    with web.database().reading() as session:
        row = queries.instrument_by_id(session, flask.g.evaluation.id, identifier)
    response = flask.Response(web.store().get(row.xform_sha256), content_type=XML)
    response.headers["Content-Disposition"] = f'attachment; filename="{evaluation}-instrument.xml"'
    return response


@blueprint.post("/evaluations/<evaluation>/instruments")
@upload
@page("designer", "lead")
def publish(evaluation: str) -> ResponseReturnValue:
    """Publish a version from a file or from the shipped form, or show every complaint about it at once."""
    incoming.require_confirmation()
    try:
        name, data = form_file(flask.request.files.get("file"), flask.request.form.get("shipped", ""))
        form = operations.keep_form(web.store(), data, name)
        with web.database().transaction() as session:
            identifier = operations.publish(session, web.current_actor(), flask.g.evaluation.id, form).id
    except InvalidError as error:
        return _refused(evaluation, error)
    flask.flash(_("问卷已发布，这个版本不再改动。"), "good")
    return web.see_other("instruments.instrument", evaluation=evaluation, identifier=identifier)


def form_file(file: FileStorage | None, shipped: str) -> tuple[str, bytes]:
    """Return name and bytes of the form: the uploaded file, or the shipped form where it was asked for.

    Raises
    ------
    InvalidError
        ``instrument.no_file``
    """
    if shipped:
        return operations.shipped_form()
    if file is None or not file.filename:
        raise InvalidError("instrument.no_file")
    return plain_name(file.filename, "form"), file.read()


def _refused(evaluation: str, error: InvalidError) -> ResponseReturnValue:
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
