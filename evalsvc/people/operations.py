"""What is done to people: add, grant, revoke, sign in and out, make tokens. Operations flush and never commit."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network

from sqlalchemy import ColumnElement, delete, func, select, update
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import now
from evalsvc.errors import ConflictError, InvalidError, NotFoundError
from evalsvc.people import queries
from evalsvc.people.actor import ADMINISTRATOR, ROLES, Actor
from evalsvc.people.models import DeviceAccount, FailedSignIn, Person, RoleGrant, SignIn, Token
from evalsvc.people.passwords import hash_password, password_fits, rehash

TOKEN_KINDS = ("api", "device")
DRAFT = "draft"
"""The kind of a token that opens one draft of a form to phones; made on the draft's page."""
LONGEST_TOKEN_DAYS = 366
SIGN_IN_NAME = re.compile(r"[\w.@-]{2,100}")
LONGEST_NAME = 100
THROTTLE_MINUTES = 15
THROTTLE_WINDOW = timedelta(minutes=THROTTLE_MINUTES)
SIGN_INS_KEPT = timedelta(days=30)
"""How long an expired session's row stays; the audit trail keeps the fact."""
FAILURES_OF_NAME, FAILURES_OF_ADDRESS = 10, 100
"""Of one name from one address, and of all names from one address. A name is never stopped everywhere: else whoever
knows it could keep its owner out; a password of twelve characters is not guessed from many addresses either."""
NETWORK_BITS = 64
"""What an IPv6 customer gets at least: so many bits name who it is."""


@dataclass(frozen=True)
class Attempt:
    """One attempt to sign in, counted, with what its password is compared with."""

    person_id: str | None
    password_hash: str | None
    name_mark: str
    address: str
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


def first_password() -> str:
    """Make a password that is handed over once and has to be changed at the first sign-in."""
    return secrets.token_urlsafe(12)


def add_person(
    session: Session,
    actor: Actor,
    sign_in_name: str,
    name: str,
    password: str | None = None,
    *,
    must_change: bool = False,
) -> Person:
    """Add a person, who has no role yet; without a password the person cannot sign in to pages."""
    plain = queries.plain_name(sign_in_name)
    if not SIGN_IN_NAME.fullmatch(plain):
        raise InvalidError("people.sign_in_name_form", longest=LONGEST_NAME)
    if not 1 <= len(name.strip()) <= LONGEST_NAME:
        raise InvalidError("people.name_form", longest=LONGEST_NAME)
    if queries.person_by_sign_in_name(session, plain) is not None:
        raise ConflictError("people.name_taken", sign_in_name=plain)
    person = Person(sign_in_name=plain, name=name.strip(), password_hash=None)
    if password is not None:
        person.password_hash, person.must_change_password = hash_password(password, plain), must_change
    session.add(person)
    session.flush()
    audit.record(session, actor.identifier, "people.add", person.id)
    return person


def set_first_password(session: Session, actor: Actor, person_id: str, password: str) -> None:
    """Replace a forgotten password by one that has to be changed at the next sign-in; everything signed in ends."""
    person = queries.person_by_id(session, person_id)
    person.password_hash, person.must_change_password = hash_password(password, person.sign_in_name), True
    _end_sign_ins(session, person.id)
    session.flush()
    audit.record(session, actor.identifier, "people.set_first_password", person.id)


def change_password(session: Session, actor: Actor, new: str, kept_secret: str) -> None:
    """Set one's own new password, after the old one was checked; every other browser has to sign in again."""
    person = queries.person_by_id(session, actor.person_id or "")
    if password_fits(person.password_hash, new):
        raise InvalidError("people.password_same")
    person.password_hash, person.must_change_password = hash_password(new, person.sign_in_name), False
    _end_sign_ins(session, person.id, but=queries.hash_of_secret(kept_secret))
    session.flush()
    audit.record(session, actor.identifier, "people.change_password", person.id)


