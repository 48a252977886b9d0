"""Accounts of devices: a name and a random secret for clients that sign in by Digest; never a person's password.

Digest needs a hash that is as good as the secret itself, so what is kept is encrypted under the service's secret key.
"""

import json
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from cryptography.fernet import InvalidToken
from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import now
from evalsvc.people import queries
from evalsvc.people.actor import Actor
from evalsvc.people.digest import hashed_secrets
from evalsvc.people.models import DeviceAccount, Person
from evalsvc.people.operations import checked_label
from evalsvc.sealing import box

PURPOSE = b"evalsvc secret of a device account, version 1"
SIGNS = "abcdefghjkmnpqrstuvwxyz23456789"
"""Signs that nobody takes for another when the code of a phone's camera does not work and the secret is typed."""
NAME_SIGNS, GROUPS, GROUP_SIGNS = 8, 5, 5
"""A secret of 25 signs: 123 random bits."""
NAME = re.compile(f"[{SIGNS}]{{{NAME_SIGNS}}}")


@dataclass(frozen=True)
class NewAccount:
    """An account that was just made, with the secret that nobody can read again."""

    identifier: str
    username: str
    password: str


@dataclass(frozen=True)
class KnownAccount:
    """What a proof is compared with, and whether the account still opens anything."""

    id: str
    person_id: str
    hashed: Mapping[str, str]
    usable: bool


def make_account(session: Session, actor: Actor, person_id: str, *, label: str, days: int, key: str) -> NewAccount:
    """Make a device account of a person.

    Raises
    ------
    InvalidError
        ``people.token_days``, ``people.token_label``
    NotFoundError
        ``people.unknown``
    """
    label = checked_label(label, days)
    queries.person_by_id(session, person_id)
    username = _signs(NAME_SIGNS)
    password = "-".join(_signs(GROUP_SIGNS) for _ in range(GROUPS))
    row = DeviceAccount(
        username=username,
        person_id=person_id,
        label=label,
        sealed=_sealed(username, password, key),
        expires_at=now() + timedelta(days=days),
        revoked_at=None,
    )
    session.add(row)
    session.flush()
    audit.record(session, actor.identifier, "people.make_account", person_id, {"account": row.id, "days": days})
    return NewAccount(row.id, username, password)


def account_named(session: Session, username: str, key: str) -> KnownAccount | None:
    """Return the account of a username; whether it is still usable is told to those alone who prove its secret.

    An unknown name takes the same steps as a known one, so that the time of an answer does not tell them apart.
    """
    # A name that none can be is not asked for as it stands: it may hold signs that no database takes.
    asked = username if NAME.fullmatch(username) else ""
    row = session.scalars(select(DeviceAccount).where(DeviceAccount.username == asked)).one_or_none()
    person = session.get(Person, "" if row is None else row.person_id)
    try:
        hashed = json.loads(box(key, PURPOSE).decrypt(_sealed_decoy(key) if row is None else row.sealed))
    except InvalidToken:
        # Made under another secret key: nothing can prove it any more.
        return None
    if row is None or person is None:
        return None
    usable = row.revoked_at is None and row.expires_at > now()
    return KnownAccount(row.id, row.person_id, hashed, usable and person.active)


def _sealed(username: str, password: str, key: str) -> str:
    return box(key, PURPOSE).encrypt(json.dumps(hashed_secrets(username, password)).encode()).decode("ascii")


@lru_cache(maxsize=1)
def _sealed_decoy(key: str) -> str:
    return _sealed("nobody", "no secret", key)


def _signs(number: int) -> str:
    return "".join(secrets.choice(SIGNS) for _ in range(number))
