"""The page on which supervisors import what a phone could not send."""

from typing import BinaryIO, cast

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web
from evalsvc.access import page, upload
from evalsvc.errors import InvalidError
from evalsvc.interviews.unsent.importing import REFUSED, Imported, import_unsent
from evalsvc.interviews.unsent.telling import message, summary

blueprint = flask.Blueprint("unsent_interviews", __name__, template_folder="templates")


@blueprint.post("/evaluations/<evaluation>/interviews/unsent")
@upload
@page("supervisor", "lead")
def take(evaluation: str) -> ResponseReturnValue:
    """Import a file and show what became of each interview in it."""
    imported = import_sent()
    return flask.render_template(
        "interviews/imported.html",
        evaluation=evaluation,
        summary=summary(imported, web.language()),
        imported=[(each, message(each, web.language())) for each in imported],
        has_refused=any(each.outcome == REFUSED for each in imported),
    )


def import_sent() -> tuple[Imported, ...]:
    """Import the file of the request at hand.

    Raises
    ------
    InvalidError
        ``unsent.no_file``, and whatever `import_unsent` raises.
    """
    sent = flask.request.files.get("file")
    if sent is None or not sent.filename:
        raise InvalidError("unsent.no_file")
    return import_unsent(web.service(), web.current_actor(), flask.g.evaluation, cast("BinaryIO", sent.stream))