def set_active(session: Session, actor: Actor, person_id: str, *, active: bool) -> None:
    """Let somebody in, or out: then everything signed in ends, and tokens open nothing."""
    person = queries.person_by_id(session, person_id)
    if person.id == actor.person_id and not active:
        raise ConflictError("people.own_account")
    if person.active == active:
        return
    if not active and ADMINISTRATOR in queries.roles_of(session, person.id):
        _require_another_administrator(session, person.id)
    person.active = active
    if not active:
        _end_sign_ins(session, person.id)
    session.flush()
    audit.record(session, actor.identifier, "people.let_in" if active else "people.let_out", person.id)


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


def revoke_role(session: Session, actor: Actor, person_id: str, grant_id: str) -> None:
    """Take a role away; the last administrator keeps it, or nobody could grant anything."""
    grant = session.get(RoleGrant, grant_id)
    if grant is None or grant.person_id != person_id:
        raise NotFoundError("people.grant_unknown")
    if grant.role == ADMINISTRATOR:
        _require_another_administrator(session, person_id)
    if session.scalar(delete(RoleGrant).where(RoleGrant.id == grant_id).returning(RoleGrant.id)) is None:
        # Somebody else has taken it away at the same moment.
        raise NotFoundError("people.grant_unknown")
    details = {"role": grant.role, "evaluation": grant.evaluation_id}
    audit.record(session, actor.identifier, "people.revoke_role", person_id, details)


def _require_another_administrator(session: Session, person_id: str) -> None:
    """Refuse to lose the last active administrator; those who remove one another stand in line at the grants."""
    held = select(RoleGrant.id).where(RoleGrant.role == ADMINISTRATOR).order_by(RoleGrant.id)
    session.execute(held.with_for_update()).all()
    if not queries.active_administrators(session) - {person_id}:
        raise ConflictError("people.last_administrator")


def make_token(session: Session, actor: Actor, person_id: str, *, kind: str, label: str, days: int) -> NewSecret:
    """Make a token of a person and return its secret, which nobody can read again."""
    if kind not in {*TOKEN_KINDS, DRAFT}:
        raise InvalidError("people.token_kind", kind=kind)
    label = checked_label(label, days)
    queries.person_by_id(session, person_id)
    secret = secrets.token_urlsafe(32)
    token = Token(
        kind=kind,
        person_id=person_id,
        label=label,
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


def checked_label(label: str, days: int) -> str:
    """Return what a token or a device account is for, once that and the days it serves can be."""
    if not 1 <= days <= LONGEST_TOKEN_DAYS:
        raise InvalidError("people.token_days", maximum=LONGEST_TOKEN_DAYS)
    if not 1 <= len(label.strip()) <= LONGEST_NAME:
        raise InvalidError("people.token_label", longest=LONGEST_NAME)
    return label.strip()


def revoke_token(session: Session, actor: Actor, person_id: str, token_id: str) -> None:
    """End a token or a device account now; revoking it twice changes nothing."""
    token = session.get(Token, token_id) or session.get(DeviceAccount, token_id)
    if token is None or token.person_id != person_id:
        raise NotFoundError("people.token_unknown")
    if token.revoked_at is None:
        token.revoked_at = now()
        session.flush()
        audit.record(session, actor.identifier, "people.revoke_token", person_id, {"token": token.id})


def begin_attempt(session: Session, sign_in_name: str, address: str, key: str) -> Attempt:
    """Count an attempt to sign in before its password is looked at, so that many at once are counted too."""
    at, address = now(), _network(address)
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < at - THROTTLE_WINDOW))
    mark = _mark(sign_in_name, key)
    throttled = _throttled(session, mark, address)
    if not throttled:
        session.add(FailedSignIn(name_mark=mark, address=address, at=at))
        session.flush()
    person = queries.person_by_sign_in_name(session, sign_in_name)
    if person is None or not person.active:
        return Attempt(None, None, mark, address, throttled)
    return Attempt(person.id, person.password_hash, mark, address, throttled)


