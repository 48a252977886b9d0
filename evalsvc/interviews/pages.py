"""Pages of interviews: the list with its filters, one interview, its files."""

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web
from evalsvc.access import page
from evalsvc.fieldwork.queries import areas
from evalsvc.instruments.contract import DISPOSITIONS
from evalsvc.interviews import queries
from evalsvc.interviews.presentation import Reader
from evalsvc.interviews.values import STATES, Filters
from evalsvc.sending import send_stored
from evalsvc.words import sentence

blueprint = flask.Blueprint("interviews", __name__, template_folder="templates")


@blueprint.get("/evaluations/<evaluation>/interviews")
@page("supervisor", "lead", "expert", "auditor")
def interviews(evaluation: str) -> ResponseReturnValue:
    """List the interviews."""
    filters = filters_of_request()
    with web.database().reading() as session:
        shown = queries.page_of_interviews(
            session, flask.g.evaluation.id, filters, flask.request.args.get("page", 1, type=int)
        )
        counties = areas(session, flask.g.evaluation.id)
    return flask.render_template(
        "interviews/interviews.html",
        evaluation=evaluation,
        shown=shown,
        filters=filters,
        chosen={name: value for name, value in vars(filters).items() if value},
        counties=counties,
        dispositions=DISPOSITIONS,
        states=STATES,
    )


def filters_of_request() -> Filters:
    """Read what the list is to show; what is not among the known values filters nothing."""
    given = flask.request.args
    disposition, state = given.get("disposition", ""), given.get("state", "")
    return Filters(
        county=given.get("county", ""),
        village=given.get("village", ""),
        disposition=disposition if disposition in DISPOSITIONS else "",
        state=state if state in STATES else "",
    )


@blueprint.get("/evaluations/<evaluation>/interviews/<identifier>")
@page("supervisor", "lead", "expert", "auditor")
def interview(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show one interview; personal data are for supervisors and leads only."""
    reader = Reader(web.language(), sees_personal())
    with web.database().reading() as session:
        detail = queries.detail(session, web.store(), flask.g.evaluation.id, identifier, reader)
    return flask.render_template(
        "interviews/interview.html",
        evaluation=evaluation,
        detail=detail,
        sentence_of=lambda complaint: sentence(complaint["code"], complaint["details"], web.language()),
        sees_personal=reader.sees_personal,
    )


def sees_personal() -> bool:
    """Tell whether the reader may see personal data."""
    return web.current_actor().has("supervisor", "lead")


@blueprint.get("/evaluations/<evaluation>/interviews/<identifier>/files/<path:name>")
@page("supervisor", "lead")
def file(evaluation: str, identifier: str, name: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send one file of an interview."""
    with web.database().reading() as session:
        line = queries.file_of(session, flask.g.evaluation.id, identifier, name)
    return send_stored(line.sha256, line.name, line.content_type)


@blueprint.get("/evaluations/<evaluation>/interviews/<identifier>/submission.xml")
@page("supervisor", "lead")
def xml(evaluation: str, identifier: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send an interview as it was sent, byte for byte."""
    with web.database().reading() as session:
        record = queries.interview_by_id(session, flask.g.evaluation.id, identifier)
    response = flask.Response(web.store().get(record.sha256), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{record.id}.xml"'
    return response
