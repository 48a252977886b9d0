"""The table of instruments."""

from datetime import datetime

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.collisions import met
from evalsvc.db import Base, new_identifier, now


class Instrument(Base):
    """One published version of a form; it never changes."""

    __tablename__ = "instrument"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "form_id", "version", info=met("instrument.published_meanwhile")),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    form_id: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    xform_sha256: Mapped[str]
    """Store key of the XForm."""
    md5: Mapped[str]
    """MD5 of the XForm's bytes: what OpenRosa clients compare."""
    source_sha256: Mapped[str]
    """Store key of the XLSForm as it was uploaded."""
    source_name: Mapped[str]
    published_at: Mapped[datetime] = mapped_column(default=now)
    published_by: Mapped[str]
