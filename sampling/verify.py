"""Verify a draw from its manifest and a frame, or a branch of it: recompute everything, say where a line differs."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from sampling.branch import Branch, check_tickets, is_complete, lines_inside, units_of_branch
from sampling.commitment import (
    PROTOCOL,
    committed_depth,
    committed_frames,
    committed_object,
    public_value_fault,
    seed_of,
)
from sampling.compare import Finding, StatedStage, compare_stage
from sampling.design import Design, canonical, load_design
from sampling.design_check import check_design_on
from sampling.engine import DuckDBEngine, Engine, OpenEngine
from sampling.errors import Complaint, SamplingError
from sampling.frame import Frame, open_frame
from sampling.frame_hash import FrameHash, hash_frame, nodes_of
from sampling.frame_text import check_frame_text
from sampling.hashing import canonical_json, sha256_json
from sampling.levels import levels_as_text, same_levels
from sampling.listing import listed_parents, not_listed, unlisted_units
from sampling.manifest import Manifest, ManifestStage
from sampling.method_check import UNDRAWABLE
from sampling.other_draws import OtherDraws, check_earlier, check_first_phase, refuse_unwanted
from sampling.stage_draw import draw_stage
from sampling.stage_weights import with_weights
from sampling.tickets import ticket

__all__ = ["Finding", "branches_seen", "verify_draw"]


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
    read: list[Finding] = []
    design = _design_of(manifest, read)
    findings = [*_check_head(manifest), *read]
    try:
        frame = open_frame(frame_path)
    except SamplingError as error:
        complaint = Complaint(error.code, frame_path.name, details=error.details)
        return [*findings, Finding.wrong("frame", "a frame's Parquet file", complaint)]
    if design is None:
        return findings
    refuse_unwanted(design, others)
    depth = committed_depth(design)
    hashed = hash_frame(frame, engine, depth)
    branch = branch_of(manifest, hashed)
    entries = committed_frames(frame, hashed, None if depth is None else depth + 1)
    findings.extend(_check_frame(manifest, entries, branch))
    if not same_levels(design.levels, frame.levels):
        expected, found = levels_as_text(design.levels), levels_as_text(frame.levels)
        return [*findings, Finding("levels", False, expected, found)]
    names = [stage.name for stage in design.stages]
    if [stage.name for stage in manifest.stages] != names:
        return [*findings, Finding("stages", False, str(names), str([stage.name for stage in manifest.stages]))]
    seed = _likeliest_seed(manifest)
    findings.extend(check_earlier(design, others.earlier))
    with engine(frame) as opened:
        findings.extend(_check_text(opened, frame))
        findings.extend(_check_units(opened, frame))
        findings.extend(check_first_phase(opened, design, others.first_phase))
        if branch is None:
            findings.extend(_check_stages(opened, manifest, design, frame, seed))
        else:
            findings.extend(_check_lists(opened, manifest, design, frame, branch))
            findings.extend(_check_branch_stages(opened, manifest, design, branch, seed))
    return findings


def branches_seen(findings: Sequence[Finding]) -> tuple[str, ...] | None:
    """Name the top units whose branches the file under check held; None when its hash is that of the whole frame.

    What lies in a branch may be checked in full, and still nothing was seen of the others.
    """
    if any(finding.place == "frame" and finding.ok for finding in findings):
        return None
    places = (finding.place.partition(" ") for finding in findings)
    return tuple(unit_id for path, _, unit_id in places if path.startswith("frames[") and unit_id)


def branch_of(manifest: Manifest, hashed: FrameHash) -> Branch | None:
    """Tell whether a file is a branch: not the whole frame, and all its top units are committed ones."""
    whole = next((one.sha256 for one in manifest.frames if one.parent is None), None)
    committed = {one.parent for one in manifest.frames if one.parent is not None}
    tops = {unit_id for unit_id, _ in hashed.nodes}
    if hashed.sha256 == whole or not tops < committed:
        return None
    return Branch(frozenset(tops))


def _check_head(manifest: Manifest) -> Iterator[Finding]:
    """Check everything that needs no frame: protocol, times, commitment, seed."""
    yield Finding.of("protocol", PROTOCOL, manifest.protocol)
    for name, value in (
        ("public_source", manifest.public_source),
        ("public_round", manifest.public_round),
        ("public_form", manifest.public_form),
        ("evaluation", manifest.evaluation),
        ("draw", manifest.draw),
    ):
        stated = manifest.design.get(name) if name in ("evaluation", "draw") else _public(manifest.design, name)
        yield Finding.of(name, stated, value)
    yield _check_public_value(manifest)
    committed, drawn = _moment(manifest.committed_at), _moment(manifest.drawn_at)
    listed = frozenset(manifest.lists)
    early = committed is not None and drawn is not None and committed <= drawn
    yield Finding("committed_at", early, f"not after {manifest.drawn_at}", manifest.committed_at)
    for i, entry in enumerate(manifest.frames):
        if entry in listed:
            bound = _moment(entry.committed_at)
            in_time = None not in (committed, bound, drawn) and committed <= bound <= drawn  # type: ignore[operator]
            wanted = f"from {manifest.committed_at} to {manifest.drawn_at}"
            yield Finding(f"frames[{i}].committed_at {entry.parent}", in_time, wanted, entry.committed_at)
        elif entry.committed_at != manifest.committed_at:
            yield Finding(f"frames[{i}].committed_at", False, manifest.committed_at, entry.committed_at)
    commitment = sha256_json(committed_object(manifest))
    yield Finding.of("commitment", commitment, manifest.commitment)
    seeds = [seed_of(one, manifest.secret, manifest.public_value) for one in (commitment, manifest.commitment)]
    yield Finding("seed", manifest.seed in seeds, seeds[0], manifest.seed)


def _check_public_value(manifest: Manifest) -> Finding:
    """A public value stands exactly where the design names one, in text that can be written in one way only."""
    value, named = manifest.public_value, manifest.public_source is not None
    fault = None if value is None else public_value_fault(value)
    if fault is not None:
        expected = "printable ASCII and CJK ideographs, single spaces inside"
        return Finding.wrong("public_value", expected, Complaint("draw.public_value_text", details=fault))
    return Finding("public_value", named == (value is not None), "a value" if named else None, value)


def _public(design: Mapping[str, Any], name: str) -> object:
    """Give what the design says of the public value."""
    public = design.get("public")
    return public.get(name.removeprefix("public_")) if isinstance(public, Mapping) else None


def _moment(text: str) -> datetime | None:
    """Read a UTC time; None for a day that does not exist."""
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        return None


def _design_of(manifest: Manifest, findings: list[Finding]) -> Design | None:
    """Read the manifest's design; it must be the canonical form."""
    reading = load_design(canonical_json(dict(manifest.design)).decode())
    if reading.design is None:
        for one in reading.complaints:
            findings.append(Finding.wrong(f"design.{one.column or ''}", "a valid design", one))
        return None
    same = canonical_json(canonical(reading.design)) == canonical_json(dict(manifest.design))
    findings.append(Finding("design", same, "every default written out", "as expected" if same else "another form"))
    return reading.design


