"""Pages of people: sign in and out, the language, one's own account, and the administrator's list."""

from datetime import timedelta

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_login import current_user, login_user, logout_user

from evalsvc import web
from evalsvc.access import page, public
from evalsvc.people import operations
from evalsvc.people.actor import ADMINISTRATOR
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
    form, config = flask.request.form, web.config()
    # Two commits: an attempt stays counted whatever becomes of it, and comparing passwords must not hold the write lock.
    with web.database().transaction() as session:
        attempt = operations.begin_attempt(
            session, form.get("sign_in_name", ""), flask.request.remote_addr or "", config.secret_key
        )
    if not operations.password_of_attempt_fits(attempt, form.get("password", "")):
        message = sentence("people.sign_in_failed", {"minutes": operations.THROTTLE_MINUTES}, web.language())
        return flask.render_template("people/sign_in.html", next=web.local_path(form.get("next")), message=message), 401
    with web.database().transaction() as session:
        started = operations.start_sign_in(session, attempt, config.session_hours)
    flask.session.clear()
    flask.session.permanent = True
    login_user(SignedIn(started.secret, started.person_id, "", is_administrator=False))
    return flask.redirect(web.local_path(form.get("next")), code=303)


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
    """Show one's own account."""
    return flask.render_template("people/account.html")


@blueprint.get("/people")
@page(ADMINISTRATOR)
def people() -> ResponseReturnValue:
    """List everybody."""
    return flask.render_template("people/people.html", title=_("人员"))
