"""Reads of draws. What leaves here never holds a secret; reserves are the callers' to keep from enumerators."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.draws.log import subject_of
from evalsvc.draws.models import CommitmentEntry, Continuation, Draw, DrawUnit
from evalsvc.draws.values import DrawRecord, Excluded, UnitRecord
from evalsvc.errors import NotFoundError
from evalsvc.evaluations.models import Evaluation
from evalsvc.frames.models import FrameFile
from sampling.chain import ChainEntry


def draws_of(session: Session, evaluation_id: str) -> list[DrawRecord]:
    """List the draws of an evaluation by number."""
    rows = session.scalars(select(Draw).where(Draw.evaluation_id == evaluation_id).order_by(Draw.number))
    return [record(row) for row in rows]


def draw_by_number(session: Session, evaluation_id: str, number: int) -> DrawRecord:
    """Return one draw.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    """
    row = session.scalars(select(Draw).where(Draw.evaluation_id == evaluation_id, Draw.number == number)).one_or_none()
    if row is None:
        raise NotFoundError("draw.unknown", draw=number)
    return record(row)


def draw_in_public(session: Session, code: str, number: int) -> DrawRecord:
    """Return a draw for those who are not signed in: an unknown evaluation answers as an unknown draw does.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    """
    wanted = select(Draw).join(Evaluation, Evaluation.id == Draw.evaluation_id)
    row = session.scalars(wanted.where(Evaluation.code == code, Draw.number == number)).one_or_none()
    if row is None:
        raise NotFoundError("draw.unknown", draw=number)
    return record(row)


def record(row: Draw) -> DrawRecord:
    """Copy a row into the value that pages and other features see."""
    return DrawRecord(
        id=row.id,
        evaluation_id=row.evaluation_id,
        frame_id=row.frame_id,
        number=row.number,
        purpose=row.purpose,
        state=row.state,
        design_text=row.design_text,
        excluded=tuple(Excluded(**{**each, "values": tuple(each["values"])}) for each in row.excluded),
        commitment=row.commitment,
        commitment_sha256=row.commitment_sha256,
        committed_at=row.committed_at,
        time_stamped_at=row.time_stamped_at,
        time_stamped_by=row.time_stamped_by,
        public_value=row.public_value,
        manifest_sha256=row.last_manifest_sha256,
        drawn_at=row.drawn_at,
        release_at=row.release_at,
        published_at=row.published_at,
    )


def last_stage(session: Session, draw_id: str) -> str | None:
    """Return the name of the stage whose units carry weights; None before the draw."""
    return session.scalar(
        select(DrawUnit.stage).where(DrawUnit.draw_id == draw_id, DrawUnit.weight.is_not(None)).limit(1)
    )


def last_stage_units(session: Session, draw_id: str) -> list[UnitRecord]:
    """List the units of the last stage, reserves among them, in the order of the manifest."""
    stage = last_stage(session, draw_id)
    return [] if stage is None else units_of_stage(session, draw_id, stage)


def units_of_stage(session: Session, draw_id: str, stage: str) -> list[UnitRecord]:
    """List the units of one stage by parent, stratum, main before reserve."""
    top = top_column(session, draw_id)
    rows = session.scalars(
        select(DrawUnit)
        .where(DrawUnit.draw_id == draw_id, DrawUnit.stage == stage)
        .order_by(DrawUnit.parent, DrawUnit.stratum, DrawUnit.order.nulls_first(), DrawUnit.unit_id)
    )
    return [
        UnitRecord(
            unit_id=row.unit_id,
            stage=row.stage,
            parent=row.parent,
            top=str(row.attributes.get(top, "")),
            stratum=row.stratum,
            sample_type=row.sample_type,
            order=row.order,
            probability=row.probability,
            weight=row.weight,
            attributes=row.attributes,
            unannounced=row.unannounced,
        )
        for row in rows
    ]


def top_column(session: Session, draw_id: str) -> str:
    """Return the id column of the outermost level of the draw's frame."""
    return levels_of(session, draw_id)[0]["id"]


