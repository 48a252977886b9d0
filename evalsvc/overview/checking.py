"""The public page on which anybody checks a report: nothing that is dropped there is kept."""

from dataclasses import dataclass

import flask
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from evalsvc import web
from evalsvc.access import public, upload
from evalsvc.errors import InvalidError, TooLargeError
from evalsvc.verification.archive import Limits
from evalsvc.verification.run import verify
from evalsvc.words import sentence

blueprint = flask.Blueprint("checking", __name__, template_folder="templates")
LARGEST_REPORT = 100_000_000
LIMITS = Limits(total=1_000_000_000, single=500_000_000)
"""A server that anybody may use unpacks less than one's own computer."""


@dataclass(frozen=True)
class Sent:
    """The files that were dropped."""

    report: bytes
    bundle: bytes | None
    name: str


@blueprint.get("/verify")
@public
def form() -> ResponseReturnValue:
    """Show where files are dropped."""
    return flask.render_template("overview/verify.html", outcome=None, name="")


@blueprint.post("/verify")
@upload
@public
def check() -> ResponseReturnValue:
    """Check what was dropped, and say of each figure whether it was recomputed."""
    sent = files_of_request()
    outcome = verify(sent.report, sent.bundle, limits=LIMITS)
    return flask.render_template("overview/verify.html", outcome=outcome, name=sent.name, words=words)


def files_of_request() -> Sent:
    """Read the files into memory, within limits.

    Raises
    ------
    InvalidError
        ``verification.nothing_sent``
    TooLargeError
        ``verification.sent_too_large``
    """
    report, bundle = flask.request.files.get("report"), flask.request.files.get("bundle")
    if report is None or not report.filename:
        raise InvalidError("verification.nothing_sent")
    most = web.config().upload_limit
    data = _read(report, min(LARGEST_REPORT, most))
    with_bundle = bundle is not None and bundle.filename
    return Sent(data, _read(bundle, most) if bundle is not None and with_bundle else None, report.filename[-100:])


def _read(file: FileStorage, most: int) -> bytes:
    data = file.stream.read(most + 1)
    if len(data) > most:
        raise TooLargeError("verification.sent_too_large", limit=most)
    return data


def words(code: str, details: dict[str, object] | None = None) -> str:
    """Return a sentence of the catalogue in the reader's language."""
    return sentence(code, details or {}, web.language())
