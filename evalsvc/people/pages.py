"""Pages of everybody: sign in and out, the language, one's own account and password."""

from datetime import timedelta

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from evalsvc import web
from evalsvc.access import page, public
from evalsvc.people import operations, queries
from evalsvc.people.session import SignedIn
from evalsvc.words import LANGUAGES, sentence

blueprint = flask.Blueprint("people", __name__, template_folder="templates")


@blueprint.get("/language/<code>")
@public
def switch_language(code: str) -> ResponseReturnValue:
    """Keep the wanted language in a cookie and go back to the page the reader came from."""
    response = flask.make_response(flask.redirect(web.local_path(flask.request.args.get("next")), code=303))
    if code in LANGUAGES:
        response.set_cookie(
            web.LANGUAGE_COOKIE,
            code,
            max_age=timedelta(days=365),
            httponly=True,
            samesite="Lax",
            secure=web.config().secure_cookies,
        )
    return response


@blueprint.get("/sign-in")
@public
def sign_in() -> ResponseReturnValue:
    """Show the form."""
    return flask.render_template("people/sign_in.html", next=web.local_path(flask.request.args.get("next")))


@blueprint.post("/sign-in")
@public
def check_sign_in() -> ResponseReturnValue:
    """Sign a person in; every failure gets the same answer."""
    form, wanted = flask.request.form, web.local_path(flask.request.form.get("next"))
    attempt = _attempt(form.get("sign_in_name", ""))
    if not operations.password_of_attempt_fits(attempt, form.get("password", "")):
        message = sentence("people.sign_in_failed", {"minutes": operations.THROTTLE_MINUTES}, web.language())
        return flask.render_template("people/sign_in.html", next=wanted, message=message), 401
    renewed = operations.renewed_hash(attempt, form.get("password", ""))
    with web.database().transaction() as session:
        started = operations.start_sign_in(session, attempt, web.config().session_hours, renewed)
    flask.session.clear()
    flask.session.permanent = True
    login_user(SignedIn(started.secret, started.person_id, ""))
    return flask.redirect(wanted, code=303)


@blueprint.post("/sign-out")
@page()
def sign_out() -> ResponseReturnValue:
    """End this browser's session for good."""
    with web.database().transaction() as session:
        operations.end_sign_in(session, web.current_actor(), current_user.secret)
    logout_user()
    flask.session.clear()
    return web.see_other("people.sign_in")


@blueprint.get("/account")
@page()
def account() -> ResponseReturnValue:
    """Show one's own roles and tokens."""
    with web.database().reading() as session:
        person = queries.person_record(session, current_user.person_id)
        tokens = queries.tokens_of(session, person.id)
    return flask.render_template("people/account.html", person=person, tokens=tokens)


@blueprint.get("/account/password")
@page()
def password() -> ResponseReturnValue:
    """Show the form."""
    return _password_form()


@blueprint.post("/account/password")
@page()
def change_password() -> ResponseReturnValue:
    """Change one's own password; guessing the old one is slowed down like guessing at the door."""
    form = flask.request.form
    attempt, message = _attempt(_own_name()), None
    if form.get("new") != form.get("again"):
        message = sentence("people.password_differs", language=web.language())
    elif not operations.password_of_attempt_fits(attempt, form.get("old", "")):
        message = sentence("people.password_wrong", {"minutes": operations.THROTTLE_MINUTES}, web.language())
    if message is not None:
        return _password_form(message), 422
    with web.database().transaction() as session:
        operations.forget_failures(session, attempt)
        operations.change_password(session, web.current_actor(), form.get("new", ""), current_user.secret)
    flask.flash(_("密码已修改，其他浏览器需要重新登录。"), "good")
    return web.see_other("people.account")


def _password_form(message: str | None = None) -> str:
    must_change = current_user.must_change_password
    words = {"must_change": must_change, "message": message, "sign_in_name": _own_name()}
    return flask.render_template("people/password.html", **words)


def _own_name() -> str:
    with web.database().reading() as session:
        return queries.person_by_id(session, current_user.person_id).sign_in_name


def _attempt(sign_in_name: str) -> operations.Attempt:
    """Count an attempt in a commit of its own: it stays counted whatever comes of it, and hashing holds no lock."""
    with web.database().transaction() as session:
        address = flask.request.remote_addr or ""
        return operations.begin_attempt(session, sign_in_name, address, web.config().secret_key)
