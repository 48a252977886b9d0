"""Tables of suspected cases and of the judgements on them."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Base, new_identifier, now


class Case(Base):
    """A household that an interview suspects of a wrong exit or a missed identification."""

    __tablename__ = "suspected_case"
    __table_args__ = (
        UniqueConstraint("interview_id", "kind"),
        CheckConstraint("kind in ('wrong_exit', 'missed', 'wrong_entry')", name="kind"),
        CheckConstraint("state in ('open', 'confirmed', 'excluded')", name="state"),
        CheckConstraint("persons > 0", name="persons"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    interview_id: Mapped[str] = mapped_column(ForeignKey("interview.id"))
    """The first version of the interview: a case stays one case however often its interview is corrected."""
    unit_id: Mapped[str]
    kind: Mapped[str]
    persons: Mapped[int]
    standard: Mapped[str]
    state: Mapped[str] = mapped_column(default="open")
    made_at: Mapped[datetime] = mapped_column(default=now)
    withdrawn_at: Mapped[datetime | None]
    """When the interview was found to suspect this no longer, by a correction or because it was rejected."""


class Judgement(Base):
    """What one person decided on one case; it is never changed."""

    __tablename__ = "judgement"
    __table_args__ = (
        UniqueConstraint("case_id", "person_id"),
        CheckConstraint("verdict in ('confirm', 'exclude')", name="verdict"),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    case_id: Mapped[str] = mapped_column(ForeignKey("suspected_case.id"), index=True)
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    verdict: Mapped[str]
    reason: Mapped[str]
    evidence_sha256: Mapped[str | None]
    evidence_name: Mapped[str | None]
    judged_at: Mapped[datetime] = mapped_column(default=now)
