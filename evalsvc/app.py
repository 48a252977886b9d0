"""The application factory. Every blueprint is registered here; the app refuses to start while a route has no rule."""

import logging
from datetime import timedelta
from pathlib import Path

import flask
from flask.json.provider import DefaultJSONProvider
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.wrappers import Request, Response
from flask_babel import Babel
from flask_smorest import Api, Blueprint
from flask_wtf.csrf import CSRFProtect
from marshmallow import Schema, fields
from werkzeug.middleware.proxy_fix import ProxyFix

from evalsvc import access, device_protocol, device_sign_in, incoming, phone_pages, web
from evalsvc.cases import pages as cases_pages
from evalsvc.cases import views as cases_views
from evalsvc.cells import labelled
from evalsvc.config import Config
from evalsvc.description import pages as description_pages
from evalsvc.draws import pages as draws_pages
from evalsvc.draws import views as draws_views
from evalsvc.draws.later import pages as later_lists_pages
from evalsvc.draws.later import views as later_lists_views
from evalsvc.editions import batch_pages as edition_batch_pages
from evalsvc.editions import pages as editions_pages
from evalsvc.editions import public_pages as editions_public_pages
from evalsvc.editions import signing_pages as edition_signing_pages
from evalsvc.editions import views as editions_views
from evalsvc.evaluations import pages as evaluations_pages
from evalsvc.evaluations import views as evaluations_views
from evalsvc.fieldwork import pages as fieldwork_pages
from evalsvc.fieldwork import views as fieldwork_views
from evalsvc.frames import pages as frames_pages
from evalsvc.frames import views as frames_views
from evalsvc.instruments import devices as instruments_devices
from evalsvc.instruments import draft_devices, draft_views
from evalsvc.instruments import draft_pages as drafts_pages
from evalsvc.instruments import pages as instruments_pages
from evalsvc.instruments import views as instruments_views
from evalsvc.interviews import pages as interviews_pages
from evalsvc.interviews import views as interviews_views
from evalsvc.interviews.datasets import pages as datasets_pages
from evalsvc.interviews.datasets import views as datasets_views
from evalsvc.interviews.feed import views as feed_views
from evalsvc.interviews.intake import devices as interviews_devices
from evalsvc.interviews.phone import devices as interviews_phone
from evalsvc.interviews.review import devices as interviews_returned
from evalsvc.interviews.review import pages as interviews_review_pages
from evalsvc.interviews.unsent import pages as unsent_pages
from evalsvc.interviews.unsent import views as unsent_views
from evalsvc.logs import keep_tokens_out
from evalsvc.overview import checking as overview_checking
from evalsvc.overview import pages as overview_pages
from evalsvc.people import administration
from evalsvc.people import pages as people_pages
from evalsvc.people import session as people_session
from evalsvc.people.used_nonces import UsedNonces
from evalsvc.results import views as results_views
from evalsvc.service import open_service
from evalsvc.verification.names import plain_name
from evalsvc.words import term
from evalsvc.zone import local_text

PAGES: tuple[flask.Blueprint, ...] = (
    people_pages.blueprint,
    administration.blueprint,
    evaluations_pages.blueprint,
    description_pages.blueprint,
    frames_pages.blueprint,
    draws_pages.blueprint,
    later_lists_pages.blueprint,
    instruments_pages.blueprint,
    instruments_devices.blueprint,
    drafts_pages.blueprint,
    draft_devices.blueprint,
    fieldwork_pages.blueprint,
    interviews_pages.blueprint,
    interviews_review_pages.blueprint,
    interviews_devices.blueprint,
    interviews_returned.blueprint,
    interviews_phone.blueprint,
    unsent_pages.blueprint,
    datasets_pages.blueprint,
    cases_pages.blueprint,
    editions_pages.blueprint,
    edition_batch_pages.blueprint,
    editions_public_pages.blueprint,
    edition_signing_pages.blueprint,
    overview_pages.blueprint,
    overview_checking.blueprint,
    phone_pages.blueprint,
)
"""Blueprints of pages and of devices (flask.Blueprint). Register a feature's here."""

VIEWS: tuple[Blueprint, ...] = (
    evaluations_views.blueprint,
    frames_views.blueprint,
    draws_views.blueprint,
    later_lists_views.blueprint,
    instruments_views.blueprint,
    draft_views.blueprint,
    fieldwork_views.blueprint,
    interviews_views.blueprint,
    unsent_views.blueprint,
    datasets_views.blueprint,
    feed_views.blueprint,
    cases_views.blueprint,
    results_views.blueprint,
    editions_views.blueprint,
)
"""Blueprints of the API (flask_smorest.Blueprint, url_prefix below /api/v1). Register a feature's here."""

