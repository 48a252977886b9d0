"""The public page on which anybody checks a report: nothing that is dropped there is kept.

Whoever sends the files is unknown: they are checked apart from the server (`verification.confined`), a few at a time.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import flask
from flask.blueprints import BlueprintSetupState
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from evalsvc import files, web
from evalsvc.access import public, upload
from evalsvc.config import Config
from evalsvc.editions.values import LARGEST_REPORT
from evalsvc.errors import BusyError, InvalidError, TooLargeError
from evalsvc.incoming import plain_name
from evalsvc.overview.check_view import CheckView, check_view
from evalsvc.time_stamps.configured import trusted_of
from evalsvc.verification.archive import Limits
from evalsvc.verification.confined import Confinement, make_ready, verify_apart
from evalsvc.words import sentence

blueprint = flask.Blueprint("checking", __name__, template_folder="templates")
LARGEST_LOG, MOST_LOGS = 10_000_000, 10
"""Bytes of one copy of the public log, and how many copies are taken at once."""
UNPACKED = Limits(total=500_000_000, single=200_000_000)
"""A server that anybody may use takes and unpacks less than one's own computer."""
COME_BACK_SECONDS = 30
PLACES = "evalsvc.checks"
"""Where the application keeps the places for checks."""


@dataclass(frozen=True)
class Sent:
    """The files that were dropped."""

    report: bytes
    bundle: bytes | None
    logs: Mapping[str, bytes]
    """Copies of the public log, by their names."""
    name: str


@blueprint.record_once
def _make_places(state: BlueprintSetupState) -> None:
    config: Config = state.app.extensions["evalsvc"].config
    state.app.extensions[PLACES] = threading.BoundedSemaphore(config.checks_at_once)


@blueprint.get("/verify")
@public
def form() -> ResponseReturnValue:
    """Show where files are dropped; while they are chosen, what checks them gets ready."""
    make_ready()
    return _page()


@blueprint.post("/verify")
@upload
@public
def check() -> ResponseReturnValue:
    """Check what was dropped, and say of each figure whether it was recomputed."""
    config = web.config()
    with _place():
        sent = files_of_request()
        confinement = Confinement(config.check_seconds, config.check_memory, UNPACKED)
        outcome = verify_apart(sent.report, sent.bundle, confinement, sent.logs, trusted_of(config))
    return _page(check_view(outcome, web.language()), sent.name)


def _page(shown: CheckView | None = None, name: str = "") -> str:
    seconds = web.config().check_seconds
    return flask.render_template("overview/verify.html", shown=shown, name=name, words=words, seconds=seconds)


@contextmanager
def _place() -> Iterator[None]:
    """Hold one of the places for checks.

    Raises
    ------
    BusyError
        ``verification.busy``: none is free.
    """
    places: threading.BoundedSemaphore = flask.current_app.extensions[PLACES]
    if not places.acquire(blocking=False):
        raise BusyError("verification.busy", seconds=COME_BACK_SECONDS)
    try:
        yield
    finally:
        places.release()


def files_of_request() -> Sent:
    """Read the files into memory, within limits.

    Raises
    ------
    InvalidError
        ``verification.nothing_sent``
    TooLargeError
        ``verification.sent_too_large``, ``verification.too_many_logs``
    """
    report, bundle = flask.request.files.get("report"), flask.request.files.get("bundle")
    if report is None or not report.filename:
        raise InvalidError("verification.nothing_sent")
    most = web.config().check_limit
    data = _read(report, min(LARGEST_REPORT, most))
    with_bundle = bundle is not None and bundle.filename
    content = _read(bundle, most) if bundle is not None and with_bundle else None
    copies = [each for each in flask.request.files.getlist("log") if each.filename]
    if len(copies) > MOST_LOGS:
        raise TooLargeError("verification.too_many_logs", limit=MOST_LOGS)
    return Sent(data, content, dict(_named(copies)), report.filename[-100:])


def _named(copies: Sequence[FileStorage]) -> Iterator[tuple[str, bytes]]:
    """Read copies of the public log, each under a name of its own: most are called alike."""
    for number, copy in enumerate(copies, start=1):
        name = plain_name(copy.filename or "", files.LOG)
        yield name if len(copies) == 1 else f"{number}. {name}", _read(copy, LARGEST_LOG)


def _read(file: FileStorage, most: int) -> bytes:
    data = file.stream.read(most + 1)
    if len(data) > most:
        raise TooLargeError("verification.sent_too_large", limit=most)
    return data


def words(code: str, details: dict[str, object] | None = None) -> str:
    """Return a sentence of the catalogue in the reader's language."""
    return sentence(code, details or {}, web.language())
