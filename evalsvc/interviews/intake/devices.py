"""What an enumerator's device sends: submissions, whole or in parts, under a token in the path."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from evalsvc import web
from evalsvc.access import device
from evalsvc.device_protocol import device_blueprint, xml_answer
from evalsvc.errors import EvalsvcError, InvalidError, TooLargeError
from evalsvc.interviews.intake.arriving import Refused
from evalsvc.interviews.intake.reading import MAX_FILES
from evalsvc.interviews.intake.taking import note_refusal, take_in
from evalsvc.interviews.values import Receipt, SentFile
from forms import openrosa

blueprint = device_blueprint("devices", __name__)


@blueprint.route("/submission", methods=["HEAD"])
@device
def ready(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Answer 204, by which a client tells this place from a hotel's sign-in page."""
    return xml_answer(b"", openrosa.READY)


@blueprint.post("/submission")
@device
def submission(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Take in one submission, or one part of it."""
    try:
        xml, files = _parts()
    except EvalsvcError as error:
        note_refusal(web.service(), Refused(web.current_actor(), flask.g.evaluation.id, error, None))
        raise
    receipt = take_in(web.service(), web.current_actor(), flask.g.evaluation.id, xml, files)
    answer = openrosa.response(_words(receipt), nature="submit_success", items=int(receipt.is_new))
    return xml_answer(answer, openrosa.RECEIVED)


def _parts() -> tuple[bytes, tuple[SentFile, ...]]:
    """Read the request's parts: the XML exactly once, every other file by its name."""
    try:
        parts = flask.request.files
    except RequestEntityTooLarge:
        raise _too_large() from None
    except ClientDisconnected:
        raise InvalidError("interview.cut_off") from None
    xml = parts.getlist(openrosa.SUBMISSION_PART)
    if not parts and not flask.request.form and flask.request.mimetype == "multipart/form-data":
        # Where a body ends before its last boundary, its reader gives nothing of it.
        raise InvalidError("interview.cut_off")
    if len(xml) != 1:
        raise InvalidError("interview.xml_part", found=len(xml))
    others = ((name, part) for name, part in parts.items(multi=True) if name != openrosa.SUBMISSION_PART)
    return xml[0].read(), tuple(_file(name, part) for name, part in others)


def _too_large() -> TooLargeError:
    """Say what there was too much of: bytes, or parts, of which a body within the limit can have too many too."""
    limit, told = web.config().submission_limit, flask.request.content_length
    if told is None or told > limit:
        return TooLargeError("interview.too_large", limit=limit)
    return TooLargeError("interview.too_many_parts", limit=MAX_FILES)


def _file(name: str, part: FileStorage) -> SentFile:
    filename = openrosa.part_file_name(name, part.filename)
    if filename is None:
        raise InvalidError("interview.file_name", name=(part.filename or name)[:80])
    return SentFile(filename, part.mimetype or "application/octet-stream", part.read())


def _words(receipt: Receipt) -> str:
    if not receipt.is_new:
        return str(_("这份问卷服务器已有，无需再传。"))
    if openrosa.is_incomplete(flask.request.form):
        return str(_("问卷已收到，请继续传其余文件。"))
    if receipt.complaints:
        return str(_("问卷已收到。检查发现 %(number)s 处疑问，督导会与您联系。", number=receipt.complaints))
    return str(_("问卷已收到。"))
