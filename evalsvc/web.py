"""What views and pages share with the edge: engines, actor, language, and how an error becomes an answer."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import urlsplit

import flask
from flask.typing import ResponseReturnValue
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException

from evalsvc import device_sign_in, errors, outages
from evalsvc.access import API_PATH, DEVICE, DEVICE_ROOTS, PAGE, PasswordChangeNeededError, by_account
from evalsvc.config import Config
from evalsvc.db import Database
from evalsvc.jobs import JobStatus
from evalsvc.people.actor import Actor
from evalsvc.service import Service
from evalsvc.store import Store
from evalsvc.words import LANGUAGES, catalogue, sentence
from evalsvc.zone import SHANGHAI
from forms import openrosa

LANGUAGE_COOKIE = "language"
STATUS: Mapping[type[Exception], int] = {
    errors.NotFoundError: 404,
    errors.ConflictError: 409,
    errors.ForbiddenError: 403,
    errors.UnauthenticatedError: 401,
    errors.TooLargeError: 413,
    errors.BusyError: 503,
    errors.UnavailableError: 502,
    errors.InvalidError: 422,
}
"""The one table of statuses; every other error with a code (those of the pure packages) is bad data, 422."""
BAD_DATA = 422
CODE_HEADER = "X-Evalsvc-Code"
"""Names the code of a refusal to a device, whose body OpenRosa leaves to sentences alone; HEAD has no body at all."""
BEARER, INVALID_TOKEN = 'Bearer realm="evalsvc"', ', error="invalid_token"'
"""What the API says of the proof that it takes (RFC 6750)."""


def service() -> Service:
    """Return the engines of the running application."""
    return cast("Service", flask.current_app.extensions["evalsvc"])


def config() -> Config:
    """Return the configuration of the running application."""
    return service().config


def database() -> Database:
    """Return the database of the running application."""
    return service().database


def store() -> Store:
    """Return the file store of the running application."""
    return service().store


def current_actor() -> Actor:
    """Return who makes this request, with the roles in the evaluation of the address."""
    return cast("Actor", flask.g.actor)


def language() -> str:
    """Return the language of this request: Chinese unless the reader has switched, or a program asks for another."""
    if not flask.has_request_context():
        return LANGUAGES[0]
    if flask.request.path.startswith((API_PATH, *DEVICE_ROOTS)):
        return flask.request.accept_languages.best_match(LANGUAGES, default=LANGUAGES[0]) or LANGUAGES[0]
    wanted = flask.request.cookies.get(LANGUAGE_COOKIE, LANGUAGES[0])
    return wanted if wanted in LANGUAGES else LANGUAGES[0]


def device_address(token: str | None, evaluation: str) -> str:
    """Return the server address that an enumerator's phone is set to; without a token it signs in by its account."""
    key = "" if token is None else f"/key/{token}"
    return f"{config().public_url}/v1{key}/evaluations/{evaluation}"


