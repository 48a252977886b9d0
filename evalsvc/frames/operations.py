"""Keep a checked frame: the canonical file and the client's own file in the store, one row, one audit row."""

from collections.abc import Sequence
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
from sampling.hashing import canonical_json
from sampling.levels import levels_as_json


@dataclass(frozen=True)
class KeptFrame:
    """A frame without fault whose files lie in the store; no row names them yet."""

    checked: CheckedFrame
    file_sha256: str
    source_sha256: str


def keep_frame(store: Store, checked: CheckedFrame) -> KeptFrame:
    """Put a frame that `reading.check_files` found without fault, and the client's own files, into the store.

    Needs no transaction, and takes a while.
    """
    if checked.frame.path is None:
        raise ValueError("the frame stands in no file")
    return KeptFrame(checked, store.put_file(checked.frame.path), _stored(store, checked.sources))


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


def _stored(store: Store, sources: Sequence[Path]) -> str:
    """Store the client's files, of several also a list of their names and hashes, whose hash stands for them all."""
    hashes = [store.put_file(path) for path in sources]
    if len(hashes) == 1:
        return hashes[0]
    listed = [{"name": path.name, "sha256": sha256} for path, sha256 in zip(sources, hashes, strict=True)]
    return store.put(canonical_json(listed))


def _profile(checked: CheckedFrame) -> dict[str, object]:
    return {
        "levels": levels_as_json(checked.frame.levels),
        "counts": dict(checked.profile.counts),
        # Totals can have declared decimals; as text they keep them.
        "totals": {name: str(value) for name, value in checked.profile.totals.items()},
        "encoding": checked.encoding,
        "unused_columns": list(checked.unused_columns),
    }