def _check_frame(
    manifest: Manifest,
    entries: Sequence[Mapping[str, str | None]],
    branch: Branch | None,
) -> Iterator[Finding]:
    """Compare the frame's hash, and every top unit's node, with the committed ones; a whole frame tells differences."""
    listed = frozenset(manifest.lists)
    right = {entry["parent"]: entry for entry in entries}
    stated = {one.parent: (i, one) for i, one in enumerate(manifest.frames) if one not in listed}
    for parent, entry in right.items():
        if parent is None and branch is not None:
            continue
        i, found = stated.get(parent, (None, None))
        if found is None:
            yield Finding(f"frames {parent or ''}".strip(), False, entry["sha256"], None)
            continue
        place = "frame" if parent is None else f"frames[{i}] {parent}"
        if parent is None or branch is not None or found.sha256 != entry["sha256"]:
            yield Finding.of(place, entry["sha256"], found.sha256)
        if found.stage != entry["stage"]:
            yield Finding(f"frames[{i}].stage", False, entry["stage"], found.stage)
    if branch is None:
        for parent, (i, one) in stated.items():
            if parent not in right:
                yield Finding(f"frames[{i}] {parent or ''}".strip(), False, None, one.sha256)


def _check_text(engine: Engine, frame: Frame) -> Iterator[Finding]:
    """See that a committed frame holds no text by which another frame could have the same hash."""
    complaints = check_frame_text(engine, frame)
    for one in complaints:
        place = f"frame {one.column}" + (f" row {one.row}" if one.row else "")
        yield Finding.wrong(place, "text that prints, null where empty", one)
    yield Finding.of("frame text", 0, len(complaints))


