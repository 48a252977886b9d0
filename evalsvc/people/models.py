"""Tables of people: persons, role grants, tokens, device accounts, sign-ins and failed attempts."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.collisions import met
from evalsvc.db import Base, new_identifier, now


class Person(Base):
    """Somebody who works with the service."""

    __tablename__ = "person"
    __table_args__ = (UniqueConstraint("sign_in_name", info=met("people.added_meanwhile")),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    sign_in_name: Mapped[str]
    """Lower case, without spaces around it."""
    name: Mapped[str]
    password_hash: Mapped[str | None]
    """argon2id; None when the person signs in nowhere (an enumerator with a device token only)."""
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    must_change_password: Mapped[bool] = mapped_column(default=False)
    """Set while the password is one that somebody else has seen."""


class RoleGrant(Base):
    """A role that somebody has in one evaluation, or in all (evaluation_id null)."""

    __tablename__ = "role_grant"
    __table_args__ = (
        UniqueConstraint("person_id", "role", "evaluation_id", info=met("people.granted_meanwhile")),
        # Null is never equal to null, so the grant for all evaluations needs an index of its own.
        Index(
            "uq_role_grant_everywhere",
            "person_id",
            "role",
            unique=True,
            sqlite_where=text("evaluation_id IS NULL"),
            postgresql_where=text("evaluation_id IS NULL"),
            info=met("people.granted_meanwhile"),
        ),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    role: Mapped[str]
    evaluation_id: Mapped[str | None] = mapped_column(ForeignKey("evaluation.id"), index=True)
    granted_by: Mapped[str]
    granted_at: Mapped[datetime] = mapped_column(default=now)


class Token(Base):
    """A secret that a program or a phone shows instead of a cookie; only its hash is kept."""

    __tablename__ = "token"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    kind: Mapped[str]
    """``api`` (Bearer header) or ``device`` (part of the path)."""
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    label: Mapped[str]
    sha256: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class DeviceAccount(Base):
    """A name and a random secret by which a device signs in with Digest; what is kept of the secret is encrypted."""

    __tablename__ = "device_account"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    username: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    label: Mapped[str]
    sealed: Mapped[str]
    """The hashes of RFC 2617's A1 by algorithm, as JSON, encrypted under a key of the service's secret key."""
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]


class SignIn(Base):
    """One signed-in browser: the cookie holds the secret, the row ends it for good."""

    __tablename__ = "sign_in"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    sha256: Mapped[str] = mapped_column(unique=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"), index=True)
    started_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class FailedSignIn(Base):
    """A failed attempt, counted to slow down guessing; what was typed is kept as a keyed hash only."""

    __tablename__ = "failed_sign_in"
    __table_args__ = (
        Index("ix_failed_sign_in_name", "name_mark", "at"),
        Index("ix_failed_sign_in_from", "address", "at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    name_mark: Mapped[str]
    address: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)
