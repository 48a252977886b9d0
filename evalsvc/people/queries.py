"""Reads of people, roles and tokens."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, bindparam, or_, select
from sqlalchemy.orm import Session

from evalsvc.db import now
from evalsvc.errors import NotFoundError, UnauthenticatedError
from evalsvc.evaluations.models import Evaluation
from evalsvc.evaluations.queries import EvaluationRecord, evaluation_columns, evaluation_record
from evalsvc.people.actor import ADMINISTRATOR
from evalsvc.people.models import DeviceAccount, Person, RoleGrant, SignIn, Token

ACCOUNT = "account"
"""The kind of a device account in lists of tokens."""


@dataclass(frozen=True)
class SignedInPerson:
    """The person behind a cookie."""

    person_id: str
    name: str
    is_administrator: bool
    must_change_password: bool


@dataclass(frozen=True)
class PersonRecord:
    """One person, as the administrator's pages show it."""

    id: str
    sign_in_name: str
    name: str
    active: bool
    has_password: bool
    created_at: datetime
    roles: tuple["GrantRecord", ...]


@dataclass(frozen=True)
class GrantRecord:
    """One role of somebody; evaluation is the code, None for all evaluations."""

    id: str
    role: str
    evaluation: str | None


@dataclass(frozen=True)
class TokenRecord:
    """One token or device account of somebody, without its secret, which nobody has."""

    id: str
    kind: str
    label: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    usable: bool


@dataclass(frozen=True)
class TokenBearer:
    """Who bears a token that opens doors at this moment, and the evaluation that was asked for, if there is one."""

    token_id: str
    person_id: str
    roles: frozenset[str]
    evaluation: EvaluationRecord | None


# Every request with a token asks this one, so it is built once, and asked in one go.
_BY_TOKEN = (
    select(
        *(Token.id, Token.person_id, Token.revoked_at, Token.expires_at, Person.active),
        *(RoleGrant.role, *evaluation_columns()),
    )
    .join(Person, Person.id == Token.person_id)
    .outerjoin(Evaluation, Evaluation.code == bindparam("code"))
    .outerjoin(
        RoleGrant,
        and_(
            RoleGrant.person_id == Token.person_id,
            or_(RoleGrant.evaluation_id.is_(None), RoleGrant.evaluation_id == Evaluation.id),
        ),
    )
    .where(Token.sha256 == bindparam("sha256"), Token.kind == bindparam("kind"))
)
_ROLES = select(RoleGrant.role).where(
    RoleGrant.person_id == bindparam("person_id"),
    or_(RoleGrant.evaluation_id.is_(None), RoleGrant.evaluation_id == bindparam("evaluation_id")),
)


def hash_of_secret(secret: str) -> str:
    """Return what is kept of a token: the secret has 256 random bits, so one plain hash is enough."""
    return hashlib.sha256(secret.encode()).hexdigest()


def token_bearer(connection: Connection, kind: str, secret: str, evaluation: str | None) -> TokenBearer:
    """Return who bears a valid token, with the roles everywhere and in the evaluation of a code, if there is one.

    Raises
    ------
    UnauthenticatedError
        ``access.token_invalid``: one answer for every failure.
    """
    wanted = {"sha256": hash_of_secret(secret), "kind": kind, "code": evaluation}
    rows = connection.execute(_BY_TOKEN, wanted).all()
    if not rows:
        raise UnauthenticatedError("access.token_invalid")
    token_id, person_id, revoked_at, expires_at, active, _role, *found = rows[0]
    if revoked_at is not None or expires_at <= now() or not active:
        raise UnauthenticatedError("access.token_invalid")
    roles = frozenset(row.role for row in rows if row.role is not None)
    return TokenBearer(token_id, person_id, roles, evaluation_record(found))


def signed_in_person(session: Session, secret: str) -> SignedInPerson | None:
    """Return the active person behind a sign-in that has neither ended nor expired."""
    row = session.scalars(select(SignIn).where(SignIn.sha256 == hash_of_secret(secret))).one_or_none()
    if row is None or row.ended_at is not None or row.expires_at <= now():
        return None
    person = session.get_one(Person, row.person_id)
    if not person.active:
        return None
    return SignedInPerson(
        person.id, person.name, ADMINISTRATOR in roles_of(session, person.id), person.must_change_password
    )


def device_ends(session: Session, identifier: str) -> datetime:
    """Return when the token or the account of a device, as an actor is identified by it, ends.

    Raises
    ------
    NotFoundError
        ``people.token_unknown``
    """
    kind, _, row_id = identifier.partition(":")
    row = session.get(DeviceAccount, row_id) if kind == ACCOUNT else session.get(Token, row_id)
    if row is None:
        raise NotFoundError("people.token_unknown")
    return row.expires_at


