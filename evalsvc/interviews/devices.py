"""What an enumerator's device speaks: OpenRosa form list, form, manifest and submission, under a token in the path."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from evalsvc import web
from evalsvc.access import device
from evalsvc.errors import EvalsvcError, InvalidError, TooLargeError
from evalsvc.instruments import queries as instruments
from evalsvc.instruments.schemas import InstrumentRecord
from evalsvc.interviews import openrosa
from evalsvc.interviews.intake import note_refusal, take_in
from evalsvc.interviews.schemas import Receipt, SentFile

VERSION_HEADER, VERSION = "X-OpenRosa-Version", "1.0"
XML_PART = "xml_submission_file"
INCOMPLETE_PART = "*isIncomplete*"
blueprint = flask.Blueprint("devices", __name__, url_prefix="/v1/key/<token>/evaluations/<evaluation>")


@blueprint.before_request
def require_version() -> ResponseReturnValue | None:
    """Refuse a client that does not speak OpenRosa 1.0; its Date header is not checked, clients localise it."""
    if flask.request.headers.get(VERSION_HEADER) != VERSION:
        message = _("请求缺少 X-OpenRosa-Version: 1.0，请使用支持 OpenRosa 的应用。")
        return flask.Response(openrosa.response(message, 0), 400, content_type=openrosa.CONTENT_TYPE)
    return None


@blueprint.after_request
def add_headers(response: flask.Response) -> flask.Response:
    """Say on every answer, errors too, what the protocol asks for."""
    response.headers[VERSION_HEADER] = VERSION
    response.headers["X-OpenRosa-Accept-Content-Length"] = str(web.config().submission_limit)
    response.headers["Content-Language"] = "en" if web.language() == "en" else "zh-CN"
    return response


@blueprint.get("/formList")
@device
def form_list(token: str, evaluation: str) -> ResponseReturnValue:
    """List the newest version of each form, or all of them where the client asks for all."""
    wanted = flask.request.args
    with web.database().reading() as session:
        rows = instruments.instruments_of(session, flask.g.evaluation.id)
    if wanted.get("listAllVersions") != "true":
        rows = list({row.form_id: row for row in reversed(rows)}.values())
    listed = [_listed(row, token, evaluation) for row in rows if wanted.get("formID") in (None, row.form_id)]
    return _xml(openrosa.form_list(listed, verbose=wanted.get("verbose") == "true"))


def _listed(row: InstrumentRecord, token: str, evaluation: str) -> openrosa.ListedForm:
    path = flask.url_for("devices.form", token=token, evaluation=evaluation, form_id=row.form_id, version=row.version)
    return openrosa.ListedForm(row.form_id, row.title, row.version, row.md5, web.config().public_url + path)


@blueprint.get("/forms/<form_id>.xml")
@device
def form(token: str, evaluation: str, form_id: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Send a form, the version asked for or the newest."""
    version = flask.request.args.get("version")
    with web.database().reading() as session:
        if version is None:
            row = instruments.newest(session, flask.g.evaluation.id, form_id)
        else:
            row = instruments.instrument_by_version(session, flask.g.evaluation.id, form_id, version)
    return _xml(web.store().get(row.xform_sha256))


@blueprint.get("/manifest")
@device
def manifest(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Send the manifest: published forms have no files beside them."""
    return _xml(openrosa.manifest())


@blueprint.route("/submission", methods=["HEAD"])
@device
def ready(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Answer 204, by which a client tells this place from a hotel's sign-in page."""
    return "", 204


@blueprint.post("/submission")
@device
def submission(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Take in one submission, or one part of it."""
    try:
        xml, files = _parts()
    except EvalsvcError as error:
        note_refusal(web.service(), web.current_actor(), flask.g.evaluation.id, error, None)
        raise
    receipt = take_in(web.service(), web.current_actor(), flask.g.evaluation.id, xml, files)
    return flask.Response(
        openrosa.response(_words(receipt), int(receipt.is_new)), 201, content_type=openrosa.CONTENT_TYPE
    )


def _parts() -> tuple[bytes, tuple[SentFile, ...]]:
    """Read the request's parts: the XML exactly once, every other file by its name."""
    try:
        parts = flask.request.files
    except RequestEntityTooLarge:
        raise TooLargeError("interview.too_large", limit=web.config().submission_limit) from None
    except ClientDisconnected:
        raise InvalidError("interview.cut_off") from None
    xml = parts.getlist(XML_PART)
    if len(xml) != 1:
        raise InvalidError("interview.xml_part", found=len(xml))
    files = tuple(
        SentFile(part.filename or "", part.mimetype or "application/octet-stream", part.read())
        for name, part in parts.items(multi=True)
        if name != XML_PART
    )
    return xml[0].read(), files


def _words(receipt: Receipt) -> str:
    if not receipt.is_new:
        return str(_("这份问卷服务器已有，无需再传。"))
    if flask.request.form.get(INCOMPLETE_PART) == "yes":
        return str(_("问卷已收到，请继续传其余文件。"))
    if receipt.complaints:
        return str(_("问卷已收到。检查发现 %(number)s 处疑问，督导会与您联系。", number=receipt.complaints))
    return str(_("问卷已收到。"))


def _xml(content: bytes) -> flask.Response:
    return flask.Response(content, content_type=openrosa.CONTENT_TYPE)
