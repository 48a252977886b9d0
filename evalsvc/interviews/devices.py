"""What an enumerator's device speaks: OpenRosa form list, form, manifest and submission, under a token in the path."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from evalsvc import web
from evalsvc.access import device
from evalsvc.errors import EvalsvcError, InvalidError, TooLargeError
from evalsvc.instruments import queries as instruments
from evalsvc.instruments.values import InstrumentRecord
from evalsvc.interviews.intake import note_refusal, take_in
from evalsvc.interviews.values import Receipt, SentFile
from forms import openrosa

blueprint = flask.Blueprint("devices", __name__, url_prefix="/v1/key/<token>/evaluations/<evaluation>")


@blueprint.before_request
def require_version() -> ResponseReturnValue | None:
    """Refuse a client that does not speak OpenRosa 1.0; its Date header is not checked, clients localise it."""
    if openrosa.speaks_version(flask.request.headers.get(openrosa.VERSION_HEADER)):
        return None
    message = _("请求缺少 X-OpenRosa-Version: 1.0，请使用支持 OpenRosa 的应用。")
    return _xml(openrosa.response(message, nature="error"), openrosa.BAD_REQUEST)


@blueprint.after_request
def add_headers(response: flask.Response) -> flask.Response:
    """Say on every answer, errors too, what the protocol asks for."""
    response.headers.update(openrosa.headers(web.config().submission_limit))
    response.headers["Content-Language"] = "en" if web.language() == "en" else "zh-CN"
    return response


@blueprint.get("/formList")
@device
def form_list(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """List the newest version of each form, or all of them where the client asks for all."""
    wanted = flask.request.args
    with web.database().reading() as session:
        rows = instruments.instruments_of(session, flask.g.evaluation.id)
    if wanted.get("listAllVersions") != "true":
        rows = list({row.form_id: row for row in reversed(rows)}.values())
    return _xml(openrosa.form_list(_listed(row) for row in rows if wanted.get("formID") in (None, row.form_id)))


def _listed(row: InstrumentRecord) -> openrosa.ListedForm:
    """Describe a form; no manifest is named, because no published form has files beside it."""
    path = flask.url_for("devices.form", **flask.request.view_args or {}, formID=row.form_id, version=row.version)
    return openrosa.ListedForm(
        form_id=row.form_id,
        name=row.title,
        version=row.version,
        hash=f"md5:{row.md5}",
        download_url=web.config().public_url + path,
        description=f"{row.title} {row.version}" if flask.request.args.get("verbose") == "true" else "",
    )


@blueprint.get("/form.xml")
@device
def form(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Send a form, the version asked for or the newest; its id stands in the query, for it may hold any sign."""
    form_id, version = flask.request.args.get("formID", ""), flask.request.args.get("version")
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
    return _xml(openrosa.manifest(()))


@blueprint.route("/submission", methods=["HEAD"])
@device
def ready(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Answer 204, by which a client tells this place from a hotel's sign-in page."""
    return "", openrosa.READY


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
    answer = openrosa.response(_words(receipt), nature="submit_success", items=int(receipt.is_new))
    return _xml(answer, openrosa.RECEIVED)


def _parts() -> tuple[bytes, tuple[SentFile, ...]]:
    """Read the request's parts: the XML exactly once, every other file by its name."""
    try:
        parts = flask.request.files
    except RequestEntityTooLarge:
        raise TooLargeError("interview.too_large", limit=web.config().submission_limit) from None
    except ClientDisconnected:
        raise InvalidError("interview.cut_off") from None
    xml = parts.getlist(openrosa.SUBMISSION_PART)
    if len(xml) != 1:
        raise InvalidError("interview.xml_part", found=len(xml))
    others = ((name, part) for name, part in parts.items(multi=True) if name != openrosa.SUBMISSION_PART)
    return xml[0].read(), tuple(_file(name, part) for name, part in others)


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


def _xml(content: bytes, status: int = 200) -> flask.Response:
    return flask.Response(content, status, content_type=openrosa.CONTENT_TYPE)
