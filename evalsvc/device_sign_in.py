"""Digest sign-in of devices at the edge: challenge, proof, and failures that are counted like those of passwords."""

import time
from typing import cast

import flask
from sqlalchemy.orm import Session

from evalsvc.errors import UnauthenticatedError
from evalsvc.people import digest
from evalsvc.people.device_accounts import account_named
from evalsvc.people.nonces import Nonces
from evalsvc.people.operations import THROTTLE_MINUTES, count_failure, too_many_failures
from evalsvc.people.used_nonces import UsedNonces

EXTENSION = "evalsvc_nonces"
NOBODY = digest.hashed_secrets("nobody", "no secret")
"""Compared with where the name is unknown: an answer takes as long for it."""


class WrongProofError(UnauthenticatedError):
    """Raise when a proof does not fit; `name` is whom it was for."""

    def __init__(self, name: str) -> None:
        super().__init__("access.account_wrong", minutes=THROTTLE_MINUTES)
        self.name = name


class StaleProofError(UnauthenticatedError):
    """Raise when the secret was right and the nonce is too old or used: the device signs anew by itself."""


def register(app: flask.Flask, key: str, used: UsedNonces | None = None) -> None:
    """Give the application its nonces, with the memory that it shares with other processes, or one of its own."""
    app.extensions[EXTENSION] = Nonces(key, used or UsedNonces(time.time()))


def signed_in(session: Session) -> tuple[str, str]:
    """Return the actor's identifier and the person of the request's Digest.

    Raises
    ------
    UnauthenticatedError
        ``access.account_needed``, ``access.account_wrong``, ``access.account_stale``, ``access.account_ended``
    """
    proof = digest.read_proof(flask.request.headers.get("Authorization", ""))
    if proof is None:
        raise UnauthenticatedError("access.account_needed")
    key = _secret_key()
    known = account_named(session, proof.username, key)
    right = digest.fits(proof, flask.request.method, _target(), NOBODY if known is None else known.hashed)
    # Asked of right and wrong proofs alike: who is stopped does not learn from the time whether a guess was right.
    stopped = too_many_failures(session, _counted_as(proof.username), flask.request.remote_addr or "", key)
    if known is None or not right or stopped:
        raise WrongProofError(proof.username)
    if not _nonces().use(proof.nonce, proof.count, time.time()):
        raise StaleProofError("access.account_stale")
    if not known.usable:
        raise UnauthenticatedError("access.account_ended")
    return f"account:{known.id}", known.person_id


def note_failure(session: Session, error: WrongProofError) -> None:
    """Count a failed proof, in a transaction of its own."""
    count_failure(session, _counted_as(error.name), flask.request.remote_addr or "", _secret_key())


def challenge(response: flask.Response, *, stale: bool) -> None:
    """Tell a device how to sign in."""
    for each in digest.challenges(_nonces().new(time.time()), stale=stale):
        response.headers.add("WWW-Authenticate", each)


def _target() -> str:
    """Return path and query as they were sent: a proof holds for them, letter by letter."""
    environ = flask.request.environ
    return digest.path_of(str(environ.get("RAW_URI") or environ.get("REQUEST_URI") or flask.request.full_path))


def _counted_as(username: str) -> str:
    """Keep failures of device accounts apart from those of people's names."""
    return f"device account {username}"


def _nonces() -> Nonces:
    return cast("Nonces", flask.current_app.extensions[EXTENSION])


def _secret_key() -> str:
    return str(flask.current_app.extensions["evalsvc"].config.secret_key)
