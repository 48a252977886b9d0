"""Keep a checked frame: the canonical file and the client's own file in the store, one row, one audit row."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.errors import ConflictError, ForbiddenError
from evalsvc.frames.models import FrameFile
from evalsvc.frames.telling import profile_as_json
from evalsvc.frames.values import CheckedFrame
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.store import Store
from sampling.hashing import canonical_json
from sampling.levels import levels_as_json


@dataclass(frozen=True)
class Source:
    """One file of the client, with its SHA-256."""

    name: str
    sha256: str


@dataclass(frozen=True)
class KeptFrame:
    """A frame without fault whose files lie in the store; no row names them yet."""

    checked: CheckedFrame
    file_sha256: str
    sources: tuple[Source, ...]


def keep_frame(store: Store, checked: CheckedFrame) -> KeptFrame:
    """Put a frame that `reading.check_files` found without fault, and the client's own files, into the store.

    Needs no transaction, and takes a while.
    """
    if checked.frame.path is None:
        raise ValueError("the frame stands in no file")
    stored = store.put_file(checked.frame.path)
    return KeptFrame(checked, stored, keep_sources(store, checked))


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
        source_sha256=hash_of_sources(kept.sources),
        source_name=checked.source_name,
        mapping_text=checked.mapping_text,
        profile=_profile(kept),
        imported_by=actor.identifier,
    )
    session.add(row)
    session.flush()
    details = {"frame": row.frame_sha256, "source": row.source_sha256, "units": dict(checked.profile.counts)}
    audit.record(session, actor.identifier, "frame.import", row.id, details)
    return row


def keep_sources(store: Store, checked: CheckedFrame) -> tuple[Source, ...]:
    """Store the client's files; those with identity numbers are only hashed, for no number is kept in clear."""
    if checked.frame.notes.identity is None:
        return tuple(Source(path.name, store.put_file(path)) for path in checked.sources)
    return tuple(Source(path.name, _hash_of_file(path)) for path in checked.sources)


def _hash_of_file(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def hash_of_sources(sources: Sequence[Source]) -> str:
    """Return the hash of the one file, or of the list of names and hashes."""
    if len(sources) == 1:
        return sources[0].sha256
    return hashlib.sha256(canonical_json([vars(each) for each in sources])).hexdigest()


def _profile(kept: KeptFrame) -> dict[str, object]:
    checked = kept.checked
    return {
        "sources": [vars(each) for each in kept.sources],
        "notes": checked.frame.notes.as_json(),
        "profile": profile_as_json(checked.profile),
        "levels": levels_as_json(checked.frame.levels),
        "counts": dict(checked.profile.counts),
        # Totals can have declared decimals; as text they keep them.
        "totals": {name: str(value) for name, value in checked.profile.totals.items()},
        "encoding": checked.encoding,
        "unused_columns": list(checked.unused_columns),
    }
