"""What an enumerator's device sends: submissions, whole or in parts, under a token in the path."""

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web
from evalsvc.access import device
from evalsvc.device_parts import sent_parts
from evalsvc.device_protocol import device_blueprint, xml_answer
from evalsvc.errors import EvalsvcError
from evalsvc.interviews.intake.arriving import Refused
from evalsvc.interviews.intake.reading import MAX_FILES
from evalsvc.interviews.intake.taking import note_refusal, take_in
from evalsvc.interviews.values import Receipt, SentFile
from evalsvc.words import sentence
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
    """Read the request's parts: the XML, and the files beside it."""
    parts = sent_parts(MAX_FILES)
    return parts.xml, tuple(SentFile(each.name, each.content_type, each.content) for each in parts.files)


def _words(receipt: Receipt) -> str:
    """Say what became of it; of codes, whose sentences are found faster than those of pages."""
    if not receipt.is_new:
        return sentence("interview.here_already", {}, web.language())
    if openrosa.is_incomplete(flask.request.form):
        return sentence("interview.parts_follow", {}, web.language())
    if receipt.complaints:
        return sentence("interview.taken_in_with_doubts", {"number": receipt.complaints}, web.language())
    return sentence("interview.taken_in", {}, web.language())
