"""What every answer to a device keeps to: the version that it speaks, the headers that OpenRosa asks for, its XML."""

from typing import Any

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web
from evalsvc.words import sentence
from forms import openrosa

ADDRESS = "/v1/key/<token>/evaluations/<evaluation>"
"""Where an evaluation answers the device whose token stands in the path."""
ACCOUNT_ADDRESS = "/v1/evaluations/<evaluation>"
"""Where it answers the device that signs in by Digest."""
NO_VERSION = "request.openrosa_version"
HEADS_OF_PARTS = 100_000
"""Bytes of a body that a client does not count: it divides files by their contents, 100 of them in one body at most."""


def device_blueprint(name: str, import_name: str, address: str = ADDRESS) -> flask.Blueprint:
    """Make the blueprint of routes that speak OpenRosa."""
    blueprint = flask.Blueprint(name, import_name, url_prefix=address)
    blueprint.before_request(_require_version)
    blueprint.after_request(_add_headers)
    return blueprint


def data_blueprint(name: str, import_name: str, address: str = ADDRESS) -> flask.Blueprint:
    """Make the blueprint of routes that answer the application on a phone with data, beside what OpenRosa knows."""
    blueprint = flask.Blueprint(name, import_name, url_prefix=address)
    blueprint.after_request(_add_headers)
    return blueprint


def register(app: flask.Flask, blueprint: flask.Blueprint) -> None:
    """Register a blueprint; one of enumerators' devices at both of their addresses, with the same views."""
    app.register_blueprint(blueprint)
    address = blueprint.url_prefix or ""
    # A draft is tried by a code of its own, never by an account.
    if address.startswith(ADDRESS) and "<draft>" not in address:
        other = address.replace(ADDRESS, ACCOUNT_ADDRESS, 1)
        # The views take the token of an address, which the guard has read; there is none here.
        app.register_blueprint(
            blueprint, name=f"{blueprint.name}_by_account", url_prefix=other, url_defaults={"token": ""}
        )


def same_device(endpoint: str, **values: Any) -> str:
    """Return the full address of another route for the device that asks: of its token, or of its account."""
    given = flask.request.view_args or {}
    path = flask.url_for(endpoint, token=given["token"], evaluation=given["evaluation"], **values)
    return web.config().public_url + path


def xml_answer(content: bytes, status: int = 200) -> flask.Response:
    """Answer with XML."""
    return flask.Response(content, status, content_type=openrosa.CONTENT_TYPE)


def _require_version() -> ResponseReturnValue | None:
    """Refuse a client that does not speak OpenRosa 1.0; its Date header is not checked, clients localise it."""
    if openrosa.speaks_version(flask.request.headers.get(openrosa.VERSION_HEADER)):
        return None
    answer = openrosa.response(sentence(NO_VERSION, {}, web.language()), nature="error")
    response = xml_answer(answer, openrosa.BAD_REQUEST)
    response.headers[web.CODE_HEADER] = NO_VERSION
    return response


def _add_headers(response: flask.Response) -> flask.Response:
    """Say on every answer, errors too, what the protocol asks for."""
    response.headers.update(openrosa.headers(told_length(web.config().submission_limit)))
    response.headers["Content-Language"] = "en" if web.language() == "en" else "zh-CN"
    return response


def told_length(limit: int) -> int:
    """Return how many bytes of contents a client may put into one body, so that it stays within the limit."""
    return limit - min(limit // 10, HEADS_OF_PARTS)
