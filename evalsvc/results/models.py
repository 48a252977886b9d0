"""Table of computed results."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.db import Base, new_identifier, now


class ResultSet(Base):
    """One run of the analysis plan on one state of the answers; it is never changed, a new run is a new row."""

    __tablename__ = "result_set"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    draw_id: Mapped[str] = mapped_column(ForeignKey("draw.id"))
    plan_sha256: Mapped[str]
    answers_sha256: Mapped[str]
    results_sha256: Mapped[str]
    inputs: Mapped[dict[str, Any]]
    """Name of each input file and its SHA-256."""
    code_version: Mapped[str]
    computed_at: Mapped[datetime] = mapped_column(default=now)
