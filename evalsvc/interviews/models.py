"""The tables of interviews and of the files sent with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Base, new_identifier, now


class Interview(Base):
    """One submission as it was sent, with what the server found in it; a correction is a row of its own."""

    __tablename__ = "interview"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "instance_id"),
        # Two corrections of one version meet here: the second one is told that the version is no longer the last.
        UniqueConstraint("replaces_id"),
        Index("ix_interview_arrival", "evaluation_id", "received_at"),
        Index("ix_interview_unit", "evaluation_id", "unit_id"),
        # Lists count all interviews by state and enumerator, which stand behind long answers in the row.
        Index("ix_interview_review", "evaluation_id", "superseded_at", "state", "enumerator_id", "instrument_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"))
    about: Mapped[str]
    """What it tells of: `household`, `village` or `county` (instruments/contract.py)."""
    unit_id: Mapped[str]
    """The unit of the frame that it tells of."""
    assignment_id: Mapped[str | None] = mapped_column(ForeignKey("assignment.id"), index=True)
    """The drawn household; null where it tells of a village or a county."""
    instrument_id: Mapped[str] = mapped_column(ForeignKey("instrument.id"))
    instance_id: Mapped[str]
    sha256: Mapped[str]
    """Hash and store key of the bytes as sent."""
    received_at: Mapped[datetime] = mapped_column(default=now)
    received_from: Mapped[str]
    """Identifier of the actor whose device sent it."""
    enumerator_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    answers: Mapped[dict[str, Any]]
    """The answers outside of repeats by column name; what was not answered is left out."""
    complaints: Mapped[list[Any]]
    """What the checks found: kind, code, path, details, severity."""
    state: Mapped[str]
    """`received`, `has_issues`, `returned`, `corrected`, `approved` or `rejected` (interviews/values.py)."""
    disposition: Mapped[str]
    """What came of the visit; empty text where the form does not say it in a way that can be read."""
    root_id: Mapped[str] = mapped_column(ForeignKey("interview.id"), index=True)
    """The first version of this interview; its own identifier where it is the first."""
    replaces_id: Mapped[str | None] = mapped_column(ForeignKey("interview.id"))
    """The version that this one corrects (deprecatedID); null for the first."""
    superseded_at: Mapped[datetime | None]
    """When a correction took its place; null for the version that stands."""
    rejected_for: Mapped[str | None]
    """The reason code for which it was rejected: it counts nowhere; null where it was not."""


class Review(Base):
    """One step of the review of an interview: who moved it, from which state to which, with which words."""

    __tablename__ = "review"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    interview_id: Mapped[str] = mapped_column(ForeignKey("interview.id"), index=True)
    at: Mapped[datetime] = mapped_column(default=now)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    action: Mapped[str]
    """`return`, `approve`, `reject` or `reopen`."""
    state_before: Mapped[str]
    state_after: Mapped[str]
    reason: Mapped[str]
    """The reason code of a rejection; else empty text."""
    words: Mapped[str]
    """What the enumerator or the next reader is told about the whole interview."""


class ReviewComment(Base):
    """What a review says at one question."""

    __tablename__ = "review_comment"
    review_id: Mapped[str] = mapped_column(ForeignKey("review.id"), primary_key=True)
    path: Mapped[str] = mapped_column(primary_key=True)
    """The path of the question; rows of repeats are counted from 1, as complaints do."""
    words: Mapped[str]


class InterviewLink(Base):
    """The place of an interview in the running hash that the public log names; given when a line is entered."""

    __tablename__ = "interview_link"
    draw_id: Mapped[str] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """From 1 in each draw, without gaps."""
    interview_id: Mapped[str] = mapped_column(ForeignKey("interview.id"), unique=True)
    hash: Mapped[str]
    """The running hash up to this interview."""
    line: Mapped[int] = mapped_column(ForeignKey("commitment_entry.sequence"))
    """The first line of the log that covers the interview."""


class InterviewFile(Base):
    """One file (photo, recording, signature) that came with an interview."""

    __tablename__ = "interview_file"
    interview_id: Mapped[str] = mapped_column(ForeignKey("interview.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[str]
    size: Mapped[int]
    content_type: Mapped[str]
    received_at: Mapped[datetime] = mapped_column(default=now)
