"""How far a draw is whose lists come later: what is committed, what was bound, what was drawn from."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from evalsvc import files
from evalsvc.db import as_text, now
from evalsvc.draws.models import Draw, DrawUnit, LaterList
from evalsvc.draws.operations import DRAWN
from evalsvc.draws.queries import committed_frame, draw_by_number, label_of, top_column, units_of_stage
from evalsvc.draws.release import require_open
from evalsvc.draws.values import DrawRecord, ListState
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.frames.queries import frame_by_id
from evalsvc.people.actor import Actor
from evalsvc.store import Store
from evalsvc.zone import local_text
from sampling.design import Design, design_in, load_design
from sampling.frame import Frame, open_frame
from sampling.frame_extension import ListedUnits, extend_frame
from sampling.manifest import FrameEntry, Manifest

WAITING, BOUND = "waiting", "bound"


@dataclass(frozen=True)
class BoundList:
    """A list that was bound: whose it is, what binds it, and the file in which it stands."""

    parent: str
    sha256: str
    units: int
    path: Path
    source_name: str
    source_sha256: str
    bound_at: datetime


@dataclass(frozen=True)
class Progress:
    """A draw whose lists come later, as one reading of the database shows it."""

    draw: DrawRecord
    design: Design
    manifest: Manifest
    """The last one: everything drawn so far."""
    frame: Frame
    """The one that was committed, without any list."""
    frame_mapping: str
    """What it was imported by."""
    bound: tuple[BoundList, ...]

    @property
    def drawn_from(self) -> frozenset[str]:
        """Return the units whose lists were drawn from."""
        return frozenset(str(entry.parent) for entry in self.manifest.lists)

    @property
    def pending(self) -> tuple[BoundList, ...]:
        """Return the lists that were bound and not drawn from yet."""
        return tuple(each for each in self.bound if each.parent not in self.drawn_from)

    @property
    def parents(self) -> tuple[str, ...]:
        """Return the drawn units whose lists come later, in the manifest's order."""
        return tuple(unit.id for unit in self.manifest.stages[-2].units)

    def entry(self, each: BoundList) -> FrameEntry:
        """Return what a manifest says of a bound list."""
        return FrameEntry(self.design.stages[-1].name, each.parent, each.sha256, as_text(each.bound_at))

    @staticmethod
    def listed(each: BoundList) -> ListedUnits:
        """Return a bound list as frames are extended by it."""
        return ListedUnits(each.path, (each.parent,))

    def extended(self, parents: Collection[str], out: Path, new: Sequence[ListedUnits] = ()) -> Frame:
        """Write the committed frame with some of the bound lists, and with new ones."""
        known = [self.listed(each) for each in self.bound if each.parent in parents]
        return extend_frame(self.frame, [*known, *new], out)


def progress_of(
    session: Session, store: Store, actor: Actor, evaluation: EvaluationRecord, number: int, *, going_on: bool = False
) -> Progress:
    """Read how far a draw is.

    Parameters
    ----------
    going_on : bool
        Whether something is to be added, which ends with the fieldwork.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    ForbiddenError
        ``draw.not_released``: whose lists are awaited tells which units were drawn.
    ConflictError
        ``draw.not_drawn``; to go on, what `require_going_on` refuses
    InvalidError
        ``draw.no_lists_awaited``
    """
    draw = draw_by_number(session, evaluation.id, number)
    if draw.state != DRAWN:
        raise ConflictError("draw.not_drawn", number=number)
    require_open(session, actor, draw.id)
    if going_on:
        require_going_on(draw)
    manifest = Manifest.from_json(store.get(str(draw.manifest_sha256)).decode("utf-8"), files.MANIFEST)
    design = design_in(manifest.design)
    if design.first_later() is None:
        raise InvalidError("draw.no_lists_awaited")
    rows = session.scalars(select(LaterList).where(LaterList.draw_id == draw.id).order_by(LaterList.parent))
    return Progress(
        draw=draw,
        design=design,
        manifest=manifest,
        frame=open_frame(store.path(committed_frame(session, draw.id))),
        frame_mapping=frame_by_id(session, evaluation.id, draw.frame_id).mapping_text,
        bound=tuple(_bound(store, row) for row in rows),
    )


