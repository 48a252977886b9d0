"""The API of frames."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api, upload
from evalsvc.frames import operations, queries
from evalsvc.frames.expected import expected_certainties
from evalsvc.frames.pages import keep_upload, mapping_of_request
from evalsvc.frames.schemas import CertaintySchema, DesignTextSchema, FrameSchema
from sampling.frame import open_frame

blueprint = Blueprint(
    "frames_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/frames",
    description="Frames: the lists of units that samples are drawn from.",
)


@blueprint.route("")
class FramesView(MethodView):
    """The frames of an evaluation."""

    @api("designer", "lead", "auditor", "reviewer")
    @blueprint.response(200, FrameSchema(many=True))
    def get(self, evaluation: str) -> Any:
        """List the frames, newest first."""
        with web.database().reading() as session:
            return queries.frames_of(session, flask.g.evaluation.id)

    @upload
    @api("designer", "lead")
    @blueprint.response(201, FrameSchema)
    def post(self, evaluation: str) -> Any:
        """Import files (multipart: `file`, repeatable; `mapping` as text or `mapping_file`), or get all complaints."""
        kept = keep_upload(mapping_of_request())
        with web.database().transaction() as session:
            row = operations.import_frame(session, web.current_actor(), flask.g.evaluation.id, kept)
            return queries.record(row)


@blueprint.route("/<identifier>")
class FrameView(MethodView):
    """One frame."""

    @api("designer", "lead", "auditor", "reviewer")
    @blueprint.response(200, FrameSchema)
    def get(self, evaluation: str, identifier: str) -> Any:
        """Show one frame."""
        with web.database().reading() as session:
            return queries.frame_by_id(session, flask.g.evaluation.id, identifier)


@blueprint.route("/<identifier>/certainties")
class CertaintiesView(MethodView):
    """What a design is sure to take from a frame."""

    @api("designer", "lead", "auditor", "reviewer")
    @blueprint.arguments(DesignTextSchema)
    @blueprint.response(200, CertaintySchema(many=True))
    def post(self, sent: dict[str, str], evaluation: str, identifier: str) -> Any:
        """Count, stage by stage, the units that a design takes with probability 1; nothing is committed."""
        with web.database().reading() as session:
            row = queries.frame_by_id(session, flask.g.evaluation.id, identifier)
        return expected_certainties(sent["design"], open_frame(web.store().path(row.file_sha256)))
