"""Sign in as a browser does."""

from collections.abc import Callable

from flask.testing import FlaskClient

Csrf = Callable[[FlaskClient], str]


def try_to_sign_in(client: FlaskClient, csrf_of: Csrf, name: str, password: str, address: str = "10.0.0.1"):
    """Send the form of the sign-in page."""
    form = {"sign_in_name": name, "password": password, "csrf_token": csrf_of(client), "next": "/account"}
    return client.post("/sign-in", data=form, environ_base={"REMOTE_ADDR": address})
