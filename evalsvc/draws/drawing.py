"""Carry a committed draw out: take the sample without holding anybody up, then write it down, once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import insert
from sqlalchemy.orm import Session

from evalsvc import audit, files
from evalsvc.db import as_text, now
from evalsvc.draws import log
from evalsvc.draws import secrets as sealed
from evalsvc.draws.models import Draw, DrawUnit
from evalsvc.draws.operations import COMMITTED, DRAWN, append_to_log, draw_row, require_designer
from evalsvc.draws.units import unit_rows
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.frames.models import FrameFile
from evalsvc.people.actor import Actor
from evalsvc.store import Store
from evalsvc.version import CODE_VERSION
from sampling.commitment import Commitment
from sampling.design import load_design
from sampling.draw import run_draw
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame, open_frame
from sampling.manifest import Manifest


@dataclass(frozen=True)
class Revealed:
    """What is known at last when a draw is carried out."""

    secret: str
    public_value: str | None
    at: datetime


@dataclass(frozen=True)
class Sample:
    """What a draw gave: the manifest lies in the store, the units are rows that wait to be written."""

    number: int
    revealed: Revealed
    manifest_sha256: str
    units: Sequence[Mapping[str, object]]
    counts: Mapping[str, int]


def sample(
    session: Session,
    store: Store,
    actor: Actor,
    evaluation: EvaluationRecord,
    *,
    number: int,
    public_value: str | None,
    secret_key: str,
) -> Sample:
    """Take the sample of what was committed; needs no writing transaction, and changes nothing that others see.

    Raises
    ------
    ForbiddenError
        ``draw.designer_only``
    NotFoundError
        ``draw.unknown``
    ConflictError
        ``draw.already_drawn``, ``draw.secret_unreadable``
    InvalidError
        ``draw.run_refused``: the public value, the frame or the design is not what was committed.
    """
    require_designer(actor)
    draw = _committed(session, evaluation.id, number)
    frame = open_frame(store.path(session.get_one(FrameFile, draw.frame_id).file_sha256))
    secret = sealed.decrypt(secret_key, draw.secret_encrypted)
    revealed = Revealed(secret, public_value, now().replace(microsecond=0))
    manifest = _manifest(store, draw, frame, revealed)
    return Sample(
        number=number,
        revealed=revealed,
        manifest_sha256=store.put(manifest.to_json().encode()),
        units=[{"draw_id": draw.id, **row} for row in unit_rows(manifest.stages, frame)],
        counts={stage.name: len(stage.units) for stage in manifest.stages},
    )


def keep(session: Session, actor: Actor, evaluation: EvaluationRecord, taken: Sample) -> Draw:
    """Write what a draw gave, once, and enter the manifest in the public log.

    Raises
    ------
    ConflictError
        ``draw.already_drawn``
    """
    draw, at = _committed(session, evaluation.id, taken.number, lock=True), taken.revealed.at
    session.execute(insert(DrawUnit), taken.units)
    draw.state, draw.drawn_at, draw.drawn_by = DRAWN, at, actor.identifier
    draw.public_value, draw.manifest_sha256 = taken.revealed.public_value, taken.manifest_sha256
    session.flush()
    details = {"number": taken.number, "manifest": taken.manifest_sha256, "units": dict(taken.counts)}
    audit.record(session, actor.identifier, "draw.run", draw.id, details)
    append_to_log(session, log.MANIFEST, log.subject_of(evaluation.code, draw.number), taken.manifest_sha256, at)
    return draw


def _manifest(store: Store, draw: Draw, frame: Frame, revealed: Revealed) -> Manifest:
    """Draw the sample of what was committed, and of nothing else."""
    reading = load_design(draw.design_text, files.DESIGN)
    if reading.design is None:
        raise InvalidError("draw.design_rejected", reading.complaints, count=len(reading.complaints))
    try:
        return run_draw(
            reading.design,
            frame,
            Commitment.from_json(store.get(draw.commitment_sha256).decode()),
            revealed.secret,
            revealed.public_value,
            drawn_at=as_text(revealed.at),
            code_version=CODE_VERSION,
        )
    except SamplingError as error:
        refused = error.complaints or (Complaint(error.code, details=error.details),)
        raise InvalidError("draw.run_refused", refused, number=draw.number) from error


def _committed(session: Session, evaluation_id: str, number: int, *, lock: bool = False) -> Draw:
    draw = draw_row(session, evaluation_id, number, lock=lock)
    if draw.state != COMMITTED:
        raise ConflictError("draw.already_drawn", number=number)
    return draw
