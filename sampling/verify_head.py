"""Check of a manifest what needs no frame: protocol, times, commitment, seed, and the form of its design."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from sampling.commitment import PROTOCOL, committed_object, public_value_fault, seed_of
from sampling.compare import Finding
from sampling.design import Design, canonical, load_stated
from sampling.errors import Complaint
from sampling.hashing import canonical_json, sha256_json
from sampling.manifest import Manifest


def check_head(manifest: Manifest) -> Iterator[Finding]:
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
    yield from _check_times(manifest)
    commitment = sha256_json(committed_object(manifest))
    yield Finding.of("commitment", commitment, manifest.commitment)
    seeds = [seed_of(one, manifest.secret, manifest.public_value) for one in (commitment, manifest.commitment)]
    yield Finding("seed", manifest.seed in seeds, seeds[0], manifest.seed)


def _check_times(manifest: Manifest) -> Iterator[Finding]:
    """Committed before drawn; a list that came later was bound between the two."""
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


def stated_design(manifest: Manifest) -> tuple[Design | None, list[Finding]]:
    """Read the manifest's design; it must be the canonical form."""
    reading = load_stated(manifest.design)
    if reading.design is None:
        wrong = [Finding.wrong(f"design.{one.column or ''}", "a valid design", one) for one in reading.complaints]
        return None, wrong
    same = canonical_json(canonical(reading.design)) == canonical_json(dict(manifest.design))
    return reading.design, [
        Finding("design", same, "every default written out", "as expected" if same else "another form")
    ]
