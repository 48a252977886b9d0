"""Commit a draw, open its manifest; a draw never changes, a new one gets a new number. drawing.py carries it out."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc import audit, files
from evalsvc.db import as_text, now
from evalsvc.draws import log
from evalsvc.draws import secrets as sealed
from evalsvc.draws.models import CommitmentEntry, Draw
from evalsvc.draws.queries import last_line
from evalsvc.draws.summary import excluded_units
from evalsvc.draws.values import Excluded
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.frames.design_reading import read_design
from evalsvc.frames.judged import MOST_NAMED, against_columns, against_households
from evalsvc.frames.models import FrameFile
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.store import Store
from evalsvc.time_stamps.authority import Authority, obtain, require_same_clock
from evalsvc.time_stamps.token import Stamp
from evalsvc.zone import local_text
from sampling.chain import ChainEntry, chain_entry, entry_time
from sampling.commitment import Commitment, hash_secret
from sampling.commitment import commit as commitment_of
from sampling.design import Design
from sampling.errors import Complaint, complain
from sampling.estimable import without_interval
from sampling.frame import Frame, open_frame

COMMITTED, DRAWN = "committed", "drawn"


@dataclass(frozen=True)
class Bound:
    """A design and a frame that were bound to a secret; the commitment lies in the store, no row names it yet."""

    frame_id: str
    design: Design
    design_text: str
    excluded: Sequence[Excluded]
    made: Commitment
    commitment_sha256: str
    sealed_secret: str
    at: datetime
    """When it was committed, to the second."""
    stamp: Stamp | None = None


def bind(
    session: Session,
    store: Store,
    actor: Actor,
    evaluation: EvaluationRecord,
    *,
    frame_id: str,
    design_text: str,
    secret_key: str,
) -> Bound:
    """Check a design against a frame and bind both to a fresh secret; needs no writing transaction.

    Raises
    ------
    ForbiddenError
        ``draw.designer_only``
    NotFoundError
        ``frame.unknown``
    InvalidError
        ``draw.design_rejected``, ``draw.frame_rejected`` as `design_for` says.
    """
    require_designer(actor)
    frame_file = session.get(FrameFile, frame_id)
    if frame_file is None or frame_file.evaluation_id != evaluation.id:
        raise NotFoundError("frame.unknown", frame=frame_id)
    frame = open_frame(store.path(frame_file.file_sha256))
    design = design_for(session, evaluation, design_text, frame)
    secret, moment = secrets.token_hex(32), now().replace(microsecond=0)
    made = commitment_of(design, frame, hash_secret(secret), committed_at=as_text(moment))
    return Bound(
        frame_id=frame_file.id,
        design=design,
        design_text=design_text,
        excluded=excluded_units(design, frame),
        made=made,
        commitment_sha256=store.put(made.to_json().encode()),
        sealed_secret=sealed.encrypt(secret_key, secret),
        at=moment,
    )


def stamped(store: Store, bound: Bound, authority: Authority) -> Bound:
    """Have an authority stamp a commitment; from then on it is committed. Needs the network and no transaction.

    Raises
    ------
    TimeStampError
        Whatever `obtain` and `require_same_clock` refuse; nothing is kept.
    """
    answer = obtain(authority, bound.made.commitment, file=files.COMMITMENT)
    moment = now().replace(microsecond=0)
    require_same_clock(answer.stamp, moment, authority.url)
    made = replace(bound.made, committed_at=as_text(moment), time_stamp=answer.token)
    kept = store.put(made.to_json().encode())
    return replace(bound, made=made, commitment_sha256=kept, at=moment, stamp=answer.stamp)


def enter(
    session: Session,
    actor: Actor,
    evaluation: EvaluationRecord,
    bound: Bound,
    purpose: str,
    *,
    release_at: datetime | None = None,
) -> Draw:
    """Write the row that names a commitment, and enter it in the public log.

    Parameters
    ----------
    release_at : datetime, optional
        When the teams may see the draw; as soon as it is drawn unless given.

    Raises
    ------
    ConflictError
        ``draw.committed_meanwhile``: the number went to another design after this one was checked.
    """
    if next_number(session, evaluation.id) != bound.design.draw:
        raise ConflictError("draw.committed_meanwhile")
    draw = Draw(
        evaluation_id=evaluation.id,
        frame_id=bound.frame_id,
        number=bound.design.draw,
        purpose=purpose.strip() or bound.design.title,
        state=COMMITTED,
        design_text=bound.design_text,
        excluded=[asdict(each) for each in bound.excluded],
        commitment=bound.made.commitment,
        commitment_sha256=bound.commitment_sha256,
        secret_encrypted=bound.sealed_secret,
        committed_at=bound.at,
        committed_by=actor.identifier,
        release_at=release_at,
        time_stamped_at=None if bound.stamp is None else bound.stamp.at,
        time_stamped_by=None if bound.stamp is None else bound.stamp.authority,
    )
    session.add(draw)
    session.flush()
    _note_commitment(session, actor, evaluation, draw, stamped=bound.stamp is not None)
    return draw


def require_designer(actor: Actor) -> None:
    """Refuse everybody but designers and the lead."""
    if not actor.has(DESIGNER, LEAD):
        raise ForbiddenError("draw.designer_only")


def _note_commitment(
    session: Session, actor: Actor, evaluation: EvaluationRecord, draw: Draw, *, stamped: bool
) -> None:
    details = {"number": draw.number, "commitment": draw.commitment, "frame": draw.frame_id, "stamped": stamped}
    if draw.release_at is not None:
        details["release_at"] = as_text(draw.release_at)
    audit.record(session, actor.identifier, "draw.commit", draw.id, details)
    subject = log.subject_of(evaluation.code, draw.number)
    append_to_log(session, log.COMMITMENT, subject, draw.commitment, draw.committed_at)


def next_number(session: Session, evaluation_id: str) -> int:
    """Return the number that an evaluation's next draw has."""
    return (session.scalar(select(func.max(Draw.number)).where(Draw.evaluation_id == evaluation_id)) or 0) + 1


