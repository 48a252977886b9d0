"""The table of frames."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.collisions import met
from evalsvc.db import Base, new_identifier, now


class FrameFile(Base):
    """One frame of an evaluation: the canonical Parquet file in the store, and where it came from."""

    __tablename__ = "frame_file"
    __table_args__ = (UniqueConstraint("evaluation_id", "frame_sha256", info=met("frame.imported_meanwhile")),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    frame_sha256: Mapped[str]
    """Hash of the units by the draw protocol, the same for every file format and order of rows."""
    file_sha256: Mapped[str]
    """Store key of the Parquet file."""
    source_sha256: Mapped[str]
    """Hash of the file as it was uploaded, its store key unless it held identity numbers; of several, of their list."""
    source_name: Mapped[str]
    mapping_text: Mapped[str]
    """The mapping (YAML) that made the frame from the file; empty text where the file was a frame already."""
    profile: Mapped[dict[str, Any]]
    """Levels with their columns, the files, what is known of the columns, and the counts that the pages show."""
    imported_at: Mapped[datetime] = mapped_column(default=now)
    imported_by: Mapped[str]
