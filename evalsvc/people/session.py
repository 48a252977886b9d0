"""The signed-in browser: Flask-Login over rows of sign_in, so that signing out ends a session for good."""

from dataclasses import dataclass

import flask
from flask_login import LoginManager

from evalsvc import web
from evalsvc.people.queries import signed_in_person


@dataclass(frozen=True)
class SignedIn:
    """The person behind a cookie, as Flask-Login and the pages see it."""

    secret: str
    person_id: str
    name: str
    is_administrator: bool = False
    must_change_password: bool = False
    is_authenticated: bool = True
    is_active: bool = True
    is_anonymous: bool = False

    def get_id(self) -> str:
        """Return what the cookie holds."""
        return self.secret


def register(app: flask.Flask) -> None:
    """Teach the application who is behind a cookie."""
    manager = LoginManager(app)
    manager.session_protection = None
    manager.user_loader(_load)


def _load(secret: str) -> SignedIn | None:
    with web.database().reading() as session:
        found = signed_in_person(session, secret)
    if found is None:
        return None
    return SignedIn(secret, found.person_id, found.name, found.is_administrator, found.must_change_password)
