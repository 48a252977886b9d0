"""Reads of frames."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.errors import NotFoundError
from evalsvc.frames.models import FrameFile
from evalsvc.frames.values import FrameRecord, LevelLine


def frames_of(session: Session, evaluation_id: str) -> list[FrameRecord]:
    """List the frames of an evaluation, newest first."""
    rows = session.scalars(
        select(FrameFile)
        .where(FrameFile.evaluation_id == evaluation_id)
        .order_by(FrameFile.imported_at.desc(), FrameFile.id.desc())
    )
    return [record(row) for row in rows]


def frame_by_id(session: Session, evaluation_id: str, identifier: str) -> FrameRecord:
    """Return one frame of an evaluation.

    Raises
    ------
    NotFoundError
        ``frame.unknown``
    """
    row = session.get(FrameFile, identifier)
    if row is None or row.evaluation_id != evaluation_id:
        raise NotFoundError("frame.unknown", frame=identifier)
    return record(row)


def record(row: FrameFile) -> FrameRecord:
    """Copy a row into the value that pages and other features see."""
    return FrameRecord(
        id=row.id,
        evaluation_id=row.evaluation_id,
        frame_sha256=row.frame_sha256,
        file_sha256=row.file_sha256,
        source_name=row.source_name,
        source_sha256=row.source_sha256,
        mapping_text=row.mapping_text,
        levels=tuple(_level(row, level) for level in row.profile["levels"]),
        encoding=row.profile["encoding"],
        unused_columns=tuple(row.profile["unused_columns"]),
        sources=row.profile["sources"],
        notes=row.profile["notes"],
        profile=row.profile["profile"],
        imported_at=row.imported_at,
    )


def _level(row: FrameFile, level: dict[str, object]) -> LevelLine:
    columns = tuple(dict(level["columns"]))  # type: ignore[call-overload]  # the profile is ours, its JSON untyped
    totals = row.profile["totals"]
    return LevelLine(
        name=str(level["name"]),
        id_column=str(level["id"]),
        columns=columns,
        units=row.profile["counts"][level["name"]],
        totals={name: totals[name] for name in columns if name in totals},
    )
