"""Keep a checked frame: the canonical file and the client's own file in the store, one row, one audit row."""

import tempfile
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.errors import ConflictError, ForbiddenError
from evalsvc.frames.models import FrameFile
from evalsvc.frames.values import CheckedFrame
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.store import Store
from sampling.frame import write_frame
from sampling.levels import levels_as_json


@dataclass(frozen=True)
class KeptFrame:
    """A frame without fault whose files lie in the store; no row names them yet."""

    checked: CheckedFrame
    file_sha256: str
    source_sha256: str


def keep_frame(store: Store, checked: CheckedFrame) -> KeptFrame:
    """Put a frame that `reading.check_file` found without fault, and the client's own file, into the store.

    Needs no transaction, and takes a while.
    """
    return KeptFrame(checked, _stored(store, checked), store.put(checked.source))


def import_frame(session: Session, actor: Actor, evaluation_id: str, kept: KeptFrame) -> FrameFile:
    """Write down a frame that is kept already.

    Raises
    ------
    ForbiddenError
        ``frame.designer_only``
    ConflictError
        ``frame.already_imported``: the same units stand in a frame of this evaluation.
    """
    if not actor.has(DESIGNER, LEAD):
        raise ForbiddenError("frame.designer_only")
    checked = kept.checked
    same = select(FrameFile.id).where(
        FrameFile.evaluation_id == evaluation_id, FrameFile.frame_sha256 == checked.frame_sha256
    )
    if session.scalars(same).first() is not None:
        raise ConflictError("frame.already_imported", file=checked.source_name, frame_sha256=checked.frame_sha256)
    row = FrameFile(
        evaluation_id=evaluation_id,
        frame_sha256=checked.frame_sha256,
        file_sha256=kept.file_sha256,
        source_sha256=kept.source_sha256,
        source_name=checked.source_name,
        mapping_text=checked.mapping_text,
        profile=_profile(checked),
        imported_by=actor.identifier,
    )
    session.add(row)
    session.flush()
    details = {"frame": row.frame_sha256, "source": row.source_sha256, "units": dict(checked.profile.counts)}
    audit.record(session, actor.identifier, "frame.import", row.id, details)
    return row


def _stored(store: Store, checked: CheckedFrame) -> str:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "frame.parquet"
        write_frame(checked.frame, path)
        return store.put_file(path)


def _profile(checked: CheckedFrame) -> dict[str, object]:
    return {
        "levels": levels_as_json(checked.frame.levels),
        "counts": dict(checked.profile.counts),
        # Totals can have declared decimals; as text they keep them.
        "totals": {name: str(value) for name, value in checked.profile.totals.items()},
        "encoding": checked.encoding,
        "unused_columns": list(checked.unused_columns),
    }
