"""Pages of frames: the list, one frame, the upload and what came of it."""

import tempfile
from pathlib import Path
from typing import Any

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import web
from evalsvc.access import page, upload
from evalsvc.errors import InvalidError
from evalsvc.frames import operations, queries
from evalsvc.frames.complaint_rows import complaint_rows
from evalsvc.frames.expected import expected_certainties
from evalsvc.frames.keys import configured_key
from evalsvc.frames.reading import MAPPING_FILE, check_files, offered_mapping
from evalsvc.incoming import saved_files, sent_text
from evalsvc.words import sentence
from sampling.frame import open_frame
from sampling.frame_text import FRAME_FILE

blueprint = flask.Blueprint("frames", __name__, template_folder="templates")


@blueprint.get("/evaluations/<evaluation>/frames")
@page("designer", "lead", "auditor", "reviewer")
def frames(evaluation: str) -> ResponseReturnValue:
    """List the frames, with the form that adds one."""
    with web.database().reading() as session:
        rows = queries.frames_of(session, flask.g.evaluation.id)
    may_import = web.current_actor().has("designer", "lead")
    return flask.render_template("frames/frames.html", evaluation=evaluation, frames=rows, may_import=may_import)


@blueprint.get("/evaluations/<evaluation>/frames/<identifier>")
@page("designer", "lead", "auditor", "reviewer")
def frame(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show one frame: units by level, how sizes are spread, hashes, mapping."""
    with web.database().reading() as session:
        row = queries.frame_by_id(session, flask.g.evaluation.id, identifier)
    return flask.render_template("frames/frame.html", evaluation=evaluation, frame=row)


@blueprint.post("/evaluations/<evaluation>/frames/<identifier>")
@page("designer", "lead", "auditor", "reviewer")
def expect(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show what a design is sure to take from a frame; nothing is kept of it."""
    with web.database().reading() as session:
        row = queries.frame_by_id(session, flask.g.evaluation.id, identifier)
    text = flask.request.form.get("design", "")
    shown: dict[str, Any] = {"evaluation": evaluation, "frame": row, "design": text}
    try:
        stages = expected_certainties(text, open_frame(web.store().path(row.file_sha256)))
    except InvalidError as error:
        refused = sentence(error.code, error.details, web.language())
        told = [{"message": sentence(each.code, each.details, web.language())} for each in error.complaints]
        return flask.render_template("frames/frame.html", **shown, refused=refused, complaints=told), 422
    return flask.render_template("frames/frame.html", **shown, stages=stages)


@blueprint.post("/evaluations/<evaluation>/frames")
@upload
@page("designer", "lead")
def import_file(evaluation: str) -> ResponseReturnValue:
    """Import a file by a mapping, or show every complaint about it at once."""
    text = mapping_of_request()
    try:
        kept = keep_upload(text)
    except InvalidError as error:
        return _refused(evaluation, error, text)
    with web.database().transaction() as session:
        row = operations.import_frame(session, web.current_actor(), flask.g.evaluation.id, kept)
        identifier = row.id
    flask.flash(_("抽样框已导入。"), "good")
    return web.see_other("frames.frame", evaluation=evaluation, identifier=identifier)


def mapping_of_request() -> str:
    """Return the mapping: the file where one was chosen, else the text of the form."""
    return sent_text(flask.request.files.get("mapping_file"), flask.request.form.get("mapping", ""), MAPPING_FILE)


def keep_upload(mapping_text: str) -> operations.KeptFrame:
    """Check the uploaded files under their own names, in a folder that is gone afterwards, and keep the frame.

    Raises
    ------
    InvalidError
        ``frame.no_file``, ``frame.file_name_twice`` or what `check_files` refuses.
    """
    with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as made:
        paths = saved_files(flask.request.files.getlist("file"), Path(folder), "frame")
        key = configured_key(web.config())
        checked = check_files(paths, mapping_text, Path(made) / FRAME_FILE, key=key)
        return operations.keep_frame(web.store(), checked)


def _refused(evaluation: str, error: InvalidError, mapping_text: str) -> ResponseReturnValue:
    return flask.render_template(
        "frames/refused.html",
        evaluation=evaluation,
        message=sentence(error.code, error.details, web.language()),
        rows=complaint_rows(error.complaints, web.language()),
        total=len(error.complaints),
        mapping=offered_mapping(mapping_text, error.complaints),
        given=mapping_text,
    ), 422
