"""Tables of reports and of their signatures."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from evalsvc.db import Base, new_identifier


class Edition(Base):
    """One report with its bundle, from the wish for it on; a correction is a further edition, never a change."""

    __tablename__ = "edition"
    __table_args__ = (UniqueConstraint("evaluation_id", "number"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    number: Mapped[int]
    kind: Mapped[str]
    language: Mapped[str]
    scope: Mapped[str] = mapped_column(default="")
    """The code of the county that it is about; empty for all."""
    answer_by: Mapped[str] = mapped_column(default="")
    """The day by which a county may answer a letter, YYYY-MM-DD; empty where none is asked."""
    state: Mapped[str]
    result_set_id: Mapped[str] = mapped_column(ForeignKey("result_set.id"))
    pdf_sha256: Mapped[str] = mapped_column(default="")
    """The file as it stands, with the signatures given so far."""
    layout_sha256: Mapped[str] = mapped_column(default="")
    bundle_sha256: Mapped[str] = mapped_column(default="")
    data_sha256: Mapped[str] = mapped_column(default="", index=True)
    """Of edition.json, as the code on the cover names it."""
    level: Mapped[str] = mapped_column(default="")
    """How far the issued file is proven: B-B, B-T, B-LT, B-LTA."""
    log_lines: Mapped[int] = mapped_column(default=0)
    """Lines of the public log in the bundle."""
    wished_at: Mapped[datetime]
    composed_at: Mapped[datetime | None]
    lead_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    reviewer_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    corrects_id: Mapped[str | None] = mapped_column(ForeignKey("edition.id"))
    changed: Mapped[str] = mapped_column(default="")
    issued_at: Mapped[datetime | None]
    renewed_sha256: Mapped[str] = mapped_column(default="")
    """The issued file with the stamps that were added since; the public log names `pdf_sha256`."""
    renewed_at: Mapped[datetime | None]
    renewal_tried_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(default="")

    signatures: Mapped[list["EditionSignature"]] = relationship(order_by="EditionSignature.place")
    corrected: Mapped["Edition | None"] = relationship(remote_side="Edition.id")


class EditionSignature(Base):
    """One signature of a report."""

    __tablename__ = "edition_signature"
    __table_args__ = (UniqueConstraint("edition_id", "role"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    edition_id: Mapped[str] = mapped_column(ForeignKey("edition.id"), index=True)
    place: Mapped[int]
    """From 1, in the order of signing."""
    role: Mapped[str]
    person_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"))
    subject: Mapped[str]
    signed_at: Mapped[datetime]
    pdf_sha256: Mapped[str]
