"""Reads of people, roles and tokens."""

import hashlib
from dataclasses import dataclass

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from evalsvc.db import now
from evalsvc.errors import NotFoundError, UnauthenticatedError
from evalsvc.people.actor import ADMINISTRATOR
from evalsvc.people.models import Person, RoleGrant, SignIn, Token


@dataclass(frozen=True)
class SignedInPerson:
    """The person behind a cookie."""

    person_id: str
    name: str
    is_administrator: bool


def hash_of_secret(secret: str) -> str:
    """Return what is kept of a token: the secret has 256 random bits, so one plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def valid_token(session: Session, kind: str, secret: str) -> Token:
    """Return the token of a secret while it is valid and its person is active; one answer for every failure."""
    token = session.scalars(
        select(Token).where(Token.sha256 == hash_of_secret(secret), Token.kind == kind)
    ).one_or_none()
    if token is None or token.revoked_at is not None or token.expires_at <= now():
        raise UnauthenticatedError("access.token_invalid")
    if not session.get_one(Person, token.person_id).active:
        raise UnauthenticatedError("access.token_invalid")
    return token


def signed_in_person(session: Session, secret: str) -> SignedInPerson | None:
    """Return the active person behind a sign-in that has neither ended nor expired."""
    row = session.scalars(select(SignIn).where(SignIn.sha256 == hash_of_secret(secret))).one_or_none()
    if row is None or row.ended_at is not None or row.expires_at <= now():
        return None
    person = session.get_one(Person, row.person_id)
    if not person.active:
        return None
    return SignedInPerson(person.id, person.name, ADMINISTRATOR in roles_of(session, person.id))


def roles_of(session: Session, person_id: str, evaluation_id: str | None = None) -> frozenset[str]:
    """Return the roles a person has everywhere, and in the evaluation if one is given."""
    query = select(RoleGrant.role).where(
        RoleGrant.person_id == person_id,
        or_(RoleGrant.evaluation_id.is_(None), RoleGrant.evaluation_id == evaluation_id),
    )
    return frozenset(session.scalars(query))


def person_by_sign_in_name(session: Session, name: str) -> Person | None:
    """Return the person of a sign-in name, however its letters are written."""
    return session.scalars(select(Person).where(Person.sign_in_name == plain_name(name))).one_or_none()


def person_by_id(session: Session, identifier: str) -> Person:
    """Return a person.

    Raises
    ------
    NotFoundError
        ``people.unknown``
    """
    person = session.get(Person, identifier)
    if person is None:
        raise NotFoundError("people.unknown")
    return person


def plain_name(name: str) -> str:
    """Return a sign-in name in the one form in which it is kept."""
    return name.strip().casefold()


def evaluations_of(session: Session, person_id: str) -> frozenset[str]:
    """Return the identifiers of the evaluations in which a person has a role."""
    query = select(RoleGrant.evaluation_id).where(
        RoleGrant.person_id == person_id, RoleGrant.evaluation_id.is_not(None)
    )
    return frozenset(identifier for identifier in session.scalars(query) if identifier is not None)
