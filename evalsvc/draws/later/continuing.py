"""Go on with a draw from lists that were bound: draw without holding anybody up, then write it down in one commit."""

import tempfile
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import insert
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import as_text, now
from evalsvc.draws import log
from evalsvc.draws.later.binding import refusal
from evalsvc.draws.later.progress import BoundList, Progress, progress_of, require_going_on
from evalsvc.draws.models import Continuation, DrawUnit
from evalsvc.draws.operations import append_to_log, draw_row, require_designer
from evalsvc.draws.queries import record
from evalsvc.draws.units import unit_rows
from evalsvc.draws.values import DrawRecord
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people.actor import Actor
from evalsvc.service import Service
from evalsvc.store import Store
from evalsvc.version import CODE_VERSION
from sampling.errors import SamplingError, complain
from sampling.frame_text import FRAME_FILE
from sampling.listing import continue_draw


@dataclass(frozen=True)
class Continued:
    """What was drawn from bound lists: manifest and frame lie in the store, the units wait to be written."""

    number: int
    before: str
    """The manifest that it goes on from."""
    manifest_sha256: str
    frame_sha256: str
    parents: tuple[str, ...]
    units: Sequence[Mapping[str, object]]
    at: datetime


def go_on(
    service: Service, actor: Actor, evaluation: EvaluationRecord, *, number: int, parents: Collection[str] | None = None
) -> DrawRecord:
    """Draw from lists that were bound and not drawn from yet: those named, or all of them.

    Raises
    ------
    EvalsvcError
        Whatever `progress_of` refuses; ``draw.designer_only``; ``draw.nothing_bound``, ``draw.lists_moved``
    InvalidError
        ``draw.lists_not_chosen`` with the units named that have no list to draw from; ``draw.lists_refused``
    """
    require_designer(actor)
    with service.database.reading() as session:
        progress = progress_of(session, service.store, actor, evaluation, number, going_on=True)
    taken = continued(service.store, progress, _chosen(progress, parents))
    with service.database.transaction() as session:
        return keep_continued(session, actor, evaluation, taken)


def _chosen(progress: Progress, parents: Collection[str] | None) -> tuple[BoundList, ...]:
    pending = {each.parent: each for each in progress.pending}
    if not pending:
        raise ConflictError("draw.nothing_bound", number=progress.draw.number)
    if parents is None:
        return tuple(pending.values())
    unknown = [complain("draw.list_not_pending", parent=parent) for parent in sorted(set(parents) - pending.keys())]
    if unknown or not parents:
        raise InvalidError("draw.lists_not_chosen", unknown, count=len(unknown))
    return tuple(each for parent, each in pending.items() if parent in parents)


def continued(store: Store, progress: Progress, chosen: Sequence[BoundList]) -> Continued:
    """Draw from some lists; needs no transaction, and changes nothing that others see.

    Raises
    ------
    InvalidError
        ``draw.lists_refused``
    """
    parents = tuple(each.parent for each in chosen)
    moment = now().replace(microsecond=0)
    with tempfile.TemporaryDirectory() as folder:
        frame = progress.extended({*progress.drawn_from, *parents}, Path(folder) / FRAME_FILE)
        entries = [progress.entry(each) for each in chosen]
        try:
            manifest = continue_draw(
                progress.manifest, frame, entries, drawn_at=as_text(moment), code_version=CODE_VERSION
            )
        except SamplingError as error:
            raise refusal(error) from error
        rows = [
            {"draw_id": progress.draw.id, **row}
            for row in unit_rows(manifest.stages[-1:], frame)
            if row["parent"] in parents
        ]
        return Continued(
            number=progress.draw.number,
            before=str(progress.draw.manifest_sha256),
            manifest_sha256=store.put(manifest.to_json().encode()),
            frame_sha256=store.put_file(Path(folder) / FRAME_FILE),
            parents=parents,
            units=rows,
            at=moment,
        )


def keep_continued(session: Session, actor: Actor, evaluation: EvaluationRecord, taken: Continued) -> DrawRecord:
    """Write down what was drawn from lists, and enter the manifest that goes on in the public log.

    Raises
    ------
    ConflictError
        ``draw.lists_moved``: the draw went on meanwhile; what `require_going_on` refuses
    """
    draw = draw_row(session, evaluation.id, taken.number, lock=True)
    require_going_on(draw)
    if draw.last_manifest_sha256 != taken.before:
        raise ConflictError("draw.lists_moved", number=taken.number)
    if taken.units:
        session.execute(insert(DrawUnit), list(taken.units))
    session.add(
        Continuation(
            draw_id=draw.id,
            number=len(draw.continuations) + 1,
            manifest_sha256=taken.manifest_sha256,
            frame_sha256=taken.frame_sha256,
            drawn_at=taken.at,
            drawn_by=actor.identifier,
        )
    )
    session.flush()
    session.refresh(draw, ["continuations"])
    details = {"number": taken.number, "manifest": taken.manifest_sha256, "lists": list(taken.parents)}
    audit.record(session, actor.identifier, "draw.continue", draw.id, details)
    subject = log.subject_of(evaluation.code, draw.number)
    append_to_log(session, log.CONTINUATION, subject, taken.manifest_sha256, taken.at)
    return record(draw)