def roles_of(session: Session, person_id: str, evaluation_id: str | None = None) -> frozenset[str]:
    """Return the roles a person has everywhere, and in the evaluation if one is given."""
    session.flush()
    wanted = {"person_id": person_id, "evaluation_id": evaluation_id}
    return frozenset(session.connection().scalars(_ROLES, wanted))


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


def person_named(session: Session, sign_in_name: str) -> Person:
    """Return the person of a sign-in name.

    Raises
    ------
    NotFoundError
        ``people.name_unknown``
    """
    person = person_by_sign_in_name(session, sign_in_name)
    if person is None:
        raise NotFoundError("people.name_unknown", sign_in_name=plain_name(sign_in_name))
    return person


def people(session: Session) -> list[PersonRecord]:
    """List everybody by sign-in name, with their roles."""
    rows = session.scalars(select(Person).order_by(Person.sign_in_name)).all()
    grants = _grants(session, [row.id for row in rows])
    return [_record(row, grants.get(row.id, ())) for row in rows]


def person_record(session: Session, identifier: str) -> PersonRecord:
    """Return one person with the roles."""
    row = person_by_id(session, identifier)
    return _record(row, _grants(session, [row.id]).get(row.id, ()))


def tokens_of(session: Session, person_id: str) -> list[TokenRecord]:
    """List a person's tokens and device accounts, newest first."""
    tokens = session.scalars(select(Token).where(Token.person_id == person_id)).all()
    accounts = session.scalars(select(DeviceAccount).where(DeviceAccount.person_id == person_id)).all()
    records = [_token_record(row, row.kind, row.label) for row in tokens]
    records += [_token_record(row, ACCOUNT, f"{row.label} · {row.username}") for row in accounts]
    return sorted(records, key=lambda each: (each.created_at, each.id), reverse=True)


def _token_record(row: Token | DeviceAccount, kind: str, label: str) -> TokenRecord:
    return TokenRecord(
        id=row.id,
        kind=kind,
        label=label,
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
        usable=row.revoked_at is None and row.expires_at > now(),
    )


def people_with_role(session: Session, role: str, evaluation_id: str) -> list[tuple[str, str]]:
    """List the active people who have a role in an evaluation: identifier and name, by name."""
    query = (
        select(Person.id, Person.name)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            Person.active.is_(True),
            RoleGrant.role == role,
            (RoleGrant.evaluation_id == evaluation_id) | RoleGrant.evaluation_id.is_(None),
        )
        .distinct()
        .order_by(Person.name, Person.id)
    )
    return [(identifier, name) for identifier, name in session.execute(query)]


def names_of(session: Session, identifiers: Sequence[str]) -> dict[str, str]:
    """Return the names of people by their identifiers; who is unknown is left out."""
    rows = session.execute(select(Person.id, Person.name).where(Person.id.in_(identifiers)))
    return {identifier: name for identifier, name in rows}


def active_administrators(session: Session) -> frozenset[str]:
    """Return the identifiers of the active people who are administrators."""
    query = select(Person.id).join(RoleGrant, RoleGrant.person_id == Person.id)
    return frozenset(session.scalars(query.where(RoleGrant.role == ADMINISTRATOR, Person.active)))


def _grants(session: Session, people: Sequence[str]) -> dict[str, tuple[GrantRecord, ...]]:
    query = (
        select(RoleGrant, Evaluation.code)
        .outerjoin(Evaluation, Evaluation.id == RoleGrant.evaluation_id)
        .where(RoleGrant.person_id.in_(people))
        .order_by(Evaluation.code.is_not(None), Evaluation.code, RoleGrant.role)
    )
    found: dict[str, tuple[GrantRecord, ...]] = {}
    for grant, code in session.execute(query):
        found[grant.person_id] = (*found.get(grant.person_id, ()), GrantRecord(grant.id, grant.role, code))
    return found


def _record(row: Person, roles: tuple[GrantRecord, ...]) -> PersonRecord:
    return PersonRecord(
        id=row.id,
        sign_in_name=row.sign_in_name,
        name=row.name,
        active=row.active,
        has_password=row.password_hash is not None,
        created_at=row.created_at,
        roles=roles,
    )


def plain_name(name: str) -> str:
    """Return a sign-in name in the one form in which it is kept."""
    return name.strip().casefold()


def evaluations_of(session: Session, person_id: str) -> frozenset[str]:
    """Return the identifiers of the evaluations in which a person has a role."""
    query = select(RoleGrant.evaluation_id).where(
        RoleGrant.person_id == person_id, RoleGrant.evaluation_id.is_not(None)
    )
    return frozenset(identifier for identifier in session.scalars(query) if identifier is not None)