def _check_units(engine: Engine, frame: Frame) -> Iterator[Finding]:
    """See that a committed frame lists every unit once, under one parent and with one set of values."""
    lowest = len(frame.levels) - 1
    for depth, level in enumerate(frame.levels):
        unit = engine.quote(level.id)
        names = [engine.quote(own.name) for own in level.columns]
        names += [engine.quote(frame.levels[depth - 1].id)] if depth else []
        columns = "".join(f", {name} AS c{i}" for i, name in enumerate(names))
        distinct = "" if depth == lowest else "DISTINCT "
        listed = f"SELECT {distinct}{unit} AS unit{columns} FROM frame WHERE {unit} IS NOT NULL"
        rows, units = engine.rows(f"SELECT count(*), count(DISTINCT unit) FROM ({listed}) AS listed")[0]
        yield Finding.of(f"frame {level.name}", units, rows)
    everything = " UNION ALL ".join(
        f"SELECT DISTINCT {engine.quote(level.id)} AS id FROM frame WHERE {engine.quote(level.id)} IS NOT NULL"
        for level in frame.levels
    )
    rows, ids = engine.rows(f"SELECT count(*), count(DISTINCT id) FROM ({everything}) AS ids")[0]
    yield Finding.of("frame ids", ids, rows)


def _likeliest_seed(manifest: Manifest) -> str:
    """Choose the seed that most first tickets agree with, so that one wrong line does not make every ticket wrong."""
    units = [(stage.name, unit) for stage in manifest.stages for unit in stage.units[:50]]
    derived = seed_of(manifest.commitment, manifest.secret, manifest.public_value)

    def agreeing(seed: str) -> int:
        return sum(ticket(seed, name, unit.id) == unit.ticket for name, unit in units)

    return max((derived, manifest.seed), key=agreeing)


def _check_stages(engine: Engine, manifest: Manifest, design: Design, frame: Frame, seed: str) -> Iterator[Finding]:
    """Draw every stage again from the whole frame and compare it."""
    complaints = check_design_on(engine, design, frame)
    for one in complaints:
        yield Finding.wrong(f"design.{one.column or ''}", "a design the frame can satisfy", one)
    if any(one.code in UNDRAWABLE for one in complaints):
        return
    yield from _check_lists(engine, manifest, design, frame, None)
    drawn: list[ManifestStage] = []
    for number in range(len(design.stages)):
        above = listed_parents(design, number, drawn[-1], manifest) if drawn else None
        drawn.append(draw_stage(engine, design, number, seed, above))
    for number, (stated, right) in enumerate(zip(manifest.stages, with_weights(engine, design, drawn), strict=True)):
        yield from compare_stage(StatedStage.whole(number, stated), right)


def _check_lists(
    engine: Engine, manifest: Manifest, design: Design, frame: Frame, branch: Branch | None
) -> Iterator[Finding]:
    """Compare the lists that came later with what was bound; a branch does not show the lists of others."""
    number = design.first_later()
    if number is None:
        return
    missing = not_listed(manifest)
    if missing is not None:
        yield Finding.unseen(f"stages[{number}].lists", unlisted_units(manifest), missing)
    nodes = dict(nodes_of(engine, frame, len(frame.levels) - 2))
    bound = {str(entry.parent): entry.sha256 for entry in manifest.lists}
    # A list is bound once: a second entry could claim another time for it.
    for parent, times in sorted(Counter(str(entry.parent) for entry in manifest.lists).items()):
        if times > 1:
            yield Finding(f"lists {parent}", False, 1, times)
    for parent in sorted(nodes.keys() | (bound.keys() if branch is None else set())):
        yield Finding.of(f"lists {parent}", nodes.get(parent), bound.get(parent))


def _check_branch_stages(
    engine: Engine, manifest: Manifest, design: Design, branch: Branch, seed: str
) -> Iterator[Finding]:
    """Draw again what lies wholly inside a branch; of the rest, check the tickets that the branch holds."""
    basis: list[ManifestStage] = []
    stated: list[StatedStage | None] = []
    for number, stage in enumerate(manifest.stages):
        if not is_complete(design, number):
            basis.append(units_of_branch(engine, design, stage))
            stated.append(None)
            yield from check_tickets(engine, design, stage, seed)
            continue
        above = listed_parents(design, number, basis[-1], manifest) if basis else None
        basis.append(draw_stage(engine, design, number, seed, above))
        stated.append(lines_inside(design, number, stage, branch, above=above, right=basis[-1]))
    for lines, right in zip(stated, with_weights(engine, design, basis), strict=True):
        if lines is not None:
            yield from compare_stage(lines, right)
