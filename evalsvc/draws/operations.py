"""Commit a draw, carry it out, open its manifest; a draw never changes, a new one gets a new number."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy import func, insert, select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import as_text, now
from evalsvc.draws import log
from evalsvc.draws import secrets as sealed
from evalsvc.draws.design_reading import read_design
from evalsvc.draws.models import CommitmentEntry, Draw, DrawUnit
from evalsvc.draws.queries import last_line
from evalsvc.draws.summary import excluded_units
from evalsvc.draws.units import unit_rows
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.frames.models import FrameFile
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.store import Store
from evalsvc.version import CODE_VERSION
from sampling.chain import ChainEntry, chain_entry, entry_time
from sampling.commitment import Commitment, hash_secret
from sampling.commitment import commit as bind
from sampling.design import Design, load_design
from sampling.draw import run_draw
from sampling.errors import Complaint, SamplingError, complain
from sampling.estimable import without_interval
from sampling.frame import Frame, open_frame
from sampling.manifest import Manifest

COMMITTED, DRAWN = "committed", "drawn"
DESIGN_FILE = "design.yaml"


def commit(
    session: Session,
    store: Store,
    actor: Actor,
    evaluation: EvaluationRecord,
    *,
    frame_id: str,
    purpose: str,
    design_text: str,
    secret_key: str,
) -> Draw:
    """Bind a design and a frame to a fresh secret, and enter the commitment in the public log.

    Raises
    ------
    ForbiddenError
        ``draw.designer_only``
    NotFoundError
        ``frame.unknown``
    InvalidError
        ``draw.design_rejected`` with every complaint about the design.
    """
    _require_designer(actor)
    frame_file = session.get(FrameFile, frame_id)
    if frame_file is None or frame_file.evaluation_id != evaluation.id:
        raise NotFoundError("frame.unknown", frame=frame_id)
    frame = open_frame(store.path(frame_file.file_sha256))
    design = _checked_design(design_text, frame, evaluation, _next_number(session, evaluation.id))
    secret, moment = secrets.token_hex(32), now().replace(microsecond=0)
    made = bind(design, frame, hash_secret(secret), committed_at=as_text(moment))
    draw = Draw(
        evaluation_id=evaluation.id,
        frame_id=frame_file.id,
        number=design.draw,
        purpose=purpose.strip() or design.title,
        state=COMMITTED,
        design_text=design_text,
        excluded=[asdict(each) for each in excluded_units(design, frame)],
        commitment=made.commitment,
        commitment_sha256=store.put(made.to_json().encode()),
        secret_encrypted=sealed.encrypt(secret_key, secret),
        committed_at=moment,
        committed_by=actor.identifier,
    )
    session.add(draw)
    session.flush()
    _note_commitment(session, actor, evaluation, draw)
    return draw


def _require_designer(actor: Actor) -> None:
    if not actor.has(DESIGNER, LEAD):
        raise ForbiddenError("draw.designer_only")


def _note_commitment(session: Session, actor: Actor, evaluation: EvaluationRecord, draw: Draw) -> None:
    details = {"number": draw.number, "commitment": draw.commitment, "frame": draw.frame_id}
    audit.record(session, actor.identifier, "draw.commit", draw.id, details)
    subject = log.subject_of(evaluation.code, draw.number)
    append_to_log(session, log.COMMITMENT, subject, draw.commitment, draw.committed_at)


def _next_number(session: Session, evaluation_id: str) -> int:
    return (session.scalar(select(func.max(Draw.number)).where(Draw.evaluation_id == evaluation_id)) or 0) + 1


def _checked_design(text: str, frame: Frame, evaluation: EvaluationRecord, number: int) -> Design:
    def against(design: Design) -> list[Complaint]:
        return [*_identity_complaints(design, evaluation.code, number), *without_interval(design, DESIGN_FILE)]

    return read_design(text, DESIGN_FILE, frame, against=against)


def _identity_complaints(design: Design, code: str, number: int) -> Sequence[Complaint]:
    found: list[Complaint] = []
    if design.evaluation != code:
        found.append(
            complain(
                "draw.other_evaluation", file=DESIGN_FILE, column="evaluation", value=design.evaluation, expected=code
            )
        )
    if design.draw != number:
        found.append(complain("draw.number", file=DESIGN_FILE, column="draw", value=design.draw, expected=number))
    return found


def append_to_log(session: Session, kind: str, subject: str, sha256: str, at: datetime) -> ChainEntry:
    """Add a line to the public log; the audit row written before holds the lock that keeps lines in one order.

    A long draw may end after what was entered meanwhile: its line then bears the time of the line before it.
    """
    last = last_line(session)
    line = chain_entry(last, kind=kind, subject=subject, sha256=sha256, at=entry_time(last, as_text(at)))
    session.add(CommitmentEntry(**asdict(line)))
    session.flush()
    return line


def run(
    session: Session,
    store: Store,
    actor: Actor,
    evaluation: EvaluationRecord,
    *,
    number: int,
    public_value: str | None,
    secret_key: str,
) -> Draw:
    """Reveal the secret to the draw, carry it out, and keep manifest and units.

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
    _require_designer(actor)
    draw = _locked(session, evaluation.id, number)
    if draw.state != COMMITTED:
        raise ConflictError("draw.already_drawn", number=number)
    frame = open_frame(store.path(session.get_one(FrameFile, draw.frame_id).file_sha256))
    secret, moment = sealed.decrypt(secret_key, draw.secret_encrypted), now().replace(microsecond=0)
    manifest = _manifest(store, draw, frame, Revealed(secret, public_value, moment))
    session.execute(insert(DrawUnit), [{"draw_id": draw.id, **row} for row in unit_rows(manifest, frame)])
    draw.state, draw.public_value, draw.drawn_at, draw.drawn_by = DRAWN, public_value, moment, actor.identifier
    draw.manifest_sha256 = store.put(manifest.to_json().encode())
    session.flush()
    counts = {stage.name: len(stage.units) for stage in manifest.stages}
    details = {"number": number, "manifest": draw.manifest_sha256, "units": counts}
    audit.record(session, actor.identifier, "draw.run", draw.id, details)
    append_to_log(session, log.MANIFEST, log.subject_of(evaluation.code, number), draw.manifest_sha256, moment)
    return draw


