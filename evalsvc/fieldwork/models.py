"""The table of assignments."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Base, new_identifier


class Assignment(Base):
    """One household of a draw that is visited with one instrument, or a reserve that waits closed."""

    __tablename__ = "assignment"
    __table_args__ = (
        UniqueConstraint("draw_id", "unit_id"),
        Index("ix_assignment_group", "draw_id", "parent", "stratum"),
        Index("ix_assignment_unit", "evaluation_id", "unit_id"),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"))
    draw_id: Mapped[str] = mapped_column(ForeignKey("draw.id"))
    instrument_id: Mapped[str] = mapped_column(ForeignKey("instrument.id"))
    unit_id: Mapped[str]
    parent: Mapped[str]
    """The village."""
    county: Mapped[str]
    """The unit of the frame's top level that the household lies in."""
    stratum: Mapped[str]
    sample_type: Mapped[str]
    order: Mapped[int | None]
    unannounced: Mapped[bool | None]
    """Whether it, or a unit that it lies in, is marked for a visit without notice; null where the draw marks none."""
    opened_at: Mapped[datetime | None]
    """When the household entered the fieldwork; null for a reserve that is closed."""
    replaces: Mapped[str | None]
    """The unit that an opened reserve stands beside."""
    reason: Mapped[str | None]
    """The reason code for which the reserve was opened."""
    disposition: Mapped[str | None]
    """What came of it; null until known."""
    instance_id: Mapped[str | None]
    """The interview that gave the disposition."""
    team: Mapped[str | None]
    """The team that visits the village, in the institute's words; null where none was named."""
    enumerator_id: Mapped[str | None] = mapped_column(ForeignKey("person.id"), index=True)
