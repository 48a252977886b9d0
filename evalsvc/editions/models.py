"""Table of issued reports."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Base, new_identifier


class Edition(Base):
    """One signed report with its bundle; a correction is a further edition, never a change."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("evaluation_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str]
    result_set_id: Mapped[str] = mapped_column(ForeignKey("result_set.id"))
    pdf_sha256: Mapped[str]
    bundle_sha256: Mapped[str]
    issued_at: Mapped[datetime]
    """As the signed file says it."""
    signer: Mapped[str]
