"""The API of lists made later, for tools that list households in the field: send a list, ask how far the draw is."""

import tempfile
from pathlib import Path
from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api, upload
from evalsvc.draws.later.binding import bind_sent
from evalsvc.draws.later.continuing import go_on
from evalsvc.draws.later.progress import progress_of, states_of
from evalsvc.draws.later.schemas import ContinuationWish, ListStateSchema
from evalsvc.draws.operations import note_opening
from evalsvc.draws.schemas import DrawSchema
from evalsvc.draws.values import ListState
from evalsvc.errors import NotFoundError
from evalsvc.frames.reading import MAPPING_FILE
from evalsvc.incoming import saved_files, sent_text

blueprint = Blueprint(
    "later_lists_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/draws/<int:number>",
    description="Lists that are made when their villages are drawn: bind them, then draw from them.",
)
FILES = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file"],
                "properties": {
                    "file": {
                        "type": "array",
                        "items": {"type": "string", "format": "binary"},
                        "description": "CSV, XLSX or Parquet; several files are parts of one list",
                    },
                    "mapping": {
                        "type": "string",
                        "description": "YAML with the levels of the unit and of its list, and `rename`; "
                        "without it the columns are called as in the files of the frame",
                    },
                },
            }
        }
    },
}


@blueprint.route("/lists")
class ListsView(MethodView):
    """The lists of a draw that are made later."""

    @api("designer", "lead", "auditor", "reviewer")
    @blueprint.response(200, ListStateSchema(many=True))
    def get(self, evaluation: str, number: int) -> Any:
        """Tell of every drawn unit whether its list is awaited, bound or drawn from; that somebody asked is kept."""
        return _states(number)

    @upload
    @api("designer", "lead")
    @blueprint.doc(requestBody=FILES)
    @blueprint.response(201, ListStateSchema(many=True))
    def post(self, evaluation: str, number: int) -> Any:
        """Bind the lists of one or several drawn units, all or none, or get all complaints."""
        bound = _bind(number)
        return [each for each in _states(number) if each.parent in bound]


@blueprint.route("/lists/<parent>")
class ListView(MethodView):
    """The list of one drawn unit."""

    @api("designer", "lead", "auditor", "reviewer")
    @blueprint.response(200, ListStateSchema)
    def get(self, evaluation: str, number: int, parent: str) -> Any:
        """Tell whether the list is awaited, bound or drawn from."""
        return _state(number, parent)

    @upload
    @api("designer", "lead")
    @blueprint.doc(requestBody=FILES)
    @blueprint.response(201, ListStateSchema)
    def post(self, evaluation: str, number: int, parent: str) -> Any:
        """Bind the list of this unit; files that hold another's are refused."""
        _state(number, parent)
        _bind(number, parent)
        return _state(number, parent)


@blueprint.route("/continuation")
class ContinuationView(MethodView):
    """The drawing from bound lists."""

    @api("designer", "lead")
    @blueprint.arguments(ContinuationWish)
    @blueprint.response(200, DrawSchema)
    def post(self, wish: dict[str, Any], evaluation: str, number: int) -> Any:
        """Draw from the lists named, or from all that wait; what was drawn before stays."""
        actor = web.current_actor()
        return go_on(web.service(), actor, flask.g.evaluation, number=number, parents=wish["parents"])


def _bind(number: int, only: str | None = None) -> tuple[str, ...]:
    form, sent = flask.request.form, flask.request.files
    text = sent_text(sent.get("mapping_file"), form.get("mapping", ""), MAPPING_FILE)
    with tempfile.TemporaryDirectory() as folder:
        paths = saved_files(sent.getlist("file"), Path(folder), "list")
        return bind_sent(
            web.service(),
            web.current_actor(),
            flask.g.evaluation,
            number=number,
            sources=paths,
            mapping_text=text,
            only=only,
        )


def _states(number: int) -> list[ListState]:
    with web.database().transaction() as session:
        actor = web.current_actor()
        progress = progress_of(session, web.store(), actor, flask.g.evaluation, number)
        note_opening(session, actor, progress.draw.id, "lists")
        return states_of(session, progress)


def _state(number: int, parent: str) -> ListState:
    found = next((each for each in _states(number) if each.parent == parent), None)
    if found is None:
        raise NotFoundError("draw.list_unknown", parent=parent, number=number)
    return found