def levels_of(session: Session, draw_id: str) -> list[dict[str, str]]:
    """Return the levels of the draw's frame, outermost first, each with its name and id column."""
    profile = session.scalar(
        select(FrameFile.profile).join(Draw, Draw.frame_id == FrameFile.id).where(Draw.id == draw_id)
    )
    if profile is None:
        raise NotFoundError("draw.unknown", draw=draw_id)
    return [{"name": str(level["name"]), "id": str(level["id"])} for level in profile["levels"]]


def frame_of_draw(session: Session, draw_id: str) -> str:
    """Return the store key of the frame that a draw was taken from, with the lists drawn from that came later.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    """
    extended = select(Continuation.frame_sha256).where(Continuation.draw_id == draw_id)
    last = session.scalar(extended.order_by(Continuation.number.desc()).limit(1))
    return committed_frame(session, draw_id) if last is None else last


def committed_frame(session: Session, draw_id: str) -> str:
    """Return the store key of the frame that a draw was committed with.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    """
    wanted = select(FrameFile.file_sha256).join(Draw, Draw.frame_id == FrameFile.id).where(Draw.id == draw_id)
    found = session.scalar(wanted)
    if found is None:
        raise NotFoundError("draw.unknown", draw=draw_id)
    return found


def manifests_of(session: Session, draw_id: str) -> list[str]:
    """Return the store keys of a draw's manifests: the first, and those that go on from it, in their order."""
    draw = session.get_one(Draw, draw_id)
    first = [] if draw.manifest_sha256 is None else [draw.manifest_sha256]
    return [*first, *(each.manifest_sha256 for each in draw.continuations)]


def label_of(level: str, identifier: str, attributes: Mapping[str, object]) -> str:
    """Name a unit for people: the column that is called like its level, else the identifier."""
    return str(attributes.get(level) or identifier)


def log_lines(session: Session, after: int = 0) -> list[ChainEntry]:
    """Return the public log from a line on, in order."""
    rows = session.scalars(
        select(CommitmentEntry).where(CommitmentEntry.sequence > after).order_by(CommitmentEntry.sequence)
    )
    return [_line(row) for row in rows]


def last_line(session: Session) -> ChainEntry | None:
    """Return the line that the next one follows."""
    row = session.scalars(select(CommitmentEntry).order_by(CommitmentEntry.sequence.desc()).limit(1)).first()
    return None if row is None else _line(row)


def _line(row: CommitmentEntry) -> ChainEntry:
    return ChainEntry(row.sequence, row.kind, row.subject, row.sha256, row.at, row.previous, row.hash)


def units_above_last(session: Session, draw_id: str) -> dict[str, UnitRecord]:
    """Return the units of every stage but the last, by identifier: towns and villages, never households."""
    last = last_stage(session, draw_id)
    stages = session.scalars(
        select(DrawUnit.stage).where(DrawUnit.draw_id == draw_id, DrawUnit.stage != last).distinct()
    )
    return {unit.unit_id: unit for stage in sorted(stages) for unit in units_of_stage(session, draw_id, stage)}


def published_subjects(session: Session) -> frozenset[str]:
    """Return the subjects of the log whose manifests are open to the public."""
    rows = session.execute(
        select(Evaluation.code, Draw.number)
        .join(Draw, Draw.evaluation_id == Evaluation.id)
        .where(Draw.published_at.is_not(None))
    )
    return frozenset(subject_of(code, number) for code, number in rows)


def stamped_subjects(session: Session) -> dict[str, tuple[datetime, str]]:
    """Return by how the log names a draw when its commitment was stamped, and by which authority."""
    rows = session.execute(
        select(Evaluation.code, Draw.number, Draw.time_stamped_at, Draw.time_stamped_by)
        .join(Draw, Draw.evaluation_id == Evaluation.id)
        .where(Draw.time_stamped_at.is_not(None))
    )
    return {subject_of(code, number): (at, by or "") for code, number, at, by in rows if at is not None}


def grouped(units: Mapping[str, UnitRecord]) -> list[tuple[str, list[UnitRecord]]]:
    """Group units by their stage, in the order in which the stages come."""
    found: dict[str, list[UnitRecord]] = {}
    for unit in units.values():
        found.setdefault(unit.stage, []).append(unit)
    return list(found.items())
