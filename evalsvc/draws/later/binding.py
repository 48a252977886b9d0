"""Bind lists that were made later: read and compute first, then write them down, with their lines in the log."""

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import as_text, now
from evalsvc.draws import log
from evalsvc.draws.later.progress import Progress, progress_of, require_going_on
from evalsvc.draws.later.reading import ReadLists, complaints_beside, list_mapping, read_lists
from evalsvc.draws.models import Draw, LaterList
from evalsvc.draws.operations import append_to_log, draw_row, require_designer
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.frames.judged import against_households
from evalsvc.frames.keys import configured_key
from evalsvc.frames.operations import hash_of_sources, keep_sources
from evalsvc.people.actor import Actor
from evalsvc.service import Service
from evalsvc.store import Store
from sampling.errors import Complaint, SamplingError, complain
from sampling.frame_text import FRAME_FILE
from sampling.listing import bind_lists
from sampling.manifest import FrameEntry


@dataclass(frozen=True)
class NewLists:
    """Lists that may be bound: their files lie in the store, no row names them yet."""

    number: int
    known: int
    """How many lists were bound when these were compared with them."""
    entries: tuple[FrameEntry, ...]
    units: dict[str, int]
    file_sha256: str
    source_name: str
    source_sha256: str
    at: datetime


def bind_sent(
    service: Service,
    actor: Actor,
    evaluation: EvaluationRecord,
    *,
    number: int,
    sources: Sequence[Path],
    mapping_text: str,
    only: str | None = None,
) -> tuple[str, ...]:
    """Bind the lists of the files that somebody handed in, all of them or none; return whose they are.

    Parameters
    ----------
    mapping_text : str
        How the files call the columns; empty for the names of the frame's own files.
    only : str, optional
        The one drawn unit whose list it has to be.

    Raises
    ------
    EvalsvcError
        Whatever `progress_of` refuses; ``draw.designer_only``; ``draw.lists_moved``
    InvalidError
        ``frame.refused`` with every row that cannot be read; ``draw.lists_refused`` with everything that stands
        against binding what was read.
    """
    require_designer(actor)
    with service.database.reading() as session:
        progress = progress_of(session, service.store, actor, evaluation, number, going_on=True)
    with tempfile.TemporaryDirectory() as folder:
        mapping = mapping_text if mapping_text.strip() else list_mapping(progress.frame, progress.frame_mapping)
        key = configured_key(service.config)
        read = read_lists(sources, mapping, progress.frame, Path(folder) / FRAME_FILE, key=key)
        new = _checked(service.store, progress, read, Path(folder), only)
    with service.database.transaction() as session:
        keep_bound(session, actor, evaluation, new)
    return tuple(str(entry.parent) for entry in new.entries)


def _checked(store: Store, progress: Progress, read: ReadLists, folder: Path, only: str | None) -> NewLists:
    """Compare lists with the draw, give them their hashes, and keep their files; nothing is bound yet."""
    bound = frozenset(each.parent for each in progress.bound)
    before = [progress.listed(each) for each in progress.bound]
    complaints = complaints_beside(progress.frame, before, read, frozenset(progress.parents), bound)
    if only is not None:
        others = sorted(read.counts.keys() - {only})
        complaints += [complain("draw.list_of_another", parent=parent, expected=only) for parent in others]
    if complaints:
        raise _refused(complaints)
    frame = progress.extended(bound, folder / "extended.parquet", [read.listed])
    moment = now().replace(microsecond=0)
    entries = tuple(progress.entry(each) for each in progress.pending)
    so_far = replace(progress.manifest, frames=(*progress.manifest.frames, *entries))
    try:
        found = bind_lists(so_far, frame, at=as_text(moment))
    except SamplingError as error:
        raise refusal(error) from error
    households, count = against_households(progress.design, frame)
    if households:
        raise InvalidError("draw.lists_refused", households, count=count)
    sources = keep_sources(store, read.checked)
    return NewLists(
        number=progress.draw.number,
        known=len(progress.bound),
        entries=found,
        units=dict(read.counts),
        file_sha256=store.put_file(read.listed.path),
        source_name=read.checked.source_name,
        source_sha256=hash_of_sources(sources),
        at=moment,
    )


def keep_bound(session: Session, actor: Actor, evaluation: EvaluationRecord, new: NewLists) -> None:
    """Write lists down for good, and enter each in the public log.

    Raises
    ------
    ConflictError
        ``draw.lists_moved``: lists were bound since these were compared with those before; what `require_going_on`
        refuses
    """
    draw = draw_row(session, evaluation.id, new.number, lock=True)
    require_going_on(draw)
    known = session.scalar(select(func.count()).select_from(LaterList).where(LaterList.draw_id == draw.id))
    if known != new.known:
        raise ConflictError("draw.lists_moved", number=new.number)
    session.add_all(_row(draw, actor, new, entry) for entry in new.entries)
    session.flush()
    lists = {str(entry.parent): entry.sha256 for entry in new.entries}
    audit.record(session, actor.identifier, "draw.bind_lists", draw.id, {"number": draw.number, "lists": lists})
    for entry in new.entries:
        subject = log.subject_of_list(evaluation.code, draw.number, str(entry.parent))
        append_to_log(session, log.LIST, subject, entry.sha256, new.at)


def _row(draw: Draw, actor: Actor, new: NewLists, entry: FrameEntry) -> LaterList:
    return LaterList(
        draw_id=draw.id,
        parent=str(entry.parent),
        sha256=entry.sha256,
        units=new.units[str(entry.parent)],
        file_sha256=new.file_sha256,
        source_name=new.source_name,
        source_sha256=new.source_sha256,
        bound_at=new.at,
        bound_by=actor.identifier,
    )


def refusal(error: SamplingError) -> InvalidError:
    """Say that lists were refused, with everything that stands against them."""
    return _refused(error.complaints or (Complaint(error.code, details=error.details),))


def _refused(complaints: Sequence[Complaint]) -> InvalidError:
    return InvalidError("draw.lists_refused", complaints, count=len(complaints))
