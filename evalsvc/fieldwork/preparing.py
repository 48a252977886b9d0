"""What has to be read and computed before a draw goes to the field; none of it needs a writing transaction."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalsvc import files
from evalsvc.draws.models import Draw
from evalsvc.draws.queries import frame_of_draw, last_stage_units
from evalsvc.draws.values import UnitRecord
from evalsvc.errors import ConflictError, InvalidError, NotFoundError
from evalsvc.evaluations.queries import evaluation_by_id
from evalsvc.fieldwork.plan_lines import pack_as_written
from evalsvc.frames.judged import MOST_NAMED, against_household
from evalsvc.planning.fixed import sha256_of
from evalsvc.planning.layout import layout_of, lists_missing
from evalsvc.planning.making import plan_of_draw
from evalsvc.store import Store
from sampling.frame import open_frame
from sampling.manifest import Manifest


@dataclass(frozen=True)
class Prepared:
    """A draw that may go to the field: its households, and the hash of the plan that they will be analysed by."""

    draw_id: str
    units: Sequence[UnitRecord]
    plan: str | None
    """None where the design allows no plan."""
    unannounced: frozenset[str] | None
    """The units that are visited without notice; None where the draw has no such part."""


def prepare(session: Session, store: Store, draw_id: str) -> Prepared:
    """Read a draw's households and make its plan; refuse a frame that nobody could compute results from.

    Raises
    ------
    NotFoundError
        ``draw.unknown``
    ConflictError
        ``draw.not_drawn``
    InvalidError
        ``fieldwork.lists_missing``: with the drawn units whose lists have not come or were not drawn from;
        ``fieldwork.no_results``: with every column that is missing, every household whose values cannot be used;
        ``pack.refused``
    """
    draw = session.get(Draw, draw_id)
    if draw is None:
        raise NotFoundError("draw.unknown", draw=draw_id)
    if draw.state != "drawn":
        raise ConflictError("draw.not_drawn", number=draw.number)
    manifest = Manifest.from_json(store.get(str(draw.last_manifest_sha256)).decode("utf-8"), files.MANIFEST)
    missing = lists_missing(manifest, files.MANIFEST)
    if missing:
        raise InvalidError("fieldwork.lists_missing", missing, number=draw.number)
    units = last_stage_units(session, draw_id)
    # Asked of the whole frame before the commitment; what is drawn is asked again before anybody visits it.
    complaints = layout_of(manifest, files.MANIFEST)[1] or [
        each for unit in units if (each := against_household(unit.unit_id, unit.attributes))
    ]
    if complaints:
        raise InvalidError(
            "fieldwork.no_results",
            complaints[:MOST_NAMED],
            number=draw.number,
            count=len(complaints),
            limit=MOST_NAMED,
        )
    return Prepared(draw.id, units, _plan(session, store, draw, manifest, units), manifest.unannounced)


def _plan(session: Session, store: Store, draw: Draw, manifest: Manifest, units: Sequence[UnitRecord]) -> str | None:
    """Make the plan that the draw's results will be computed by, and return its hash; None where it can have none."""
    pack, _written = pack_as_written(evaluation_by_id(session, draw.evaluation_id))
    frame = open_frame(store.path(frame_of_draw(session, draw.id)))
    text = plan_of_draw(pack, manifest, {unit.unit_id: unit.attributes for unit in units}, frame).text
    return None if text is None else sha256_of(text.encode("utf-8"))
