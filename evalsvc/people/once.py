"""Show a secret once, on a page of its own: reloading it neither shows the secret again nor makes another.

Between the request that makes the secret and the page that shows it, it lies sealed in the browser's own session; the
service keeps its hash only.
"""

import json
from dataclasses import asdict, dataclass

import flask
from cryptography.fernet import InvalidToken

from evalsvc import web
from evalsvc.sealing import box

PURPOSE = b"evalsvc secret shown once, version 1"
SLOT = "shown_once"
SECONDS = 300


@dataclass(frozen=True)
class ShownSecret:
    """What the page shows: `what` names the secret, one for a device comes with addresses, an account's with a name."""

    person_id: str
    what: str
    secret: str
    for_device: bool = False
    username: str = ""


def keep(shown: ShownSecret) -> None:
    """Put a secret aside for the page that comes next."""
    text = json.dumps(asdict(shown))
    flask.session[SLOT] = box(web.config().secret_key, PURPOSE).encrypt(text.encode()).decode("ascii")


def take(person_id: str) -> ShownSecret | None:
    """Return the secret that was put aside for a person's page, and forget it."""
    sealed = flask.session.pop(SLOT, "")
    try:
        text = box(web.config().secret_key, PURPOSE).decrypt(sealed, ttl=SECONDS)
    except InvalidToken:
        return None
    shown = ShownSecret(**json.loads(text))
    return shown if shown.person_id == person_id else None