@dataclass(frozen=True)
class Revealed:
    """What is known at last when a draw is carried out."""

    secret: str
    public_value: str | None
    at: datetime


def _manifest(store: Store, draw: Draw, frame: Frame, revealed: Revealed) -> Manifest:
    """Draw the sample of what was committed, and of nothing else."""
    reading = load_design(draw.design_text, DESIGN_FILE)
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


def publish(session: Session, actor: Actor, evaluation: EvaluationRecord, number: int) -> Draw:
    """Open the manifest, with secret and reserves, to everybody; the end of the fieldwork is what does it.

    Raises
    ------
    ForbiddenError
        ``draw.lead_only``
    ConflictError
        ``draw.not_drawn``, ``draw.already_published``
    """
    if not actor.has(LEAD):
        raise ForbiddenError("draw.lead_only")
    draw = _locked(session, evaluation.id, number)
    if draw.state != DRAWN:
        raise ConflictError("draw.not_drawn", number=number)
    if draw.published_at is not None:
        raise ConflictError("draw.already_published", number=number)
    draw.published_at, draw.published_by = now(), actor.identifier
    session.flush()
    audit.record(session, actor.identifier, "draw.publish", draw.id, {"manifest": draw.manifest_sha256})
    return draw


def note_opening(session: Session, actor: Actor, draw_id: str, what: str) -> None:
    """Write down that somebody looked at the units of a draw."""
    audit.record(session, actor.identifier, "draw.open", draw_id, {"shown": what})


def _locked(session: Session, evaluation_id: str, number: int) -> Draw:
    draw = session.scalars(
        select(Draw).where(Draw.evaluation_id == evaluation_id, Draw.number == number).with_for_update()
    ).one_or_none()
    if draw is None:
        raise NotFoundError("draw.unknown", draw=number)
    return draw
