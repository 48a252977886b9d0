"""What the page of one draw shows, read in one session; no unit is named here."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalsvc import files
from evalsvc.db import as_text, now
from evalsvc.draws import queries, summary
from evalsvc.draws.later.progress import ListCounts, list_counts
from evalsvc.draws.models import Draw
from evalsvc.draws.operations import COMMITTED
from evalsvc.draws.release import may_see
from evalsvc.draws.values import DrawRecord, StratumRow
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.frames.queries import frame_by_id
from evalsvc.frames.values import FrameRecord
from evalsvc.people.actor import Actor
from evalsvc.service import Service
from evalsvc.store import Store
from evalsvc.time_stamps.check import check_stamp
from evalsvc.time_stamps.configured import trusted_of
from evalsvc.time_stamps.token import Stamp
from evalsvc.words import sentence
from evalsvc.zone import SHANGHAI
from sampling.commitment import Commitment
from sampling.design import Design, design_text, load_design
from sampling.estimable import estimability
from sampling.manifest import Manifest


@dataclass(frozen=True)
class StampView:
    """What the commitment's time stamp shows: its tone, the stamp that holds, and the sentences."""

    tone: str
    stamp: Stamp | None
    told: tuple[str, ...]


@dataclass(frozen=True)
class DrawView:
    """One draw: its commitment, what the design left out, what each stratum gave, and when the teams may see it."""

    draw: DrawRecord
    frame: FrameRecord
    design: Design | None
    canonical: str
    warnings: tuple[str, ...]
    stages: Sequence[tuple[str, Sequence[StratumRow]]]
    lists: ListCounts | None
    """How far the lists have come that are made later; None where there are none, or nothing is drawn yet."""
    stamp: StampView
    is_open: bool
    """Whether the reader may see the units now."""
    may_be_timed: bool
    """Whether a release time can still be set: not once those who visit households may have seen them."""
    release_local: str
    """The release time as a form's field takes it, Beijing time."""


def draw_view(
    session: Session, service: Service, actor: Actor, evaluation: EvaluationRecord, number: int, *, language: str
) -> DrawView:
    """Read what the page of a draw shows.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    """
    row = queries.draw_by_number(session, evaluation.id, number)
    design, manifest = load_design(row.design_text).design, _manifest(service.store, row)
    remarks = [] if design is None else estimability(design, files.DESIGN)
    return DrawView(
        draw=row,
        frame=frame_by_id(session, evaluation.id, row.frame_id),
        design=design,
        canonical="" if design is None else design_text(design),
        warnings=tuple(sentence(each.code, each.details, language) for each in remarks),
        stages=[] if manifest is None else summary.by_stage(manifest, queries.units_above_last(session, row.id)),
        lists=None if manifest is None else list_counts(session, row.id, manifest),
        stamp=_stamp(service, row, language),
        is_open=may_see(session, actor, session.get_one(Draw, row.id)),
        may_be_timed=row.state == COMMITTED or (row.release_at is not None and row.release_at > now()),
        release_local="" if row.release_at is None else f"{row.release_at.astimezone(SHANGHAI):%Y-%m-%dT%H:%M}",
    )


def _manifest(store: Store, row: DrawRecord) -> Manifest | None:
    return None if row.manifest_sha256 is None else Manifest.from_json(store.get(row.manifest_sha256).decode())


def _stamp(service: Service, row: DrawRecord, language: str) -> StampView:
    """Verify the commitment's time stamp, and say what it shows."""
    made = Commitment.from_json(service.store.get(row.commitment_sha256).decode())
    checked = check_stamp(
        made.time_stamp,
        row.commitment,
        committed_at=made.committed_at,
        drawn_at=None if row.drawn_at is None else as_text(row.drawn_at),
        trusted=trusted_of(service.config),
        file=files.COMMITMENT,
    )
    tone = "bad" if checked.complaints else "open" if checked.stamp is None or not checked.stamp.trusted else "good"
    told = tuple(sentence(each.code, each.details, language) for each in (*checked.complaints, *checked.notes))
    return StampView(tone, checked.stamp, told)
