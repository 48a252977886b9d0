"""The lists that the teams of a draw's fieldwork take along, and the sample for R; closed reserves never reach them."""

import io
import zipfile
from collections.abc import Mapping

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import files
from evalsvc.draws.models import DrawUnit
from evalsvc.draws.queries import frame_of_draw, last_stage_units
from evalsvc.draws.r_design import r_design
from evalsvc.draws.r_script import SAMPLE, SCRIPT, sample_csv, script_text
from evalsvc.draws.values import DrawRecord
from evalsvc.draws.visits import Listed, Opened, visiting_lists
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.fieldwork.models import Assignment
from evalsvc.store import Store
from evalsvc.words import sentence
from sampling.frame import open_frame
from sampling.manifest import Manifest

MOST_VILLAGES = 100
"""Villages that are laid out as PDF for one request; each takes a sheet."""


def lists_of(
    session: Session, store: Store, evaluation: EvaluationRecord, draw: DrawRecord, team: str | None = None
) -> Listed:
    """Make the lists of a draw's open households: of one team (empty: those without a team), or of all.

    Raises
    ------
    ConflictError
        ``draw.not_drawn``
    InvalidError
        ``fieldwork.empty_list``: nothing was given out, or the team has no village.
    """
    if draw.manifest_sha256 is None:
        raise ConflictError("draw.not_drawn", number=draw.number)
    manifest = Manifest.from_json(store.get(draw.manifest_sha256).decode("utf-8"), files.MANIFEST)
    levels = open_frame(store.path(frame_of_draw(session, draw.id))).levels
    opened = _opened(session, draw.id, team)
    if not opened:
        raise InvalidError("fieldwork.empty_list", number=draw.number)
    return visiting_lists(manifest, levels, opened, title=evaluation.name)


def lists_as_pdf(listed: Listed) -> bytes:
    """Lay lists out as PDF, a sheet for each village.

    Raises
    ------
    InvalidError
        ``fieldwork.list_long``
    """
    from reports.visits_pdf import visits_pdf  # noqa: PLC0415 (what lays out loads for a second)

    villages = sum(len(each.villages) for each in listed.lists)
    if villages > MOST_VILLAGES:
        raise InvalidError("fieldwork.list_long", villages=villages, most=MOST_VILLAGES)
    return visits_pdf(listed.lists)


def r_archive(session: Session, store: Store, draw: DrawRecord) -> bytes:
    """Return the sample and the R script that rebuilds its design, with the reserves that were opened, as a ZIP.

    Villages whose lists have not come are named in the script.

    Raises
    ------
    ConflictError
        ``draw.not_drawn``; ``draw.lists_awaited``: no list was drawn from yet.
    SamplingError
        ``r.reserves_by_size``
    """
    if draw.manifest_sha256 is None:
        raise ConflictError("draw.not_drawn", number=draw.number)
    manifest = Manifest.from_json(store.get(draw.manifest_sha256).decode("utf-8"), files.MANIFEST)
    if not manifest.stages[-1].units:
        raise ConflictError("draw.lists_awaited", number=draw.number)
    levels = open_frame(store.path(frame_of_draw(session, draw.id))).levels
    reserves = select(Assignment.unit_id).where(Assignment.draw_id == draw.id, Assignment.replaces.is_not(None))
    design = r_design(manifest, frozenset(session.scalars(reserves)))
    attributes = {unit.unit_id: unit.attributes for unit in last_stage_units(session, draw.id)}
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(SAMPLE, sample_csv(design, manifest, levels, attributes))
        archive.writestr(SCRIPT, script_text(design, manifest, levels))
    return buffer.getvalue()


def teams_of(session: Session, draw_id: str) -> list[str]:
    """List the teams that villages of a draw were given to; an empty name stands for villages without a team."""
    found = session.scalars(select(Assignment.team).where(Assignment.draw_id == draw_id).distinct())
    return sorted(team or "" for team in found)


def _opened(session: Session, draw_id: str, team: str | None) -> Mapping[str, Opened]:
    query = (
        select(Assignment, DrawUnit.attributes)
        .join(DrawUnit, (DrawUnit.draw_id == Assignment.draw_id) & (DrawUnit.unit_id == Assignment.unit_id))
        .where(Assignment.draw_id == draw_id, Assignment.opened_at.is_not(None))
    )
    if team is not None:
        query = query.where(Assignment.team == team if team else Assignment.team.is_(None))
    return {
        row.unit_id: Opened(row.team or "", _note(row), attributes=attributes)
        for row, attributes in session.execute(query)
    }


def _note(row: Assignment) -> str:
    """Say beside which household an opened reserve stands; the list is Chinese, as what it is printed on."""
    return "" if row.replaces is None else sentence("visits.replaces", {"unit": row.replaces})
