"""Check a frame against what a manifest says was committed: hashes, text that prints, every unit listed once."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Iterator, Mapping, Sequence

from sampling.branch import Branch
from sampling.compare import Finding
from sampling.engine import Engine
from sampling.frame import Frame
from sampling.frame_hash import FrameHash
from sampling.frame_text import check_frame_text
from sampling.manifest import Manifest


def branch_of(manifest: Manifest, hashed: FrameHash) -> Branch | None:
    """Tell whether a file is a branch: not the whole frame, and all its top units are committed ones."""
    whole = next((one.sha256 for one in manifest.frames if one.parent is None), None)
    committed = {one.parent for one in manifest.frames if one.parent is not None}
    tops = {unit_id for unit_id, _ in hashed.nodes}
    if hashed.sha256 == whole or not tops < committed:
        return None
    return Branch(frozenset(tops))


def check_entries(
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


def check_text(engine: Engine, frame: Frame) -> Iterator[Finding]:
    """See that a committed frame holds no text by which another frame could have the same hash."""
    complaints = check_frame_text(engine, frame)
    for one in complaints:
        place = f"frame {one.column}" + (f" row {one.row}" if one.row else "")
        yield Finding.wrong(place, "text that prints, null where empty", one)
    yield Finding.of("frame text", 0, len(complaints))


def check_units(engine: Engine, frame: Frame) -> Iterator[Finding]:
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
