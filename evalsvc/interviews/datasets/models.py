"""The table of datasets that were asked for."""

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Base, new_identifier, now


class Dataset(Base):
    """One file of answers: who asked for what, and, once it is made, what is in it; the file itself expires."""

    __tablename__ = "dataset"
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    form_id: Mapped[str]
    format: Mapped[str]
    """One of forms.dataset.formats.FORMATS."""
    full: Mapped[bool]
    """Whether personal data are in it."""
    media: Mapped[bool]
    scope: Mapped[str]
    """`standing` or `approved`: which interviews are in it."""
    language: Mapped[str]
    """Language of the labels."""
    reason: Mapped[str]
    """Why a full one was asked for; else empty text."""
    wished_by: Mapped[str] = mapped_column(ForeignKey("person.id"))
    wished_at: Mapped[datetime] = mapped_column(default=now)
    made_at: Mapped[datetime | None]
    size: Mapped[int | None] = mapped_column(BigInteger)
    """Bytes of the file."""
    interviews: Mapped[int | None]
    expires_at: Mapped[datetime | None]
    removed_at: Mapped[datetime | None]
    """When the file was removed, or the making of it given up."""
