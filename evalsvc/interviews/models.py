"""The tables of interviews and of the files sent with them."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Base, new_identifier, now


class Interview(Base):
    """One submission as it was sent, with what the server found in it."""

    __tablename__ = "interview"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "instance_id"),
        Index("ix_interview_arrival", "evaluation_id", "received_at"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"))
    assignment_id: Mapped[str] = mapped_column(ForeignKey("assignment.id"), index=True)
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
    """`received` or `has_issues`."""
    disposition: Mapped[str]
    """What came of the visit; empty text where the form does not say it in a way that can be read."""


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