TRANSLATIONS = Path(__file__).parent / "translations"
IDLE_HOURS = 4
CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'; "
    "manifest-src 'self'; worker-src 'self'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class ErrorBody(Schema):
    """What every refusal of the API looks like; web.py writes it."""

    code = fields.String(required=True, metadata={"description": "稳定的代码 / stable code"})
    message = fields.String(required=True, metadata={"description": "给人看的句子 / the sentence for people"})
    details = fields.Dict(required=True)
    complaints = fields.List(fields.Dict(), required=True)


class ChineseJson(DefaultJSONProvider):
    """JSON that keeps the order of keys and writes Chinese as it is."""

    ensure_ascii = False
    sort_keys = False


class DescribedApi(Api):
    """flask-smorest with our form of errors."""

    ERROR_SCHEMA = ErrorBody


class CookieSessions(SecureCookieSessionInterface):
    """Sessions for pages only: routes that take a token, or give everybody the same, neither read nor write one."""

    def open_session(self, app: flask.Flask, request: Request) -> SecureCookieSession | None:
        """Read the session, empty on such routes."""
        return self.session_class() if _takes_no_cookie(request.path) else super().open_session(app, request)

    def save_session(self, app: flask.Flask, session: SecureCookieSession, response: Response) -> None:  # type: ignore[override]
        """Write the session, never on such routes."""
        if not _takes_no_cookie(flask.request.path):
            super().save_session(app, session, response)


def create_app(config: Config, used: UsedNonces | None = None) -> flask.Flask:
    """Make the application of one configuration; `used` is what its process shares with others of one server."""
    app = flask.Flask("evalsvc", template_folder="templates", static_folder="static")
    app.config.update(_settings(config))
    app.json = ChineseJson(app)
    app.session_interface = CookieSessions()
    # Whoever hosts the application: its own lines, and those of its parts that found no handler.
    keep_tokens_out((*app.logger.handlers, *logging.getLogger().handlers, logging.lastResort))
    app.extensions["evalsvc"] = open_service(config)
    if config.trusted_proxies:
        believed = config.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=believed, x_proto=believed, x_host=believed)  # type: ignore[method-assign]
    CSRFProtect(app)
    people_session.register(app)
    device_sign_in.register(app, config.secret_key, used)
    Babel(app, default_locale="zh", default_translation_directories=str(TRANSLATIONS), locale_selector=web.language)
    _register_template_words(app)
    app.url_map.converters["int"] = incoming.NumberConverter
    api = DescribedApi(app)
    for page in PAGES:
        device_protocol.register(app, page)
    for view in VIEWS:
        api.register_blueprint(view)
    access.public(app.view_functions["static"])
    web.register_errors(app)
    for step in (incoming.refuse_address, access.guard, incoming.refuse_contents):
        app.before_request(step)
    app.after_request(_add_headers)
    access.require_rules(app)
    return app


def _settings(config: Config) -> dict[str, object]:
    return {
        "SECRET_KEY": config.secret_key,
        "MAX_CONTENT_LENGTH": config.upload_limit,
        "PERMANENT_SESSION_LIFETIME": timedelta(hours=min(IDLE_HOURS, config.session_hours)),
        "SESSION_COOKIE_NAME": "evalsvc",
        "SESSION_COOKIE_SECURE": config.secure_cookies,
        "SESSION_COOKIE_HTTPONLY": True,
        "SESSION_COOKIE_SAMESITE": "Lax",
        "WTF_CSRF_CHECK_DEFAULT": False,
        "WTF_CSRF_TIME_LIMIT": None,
        "API_TITLE": "evalsvc",
        "API_VERSION": "v1",
        "OPENAPI_VERSION": "3.1.0",
        "API_SPEC_OPTIONS": {
            "components": {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}},
            "security": [{"bearer": []}],
        },
    }


def _register_template_words(app: flask.Flask) -> None:
    app.jinja_env.filters["local_time"] = web.local_time
    app.jinja_env.filters["local_text"] = local_text
    app.jinja_env.filters["plain_name"] = plain_name
    app.jinja_env.filters["labelled"] = labelled
    app.jinja_env.globals["language"] = web.language
    app.jinja_env.globals["term"] = lambda kind, name: term(kind, name, web.language())
    app.jinja_env.globals["may_open"] = access.may_open
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True


def _add_headers(response: flask.Response) -> flask.Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    if flask.request.endpoint != "static":
        response.headers.setdefault("Cache-Control", "no-store")
    if flask.current_app.config["SESSION_COOKIE_SECURE"]:
        response.headers.setdefault("Strict-Transport-Security", "max-age=31536000")
    return response


def _takes_no_cookie(path: str) -> bool:
    return path.startswith((access.API_PATH, *access.DEVICE_ROOTS, phone_pages.ROOT))
