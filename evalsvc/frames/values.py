"""Values that leave the frames room."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sampling.frame import Frame
from sampling.frame_profile import FrameProfile


@dataclass(frozen=True)
class CheckedFrame:
    """Files of a client that were read without a complaint, and the frame made of them; nothing is kept yet."""

    frame: Frame
    profile: FrameProfile
    frame_sha256: str
    sources: tuple[Path, ...]
    """The files as they were handed in."""
    source_name: str
    """Their names."""
    mapping_text: str
    encoding: str | None
    unused_columns: tuple[str, ...]


@dataclass(frozen=True)
class LevelLine:
    """One level of a frame with the number of its units and the totals of its number columns."""

    name: str
    id_column: str
    columns: tuple[str, ...]
    units: int
    totals: Mapping[str, str]


@dataclass(frozen=True)
class FrameRecord:
    """One frame of an evaluation."""

    id: str
    evaluation_id: str
    frame_sha256: str
    file_sha256: str
    source_name: str
    source_sha256: str
    mapping_text: str
    levels: tuple[LevelLine, ...]
    encoding: str | None
    unused_columns: tuple[str, ...]
    sources: Sequence[Mapping[str, str]]
    """Name and SHA-256 of each of the client's files."""
    notes: Mapping[str, Any]
    """Which columns hold administrative codes of which year, and which hashes of identity numbers."""
    profile: Sequence[Mapping[str, Any]]
    """What was counted, level by level, as `telling.profile_as_json` writes it."""
    imported_at: datetime
