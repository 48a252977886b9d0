"""The key pairs that phones seal unsent interviews for: made when a phone first asks, opened when a file is imported.

The private keys are sealed under the service's secret key: who copies the database alone opens no phone's file.
"""

import hashlib
from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography.fernet import InvalidToken
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_der_private_key,
)
from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.errors import InvalidError
from evalsvc.interviews.unsent.models import UnsentKey
from evalsvc.people.actor import Actor
from evalsvc.sealing import box
from evalsvc.service import Service

PURPOSE = b"evalsvc private key for unsent interviews, version 1"
BITS, EXPONENT = 3072, 65537


@dataclass(frozen=True)
class PublicKey:
    """What a phone is told: a name and SubjectPublicKeyInfo in base64."""

    id: str
    spki: str


def key_for(service: Service, actor: Actor, evaluation_id: str) -> PublicKey:
    """Return the key that phones seal for, made now if there is none that this service can open.

    Two phones that ask first at the same moment may make two keys; both stay, and both open.
    """
    with service.database.reading() as session:
        known = _usable(_keys(session, evaluation_id), service.config.secret_key)
    return known or _make(service, actor, evaluation_id)


def private_key(session: Session, evaluation_id: str, key_id: str, secret_key: str) -> rsa.RSAPrivateKey:
    """Return the private key of an evaluation by its name.

    Raises
    ------
    InvalidError
        ``unsent.other_key``, ``unsent.key_lost``
    """
    row = next((each for each in _keys(session, evaluation_id) if each.id == key_id), None)
    if row is None:
        raise InvalidError("unsent.other_key", key=key_id[:16])
    opened = _opened(row, secret_key)
    if opened is None:
        raise InvalidError("unsent.key_lost", key=key_id[:16])
    return opened


def _keys(session: Session, evaluation_id: str) -> Sequence[UnsentKey]:
    """List the keys of an evaluation, the newest first."""
    query = select(UnsentKey).where(UnsentKey.evaluation_id == evaluation_id)
    return session.scalars(query.order_by(UnsentKey.made_at.desc(), UnsentKey.id)).all()


def _usable(keys: Sequence[UnsentKey], secret_key: str) -> PublicKey | None:
    """Return the newest key that opens: those of another secret key would seal interviews away for good."""
    return next((PublicKey(each.id, each.spki) for each in keys if _opens(each, secret_key)), None)


def _opens(row: UnsentKey, secret_key: str) -> bool:
    try:
        box(secret_key, PURPOSE).decrypt(row.sealed)
    except InvalidToken:
        return False
    return True


def _opened(row: UnsentKey, secret_key: str) -> rsa.RSAPrivateKey | None:
    try:
        key = load_der_private_key(box(secret_key, PURPOSE).decrypt(row.sealed), password=None)
    except InvalidToken:
        return None
    assert isinstance(key, rsa.RSAPrivateKey)  # noqa: S101 (nothing else is ever sealed here)
    return key


def _make(service: Service, actor: Actor, evaluation_id: str) -> PublicKey:
    """Make a key pair; the making takes a second and holds no lock."""
    pair = rsa.generate_private_key(public_exponent=EXPONENT, key_size=BITS)
    public = pair.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    private = pair.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    made = PublicKey(hashlib.sha256(public).hexdigest(), b64encode(public).decode("ascii"))
    sealed = box(service.config.secret_key, PURPOSE).encrypt(private).decode("ascii")
    with service.database.transaction() as session:
        session.add(UnsentKey(id=made.id, evaluation_id=evaluation_id, spki=made.spki, sealed=sealed))
        session.flush()
        audit.record(session, actor.identifier, "interview.make_unsent_key", evaluation_id, {"key": made.id})
    return made
