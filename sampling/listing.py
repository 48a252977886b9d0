"""Bind lists that arrive after the first stages were drawn, one parent at a time, and draw from them."""

from collections.abc import Sequence
from dataclasses import replace

from sampling.commitment import committed_frames
from sampling.design import Design, design_in
from sampling.design_check import check_design_on
from sampling.engine import DuckDBEngine, Engine, OpenEngine
from sampling.errors import Complaint, SamplingError, complain
from sampling.frame import Frame
from sampling.frame_hash import hash_frame, nodes_of
from sampling.frame_text import check_frame_text
from sampling.hashing import sha256_text
from sampling.manifest import FrameEntry, Manifest, ManifestStage
from sampling.stage_draw import draw_stage
from sampling.stage_weights import with_weights

MOST_NAMED = 20
"""Parents that one complaint names."""


def listed_parents(design: Design, number: int, above: ManifestStage, manifest: Manifest) -> ManifestStage:
    """Keep the units above a stage that is listed later whose lists are bound; all of them above any other stage."""
    if design.stages[number].listed == "frame":
        return above
    bound = {entry.parent for entry in manifest.lists}
    return replace(above, units=tuple(unit for unit in above.units if unit.id in bound))


def unlisted_units(manifest: Manifest) -> tuple[str, ...]:
    """Give the drawn units whose lists were never bound, in the manifest's order: nothing was drawn inside them."""
    later = (i for i, stage in enumerate(manifest.design["stages"]) if stage["listed"] == "later")
    number = next(later, None)
    if number is None:
        return ()
    bound = {entry.parent for entry in manifest.lists}
    return tuple(unit.id for unit in manifest.stages[number - 1].units if unit.id not in bound)


def not_listed(manifest: Manifest) -> Complaint | None:
    """Say which drawn units have no list yet; None where nothing is awaited.

    Returns
    -------
    Complaint or None
        ``draw.not_listed``. Estimates from such a draw hold for the listed units alone.
    """
    missing = unlisted_units(manifest)
    if not missing:
        return None
    drawn, named = len(missing) + len(manifest.lists), ", ".join(missing[:MOST_NAMED])
    return complain("draw.not_listed", count=len(missing), drawn=drawn, units=named)


def bind_lists(
    manifest: Manifest, frame: Frame, *, at: str, engine: OpenEngine = DuckDBEngine
) -> tuple[FrameEntry, ...]:
    """Bind every list of the frame that is not bound yet.

    Parameters
    ----------
    manifest : Manifest
        The draw so far.
    frame : Frame
        The committed frame with the lists added below the units drawn.
    at : str
        UTC time of the binding, not before the draw so far.

    Raises
    ------
    SamplingError
        ``draw.no_lists_awaited``, ``draw.nothing_listed``, ``draw.lists_refused`` with every complaint.
    """
    design = design_in(manifest.design)
    number = _awaited(design)
    with engine(frame) as opened:
        # A bound list does not change: one that could not be drawn from has to be refused before.
        complaints = [
            *check_frame_text(opened, frame),
            *check_design_on(opened, design, frame),
            *_strangers(opened, manifest, design, frame, engine),
        ]
        if complaints:
            raise SamplingError("draw.lists_refused", complaints, count=len(complaints))
        bound = {entry.parent for entry in manifest.lists}
        nodes = nodes_of(opened, frame, design.depth(number) - 1)
    name = design.stages[number].name
    found = tuple(FrameEntry(name, parent, node, at) for parent, node in nodes if parent not in bound)
    if not found:
        raise SamplingError("draw.nothing_listed")
    return found


def continue_draw(
    manifest: Manifest,
    frame: Frame,
    entries: Sequence[FrameEntry],
    *,
    drawn_at: str,
    code_version: str,
    engine: OpenEngine = DuckDBEngine,
) -> Manifest:
    """Draw from lists that were bound since; what was drawn before stays as it is.

    Parameters
    ----------
    entries : sequence of FrameEntry
        As ``bind_lists`` gave them.

    Raises
    ------
    SamplingError
        ``draw.list_differs``: a list is not the one that was bound; ``draw.frame_not_of_draw``, ``draw.lists_refused``,
        ``draw.design_refused``.
    """
    design = design_in(manifest.design)
    number = _awaited(design)
    extended = replace(manifest, frames=(*manifest.frames, *entries))
    with engine(frame) as opened:
        complaints = [
            *check_frame_text(opened, frame),
            *check_design_on(opened, design, frame),
            *_strangers(opened, manifest, design, frame, engine),
            *_changed(opened, extended, design, frame),
        ]
        if complaints:
            raise SamplingError("draw.lists_refused", complaints, count=len(complaints))
        above = listed_parents(design, number, manifest.stages[number - 1], extended)
        drawn = draw_stage(opened, design, number, manifest.seed, above)
        stages = with_weights(opened, design, [*manifest.stages[:number], drawn])
    return replace(
        extended,
        code_version=code_version,
        drawn_at=drawn_at,
        stages=stages,
        continues=sha256_text(manifest.to_json()),
    )


def _changed(engine: Engine, manifest: Manifest, design: Design, frame: Frame) -> list[Complaint]:
    """Name the lists that are not what was bound."""
    nodes = dict(nodes_of(engine, frame, design.depth(_awaited(design)) - 1))
    return [
        complain("draw.list_differs", parent=entry.parent, expected=entry.sha256, found=nodes.get(entry.parent or ""))
        for entry in manifest.lists
        if nodes.get(entry.parent or "") != entry.sha256
    ]


def _awaited(design: Design) -> int:
    """Give the stage whose lists come later."""
    later = design.first_later()
    if later is None:
        raise SamplingError("draw.no_lists_awaited")
    return later


def _strangers(
    engine: Engine, manifest: Manifest, design: Design, frame: Frame, open_engine: OpenEngine
) -> list[Complaint]:
    """Name what is not as it was committed: the levels above the lists, and lists of units that were not drawn."""
    number = _awaited(design)
    upper = hash_frame(frame, open_engine, depth=design.depth(number) - 1)
    committed = [{"stage": one.stage, "parent": one.parent, "sha256": one.sha256} for one in manifest.frames]
    bound = {entry.parent for entry in manifest.lists}
    complaints = []
    stage = design.stages[number].name
    if committed_frames(frame, upper, design.depth(number)) != [
        one for one in committed if one["stage"] != stage or one["parent"] not in bound
    ]:
        complaints.append(complain("draw.frame_not_of_draw"))
    drawn = {unit.id for unit in manifest.stages[number - 1].units}
    strange = [parent for parent, _ in nodes_of(engine, frame, design.depth(number) - 1) if parent not in drawn]
    if strange:
        named = ", ".join(strange[:MOST_NAMED])
        complaints.append(complain("draw.list_of_undrawn", parents=named, count=len(strange)))
    return complaints