def design_for(session: Session, evaluation: EvaluationRecord, text: str, frame: Frame) -> Design:
    """Read the design of an evaluation's next draw against a frame that results can be computed from.

    Raises
    ------
    InvalidError
        ``draw.design_rejected`` with every complaint about the design and its columns; ``draw.frame_rejected`` with
        the households whose values nothing can be computed from.
    """
    number = next_number(session, evaluation.id)

    def against(design: Design) -> list[Complaint]:
        identity = _identity_complaints(design, evaluation.code, number)
        return [*identity, *without_interval(design, files.DESIGN), *against_columns(design, files.DESIGN)]

    design = read_design(text, files.DESIGN, frame, against=against)
    complaints, count = against_households(design, frame)
    if complaints:
        raise InvalidError("draw.frame_rejected", complaints, count=count, limit=MOST_NAMED)
    return design


def _identity_complaints(design: Design, code: str, number: int) -> Sequence[Complaint]:
    found: list[Complaint] = []
    if design.evaluation != code:
        found.append(
            complain(
                "draw.other_evaluation", file=files.DESIGN, column="evaluation", value=design.evaluation, expected=code
            )
        )
    if design.draw != number:
        found.append(complain("draw.number", file=files.DESIGN, column="draw", value=design.draw, expected=number))
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


def publish(session: Session, actor: Actor, evaluation: EvaluationRecord, number: int) -> Draw:
    """Open the manifest, with secret and reserves, to everybody; the end of the fieldwork is what does it.

    Raises
    ------
    ForbiddenError
        ``draw.lead_only``
    ConflictError
        ``draw.not_drawn``, ``draw.already_published``, ``draw.published_before_release``
    """
    if not actor.has(LEAD):
        raise ForbiddenError("draw.lead_only")
    draw = draw_row(session, evaluation.id, number, lock=True)
    if draw.state != DRAWN:
        raise ConflictError("draw.not_drawn", number=number)
    if draw.published_at is not None:
        raise ConflictError("draw.already_published", number=number)
    if draw.release_at is not None and draw.release_at > now():
        at = as_text(draw.release_at)
        raise ConflictError("draw.published_before_release", number=number, release_at=at, local=local_text(at))
    draw.published_at, draw.published_by = now(), actor.identifier
    session.flush()
    audit.record(session, actor.identifier, "draw.publish", draw.id, {"manifest": draw.manifest_sha256})
    return draw


def note_opening(session: Session, actor: Actor, draw_id: str, what: str) -> None:
    """Write down that somebody looked at the units of a draw."""
    audit.record(session, actor.identifier, "draw.open", draw_id, {"shown": what})


def draw_row(session: Session, evaluation_id: str, number: int, *, lock: bool) -> Draw:
    """Return the row of a draw, held until the transaction ends where that is asked for.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    """
    wanted = select(Draw).where(Draw.evaluation_id == evaluation_id, Draw.number == number)
    if lock:
        # Another may have changed what this session has read of it.
        wanted = wanted.with_for_update().execution_options(populate_existing=True)
    draw = session.scalars(wanted).one_or_none()
    if draw is None:
        raise NotFoundError("draw.unknown", draw=number)
    return draw
