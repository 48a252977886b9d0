"""Verify a draw from its manifest and a frame, or a branch of it: recompute everything, say where a line differs."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from sampling.commitment import committed_depth, committed_frames
from sampling.compare import Finding
from sampling.design import Design
from sampling.engine import DuckDBEngine, OpenEngine
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame, open_frame
from sampling.frame_hash import hash_frame
from sampling.levels import levels_as_text, same_levels
from sampling.manifest import Manifest
from sampling.other_draws import OtherDraws, check_earlier, check_first_phase, refuse_unwanted
from sampling.verify_frame import branch_of, check_entries, check_text, check_units
from sampling.verify_head import check_head, stated_design
from sampling.verify_stages import check_branch_stages, check_lists, check_stages

__all__ = ["Finding", "branches_seen", "verify_draw"]
_NODE = re.compile(r"frames\[\d+\] (.+)", re.DOTALL)
"""Place of a top unit's hash."""


def verify_draw(
    manifest: Manifest,
    frame_path: Path,
    engine: OpenEngine = DuckDBEngine,
    *,
    others: OtherDraws = OtherDraws(),  # noqa: B008 (frozen)
) -> list[Finding]:
    """Recompute hash, commitment, seed and every unit of a draw, and compare them with the manifest.

    Parameters
    ----------
    manifest : Manifest
        The manifest under check.
    frame_path : Path
        The whole frame's Parquet file, or a file that holds some of its top units with everything below them: then
        what lies in that branch is checked, and findings say what the branch alone cannot show.
    engine : callable, optional
        What the frame's rows are read with.
    others : OtherDraws, optional
        Manifests of the draws that this one follows; what rests on one that is not given is told as not seen.

    Returns
    -------
    list of Finding
        One for each thing checked, and one for each place that differs; the draw is verified when all are ok.

    Raises
    ------
    SamplingError
        ``draw.follows_no_draw``, ``draw.no_first_phase``: a manifest was given that the design does not name;
        ``draw.manifest_unreadable``: it has the right hash and is none.
    """
    design, read = stated_design(manifest)
    findings = [*check_head(manifest), *read]
    try:
        frame = open_frame(frame_path)
    except SamplingError as error:
        complaint = Complaint(error.code, frame_path.name, details=error.details)
        return [*findings, Finding.wrong("frame", "a frame's Parquet file", complaint)]
    if design is None:
        return findings
    refuse_unwanted(design, others)
    return [*findings, *_with_frame(manifest, design, frame, engine, others)]


def _with_frame(
    manifest: Manifest, design: Design, frame: Frame, engine: OpenEngine, others: OtherDraws
) -> Iterator[Finding]:
    """Check the frame, and draw again what it shows."""
    depth = committed_depth(design)
    hashed = hash_frame(frame, engine, depth)
    branch = branch_of(manifest, hashed)
    yield from check_entries(manifest, committed_frames(frame, hashed, None if depth is None else depth + 1), branch)
    unlike = _unlike(manifest, design, frame)
    if unlike is not None:
        yield unlike
        return
    yield from check_earlier(design, others.earlier)
    with engine(frame) as opened:
        yield from check_text(opened, frame)
        yield from check_units(opened, frame)
        yield from check_first_phase(opened, design, others.first_phase)
        if branch is None:
            yield from check_stages(opened, manifest, design, frame)
        else:
            yield from check_lists(opened, manifest, design, frame, branch)
            yield from check_branch_stages(opened, manifest, design, branch)


def _unlike(manifest: Manifest, design: Design, frame: Frame) -> Finding | None:
    """Tell where the design's levels are not the frame's, or its stages not the manifest's: nothing can be drawn."""
    if not same_levels(design.levels, frame.levels):
        return Finding("levels", False, levels_as_text(design.levels), levels_as_text(frame.levels))
    names, stated = [stage.name for stage in design.stages], [stage.name for stage in manifest.stages]
    return None if stated == names else Finding("stages", False, str(names), str(stated))


def branches_seen(findings: Sequence[Finding]) -> tuple[str, ...] | None:
    """Name the top units that the file under check holds; None when its hash is that of the whole frame.

    What lies in a branch may be checked in full, and still nothing was seen of the others.
    """
    if any(finding.place == "frame" and finding.ok for finding in findings):
        return None
    # What the file does not hold has no recomputed hash; an entry's time has a place of its own.
    nodes = (_NODE.fullmatch(finding.place) for finding in findings if finding.expected is not None)
    return tuple(node.group(1) for node in nodes if node)
