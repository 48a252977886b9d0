"""What is done to people: add, grant, revoke, sign in and out, make tokens. Operations flush and never commit."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import ColumnElement, delete, func, select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import now
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.people import queries
from evalsvc.people.actor import ADMINISTRATOR, ROLES, Actor
from evalsvc.people.models import FailedSignIn, Person, RoleGrant, SignIn, Token
from evalsvc.people.passwords import hash_password, password_fits

TOKEN_KINDS = ("api", "device")
THROTTLE_MINUTES = 15
THROTTLE_WINDOW = timedelta(minutes=THROTTLE_MINUTES)
FAILURES_OF_NAME, FAILURES_OF_ADDRESS = 10, 60


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in, counted, with what its password is compared with."""

    person_id: str | None
    password_hash: str | None
    name_mark: str
    throttled: bool


@dataclass(frozen=True)
class StartedSignIn:
    """A new session: the secret for the cookie, and whose it is."""

    secret: str
    person_id: str


@dataclass(frozen=True)
class NewSecret:
    """A secret that is shown once, and the row that knows its hash."""

    identifier: str
    secret: str


def add_person(session: Session, actor: Actor, sign_in_name: str, name: str, password: str | None = None) -> Person:
    """Add a person, who has no role yet; without a password the person cannot sign in to pages."""
    plain = queries.plain_name(sign_in_name)
    if not plain or not name.strip():
        raise InvalidError("people.name_empty")
    if queries.person_by_sign_in_name(session, plain) is not None:
        raise ConflictError("people.name_taken", sign_in_name=plain)
    person = Person(sign_in_name=plain, name=name.strip(), password_hash=None, password_changed_at=None)
    if password is not None:
        person.password_hash, person.password_changed_at = hash_password(password), now()
    session.add(person)
    session.flush()
    audit.record(session, actor.identifier, "people.add", person.id)
    return person


def grant_role(session: Session, actor: Actor, person_id: str, role: str, evaluation_id: str | None = None) -> None:
    """Grant a role in one evaluation, or everywhere; granting it twice changes nothing."""
    if role not in ROLES:
        raise InvalidError("people.role_unknown", role=role)
    if role == ADMINISTRATOR and evaluation_id is not None:
        raise InvalidError("people.administrator_everywhere")
    queries.person_by_id(session, person_id)
    if _grant(session, person_id, role, evaluation_id) is not None:
        return
    session.add(RoleGrant(person_id=person_id, role=role, evaluation_id=evaluation_id, granted_by=actor.identifier))
    session.flush()
    audit.record(session, actor.identifier, "people.grant", person_id, {"role": role, "evaluation": evaluation_id})


def make_token(session: Session, actor: Actor, person_id: str, *, kind: str, label: str, days: int) -> NewSecret:
    """Make a token of a person and return its secret, which nobody can read again."""
    if kind not in TOKEN_KINDS:
        raise InvalidError("people.token_kind", kind=kind)
    if not 1 <= days <= 366:
        raise InvalidError("people.token_days", minimum=1, maximum=366)
    queries.person_by_id(session, person_id)
    secret = secrets.token_urlsafe(32)
    token = Token(
        kind=kind,
        person_id=person_id,
        label=label.strip(),
        sha256=queries.hash_of_secret(secret),
        expires_at=now() + timedelta(days=days),
        revoked_at=None,
    )
    session.add(token)
    session.flush()
    audit.record(
        session, actor.identifier, "people.make_token", person_id, {"token": token.id, "kind": kind, "days": days}
    )
    return NewSecret(token.id, secret)


def begin_attempt(session: Session, sign_in_name: str, address: str, key: str) -> Attempt:
    """Count an attempt to sign in before its password is looked at, so that many at once are counted too."""
    at = now()
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < at - THROTTLE_WINDOW))
    mark = hmac.new(key.encode(), queries.plain_name(sign_in_name).encode(), hashlib.sha256).hexdigest()
    throttled = (
        _failures(session, FailedSignIn.name_mark == mark) >= FAILURES_OF_NAME
        or _failures(session, FailedSignIn.address == address) >= FAILURES_OF_ADDRESS
    )
    if not throttled:
        session.add(FailedSignIn(name_mark=mark, address=address, at=at))
        session.flush()
    person = queries.person_by_sign_in_name(session, sign_in_name)
    if person is None or not person.active:
        return Attempt(None, None, mark, throttled)
    return Attempt(person.id, person.password_hash, mark, throttled)


def password_of_attempt_fits(attempt: Attempt, password: str) -> bool:
    """Compare the password of an attempt; takes as long for an unknown name, and is refused while too many failed."""
    return password_fits(attempt.password_hash, password) and not attempt.throttled


def start_sign_in(session: Session, attempt: Attempt, hours: int) -> StartedSignIn:
    """Begin the session of a person whose password was right, and forget the failures of the name."""
    person = queries.person_by_id(session, attempt.person_id or "")
    secret = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            sha256=queries.hash_of_secret(secret),
            person_id=person.id,
            expires_at=now() + timedelta(hours=hours),
            ended_at=None,
        )
    )
    session.execute(delete(FailedSignIn).where(FailedSignIn.name_mark == attempt.name_mark))
    session.flush()
    audit.record(session, person.id, "people.sign_in", person.id)
    return StartedSignIn(secret, person.id)


def end_sign_in(session: Session, actor: Actor, secret: str) -> None:
    """End one browser's session; its cookie opens nothing from now on, wherever a copy of it lies."""
    query = select(SignIn).where(SignIn.sha256 == queries.hash_of_secret(secret), SignIn.ended_at.is_(None))
    row = session.scalars(query).one_or_none()
    if row is not None:
        row.ended_at = now()
        session.flush()
        audit.record(session, actor.identifier, "people.sign_out", row.person_id)


def _failures(session: Session, condition: ColumnElement[bool]) -> int:
    return session.scalars(select(func.count()).select_from(FailedSignIn).where(condition)).one()


def _grant(session: Session, person_id: str, role: str, evaluation_id: str | None) -> RoleGrant | None:
    query = select(RoleGrant).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == role,
        RoleGrant.evaluation_id.is_not_distinct_from(evaluation_id),
    )
    return session.scalars(query).one_or_none()