def too_many_failures(session: Session, name: str, address: str, key: str) -> bool:
    """Tell whether a device account is stopped from an address, for its own failures there.

    Those of other names do not stop it: phones of a whole county may share their carrier's address, and a random secret
    is not guessed by trying names either.
    """
    since = FailedSignIn.at >= now() - THROTTLE_WINDOW
    own = FailedSignIn.name_mark == _mark(name, key), FailedSignIn.address == _network(address)
    return _failures(session, since, *own) >= FAILURES_OF_NAME


def count_failure(session: Session, name: str, address: str, key: str) -> None:
    """Count a failure of a device account, up to the number from which on nothing more would follow from it."""
    at, mark, network = now(), _mark(name, key), _network(address)
    session.execute(delete(FailedSignIn).where(FailedSignIn.at < at - THROTTLE_WINDOW))
    if not _throttled(session, mark, network):
        session.add(FailedSignIn(name_mark=mark, address=network, at=at))
        session.flush()


def _mark(name: str, key: str) -> str:
    return hmac.new(key.encode(), queries.plain_name(name).encode("utf-8", "replace"), hashlib.sha256).hexdigest()


def _throttled(session: Session, mark: str, address: str) -> bool:
    of_name = FailedSignIn.name_mark == mark, FailedSignIn.address == address
    return (
        _failures(session, *of_name) >= FAILURES_OF_NAME
        or _failures(session, FailedSignIn.address == address) >= FAILURES_OF_ADDRESS
    )


def _network(address: str) -> str:
    """Return the part of an address that its owner cannot choose; IPv6 hands out many to each."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, IPv4Address):
        return address
    return str(parsed.ipv4_mapped or ip_network((parsed, NETWORK_BITS), strict=False))


def password_of_attempt_fits(attempt: Attempt, password: str) -> bool:
    """Compare the password of an attempt; takes as long for an unknown name, and is refused while too many failed."""
    return password_fits(attempt.password_hash, password) and not attempt.throttled


def renewed_hash(attempt: Attempt, password: str) -> str | None:
    """Hash a password that was right anew where its hash was made by older rules; None where it was not."""
    return rehash(attempt.password_hash or "", password)


def forget_failures(session: Session, attempt: Attempt) -> None:
    """Forget the failures of a name from an address, once its password was right."""
    failed = FailedSignIn.name_mark == attempt.name_mark, FailedSignIn.address == attempt.address
    session.execute(delete(FailedSignIn).where(*failed))


def start_sign_in(session: Session, attempt: Attempt, hours: int, renewed: str | None = None) -> StartedSignIn:
    """Begin the session of a person whose password was right; `renewed` is its hash by today's rules, if need be."""
    person = queries.person_by_id(session, attempt.person_id or "")
    if renewed is not None and person.password_hash == attempt.password_hash:
        person.password_hash = renewed
    secret = secrets.token_urlsafe(32)
    session.add(
        SignIn(
            sha256=queries.hash_of_secret(secret),
            person_id=person.id,
            expires_at=now() + timedelta(hours=hours),
            ended_at=None,
        )
    )
    forget_failures(session, attempt)
    session.execute(delete(SignIn).where(SignIn.expires_at < now() - SIGN_INS_KEPT))
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


def _end_sign_ins(session: Session, person_id: str, but: str = "") -> None:
    open_ones = SignIn.person_id == person_id, SignIn.ended_at.is_(None), SignIn.sha256 != but
    session.execute(update(SignIn).where(*open_ones).values(ended_at=now()))


def _failures(session: Session, *conditions: ColumnElement[bool]) -> int:
    return session.scalars(select(func.count()).select_from(FailedSignIn).where(*conditions)).one()


def _grant(session: Session, person_id: str, role: str, evaluation_id: str | None) -> RoleGrant | None:
    query = select(RoleGrant).where(
        RoleGrant.person_id == person_id,
        RoleGrant.role == role,
        RoleGrant.evaluation_id.is_not_distinct_from(evaluation_id),
    )
    return session.scalars(query).one_or_none()
