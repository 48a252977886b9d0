"""Pages of evaluations: the list that everybody sees first. The page of one evaluation lives in overview."""

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web
from evalsvc.access import page
from evalsvc.evaluations import queries
from evalsvc.people import queries as people

blueprint = flask.Blueprint("evaluations", __name__, template_folder="templates")


@blueprint.get("/")
@page()
def index() -> ResponseReturnValue:
    """Show the evaluations that the reader takes part in."""
    actor = web.current_actor()
    with web.database().reading() as session:
        among = None if actor.roles else people.evaluations_of(session, str(actor.person_id))
        rows = queries.evaluations(session, among)
    return flask.render_template("evaluations/index.html", evaluations=rows)