def see_other(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Send the reader to another page after something was done."""
    return flask.redirect(flask.url_for(endpoint, **values), code=303)


def local_time(value: datetime | None) -> str:
    """Write a time as people in China read it."""
    return "" if value is None else value.astimezone(SHANGHAI).strftime("%Y-%m-%d %H:%M")


@dataclass(frozen=True)
class JobFailure:
    """Why a background job did not succeed, in the reader's language."""

    message: str
    listed: tuple[str, ...]
    left_out: int


def failure_of(job: JobStatus) -> JobFailure:
    """Say why a background job did not succeed, with the problems of the data that it was refused for."""
    message = sentence(job.failure_code or "", job.failure_details, language())
    listed = tuple(sentence(each.code, each.details, language()) for each in job.complaints)
    return JobFailure(message, listed, job.complaints_left_out)


@dataclass(frozen=True)
class Refusal:
    """Why a wish was refused, for a page that comes back with what was typed."""

    status: int
    message: str
    complaints: tuple[Mapping[str, object], ...]


def refusal_of(error: errors.EvalsvcError) -> Refusal:
    """Say in the reader's language why a wish was refused, with every problem of it."""
    message = sentence(error.code, _spoken(error.details), language())
    return Refusal(_status_of(error), message, tuple(_listed(errors.complaints_of(error))))


def register_errors(app: flask.Flask) -> None:
    """Translate every error into one answer; what nobody foresaw says nothing to outsiders."""
    app.register_error_handler(HTTPException, _on_http)
    app.register_error_handler(CSRFError, _on_csrf)
    app.register_error_handler(Exception, _on_error)


def _on_error(error: Exception) -> ResponseReturnValue:
    outage = outages.told(error)
    if outage is not None:
        flask.current_app.logger.warning("the database gave no answer at %s", flask.request.endpoint)
        error = outage
    known = errors.coded(error)
    if known is None:
        flask.current_app.logger.error("unexpected error at %s", flask.request.endpoint, exc_info=error)
        return _answer(500, "http.500", {})
    status = _status_of(error)
    if flask.g.get("access_kind") == PAGE and isinstance(error, PasswordChangeNeededError):
        return see_other("people.password")
    if flask.g.get("access_kind") == PAGE and status == 401 and flask.request.method == "GET":
        return see_other("people.sign_in", next=flask.request.full_path.rstrip("?"))
    response = flask.make_response(_answer(status, known.code, known.details, errors.complaints_of(error)))
    if status == 401 and flask.request.path.startswith(API_PATH):
        response.headers["WWW-Authenticate"] = BEARER + (
            INVALID_TOKEN if "Authorization" in flask.request.headers else ""
        )
    if status == 401 and by_account():
        device_sign_in.challenge(response, stale=isinstance(error, device_sign_in.StaleProofError))
    if isinstance(error, errors.BusyError):
        response.headers["Retry-After"] = str(error.seconds)
    return response


def _status_of(error: Exception) -> int:
    return next((STATUS[family] for family in type(error).__mro__ if family in STATUS), BAD_DATA)


def _on_http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error
    fields = (getattr(error, "data", None) or {}).get("messages", {})
    code = f"http.{error.code}" if f"http.{error.code}" in catalogue() else "http.other"
    response = flask.make_response(_answer(error.code, code, {"status": error.code, "fields": fields}))
    response.headers.extend({name: value for name, value in error.get_headers() if name in {"Allow", "Retry-After"}})
    return response


def _on_csrf(_error: CSRFError) -> ResponseReturnValue:
    return _answer(400, "access.csrf", {})


def _answer(status: int, code: str, details: Mapping[str, object], complaints: Any = ()) -> ResponseReturnValue:
    message = sentence(code, _spoken(details), language())
    listed = _listed(complaints)
    if flask.g.get("access_kind") == DEVICE or flask.request.path.startswith(DEVICE_ROOTS):
        return _openrosa(status, code, "\n".join([message, *(str(each["message"]) for each in listed)]))
    if flask.request.path.startswith(API_PATH):
        body = {"code": code, "message": message, "details": dict(details), "complaints": listed}
        return flask.jsonify(body), status
    back = local_path(urlsplit(flask.request.referrer or "").path or None) if flask.request.method == "POST" else None
    page = flask.render_template("error.html", status=status, message=message, complaints=listed, back=back)
    return page, status


def _listed(complaints: Iterable[errors.Complaint]) -> list[dict[str, object]]:
    return [
        {"code": each.code, "message": sentence(each.code, each.details, language()), "details": dict(each.details)}
        for each in complaints
    ]


def _spoken(details: Mapping[str, object]) -> dict[str, object]:
    """Write roles by their names for people; machines get the codes."""
    roles = details.get("roles")
    if not isinstance(roles, list):
        return dict(details)
    return {**details, "roles": [sentence(f"people.role.{each}", {}, language()) for each in roles]}


def _openrosa(status: int, code: str, message: str) -> ResponseReturnValue:
    headers = {openrosa.VERSION_HEADER: openrosa.VERSION, CODE_HEADER: code}
    return flask.Response(
        openrosa.response(message, nature="error"), status, headers, content_type=openrosa.CONTENT_TYPE
    )


def local_path(wanted: str | None) -> str:
    """Return a wanted address if it lies inside this service, else the first page: nobody is sent elsewhere."""
    if (
        wanted is None
        or not wanted.startswith("/")
        or wanted.startswith(("//", "/\\"))
        or any(ord(sign) < 33 for sign in wanted)
    ):
        return "/"
    return wanted