def _bound(store: Store, row: LaterList) -> BoundList:
    return BoundList(
        parent=row.parent,
        sha256=row.sha256,
        units=row.units,
        path=store.path(row.file_sha256),
        source_name=row.source_name,
        source_sha256=row.source_sha256,
        bound_at=row.bound_at,
    )


def require_going_on(draw: Draw | DrawRecord) -> None:
    """Refuse to add to a draw that has ended, or is not released: the log tells everybody whose list is bound.

    Raises
    ------
    ConflictError
        ``draw.already_published``, ``draw.lists_before_release``
    """
    if draw.published_at is not None:
        raise ConflictError("draw.already_published", number=draw.number)
    if draw.release_at is not None and draw.release_at > now():
        at = as_text(draw.release_at)
        raise ConflictError("draw.lists_before_release", number=draw.number, release_at=at, local=local_text(at))


@dataclass(frozen=True)
class ListCounts:
    """How many drawn units there are whose lists come later, and how many lists were bound and drawn from."""

    drawn_units: int
    bound: int
    drawn_from: int


def list_counts(session: Session, draw_id: str, manifest: Manifest) -> ListCounts | None:
    """Count the lists of a draw; None where all was listed before. No unit is named."""
    if design_in(manifest.design).first_later() is None:
        return None
    bound = session.scalars(select(func.count()).select_from(LaterList).where(LaterList.draw_id == draw_id)).one()
    return ListCounts(len(manifest.stages[-2].units), bound, len(manifest.lists))


def awaits_lists(session: Session, draw: DrawRecord) -> bool:
    """Tell whether units of a draw are still to be listed or drawn from; asked of the tables alone."""
    design = load_design(draw.design_text).design if "later" in draw.design_text else None
    if draw.state != DRAWN or design is None or design.first_later() is None:
        return False
    above = select(func.count()).select_from(DrawUnit).where(DrawUnit.draw_id == draw.id)
    listed = select(func.count(DrawUnit.parent.distinct())).where(DrawUnit.draw_id == draw.id)
    parents = session.scalars(above.where(DrawUnit.stage == design.stages[-2].name)).one()
    return parents > session.scalars(listed.where(DrawUnit.stage == design.stages[-1].name)).one()


def states_of(session: Session, progress: Progress) -> list[ListState]:
    """Say of every drawn unit whether its list is awaited, bound or drawn from, in the manifest's order."""
    level = progress.frame.levels[-2].name
    units = {unit.unit_id: unit for unit in units_of_stage(session, progress.draw.id, level)}
    outermost, top = progress.frame.levels[0].name, top_column(session, progress.draw.id)
    bound = {each.parent: each for each in progress.bound}
    taken, reserves = _numbers(progress.manifest)
    states = []
    for parent in progress.parents:
        attributes, own = units[parent].attributes, bound.get(parent)
        state = DRAWN if parent in progress.drawn_from else WAITING if own is None else BOUND
        states.append(
            ListState(
                parent=parent,
                name=label_of(level, parent, attributes),
                top=label_of(outermost, str(attributes.get(top, "")), attributes),
                state=state,
                units=None if own is None else own.units,
                sha256=None if own is None else own.sha256,
                source_name=None if own is None else own.source_name,
                source_sha256=None if own is None else own.source_sha256,
                bound_at=None if own is None else own.bound_at,
                taken=taken.get(parent, 0),
                reserves=reserves.get(parent, 0),
            )
        )
    return states


def _numbers(manifest: Manifest) -> tuple[dict[str, int], dict[str, int]]:
    """Count, by parent, the units of the last stage and its reserves."""
    taken: dict[str, int] = {}
    reserves: dict[str, int] = {}
    for unit in manifest.stages[-1].units:
        kind = reserves if unit.sample_type == "reserve" else taken
        kind[str(unit.parent)] = kind.get(str(unit.parent), 0) + 1
    return taken, reserves
