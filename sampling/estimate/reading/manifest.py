"""Read where a plan's design follows from the manifest of a draw, and put it there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sampling.estimate.errors import Complaint
from sampling.estimate.reading.reader import Reader

MADE = ("stages", "nested", "unequal", "two_phase")
"""Keys of a design that a manifest decides."""
SOURCE = ("manifest", "first_phase", "unit", "joint")


@dataclass(frozen=True)
class ManifestSource:
    """Name the files that a design is made from, as the plan writes them, and the column of the units' ids."""

    manifest: str
    first_phase: str | None
    unit: str | None
    joint: str | None


@dataclass(frozen=True)
class ManifestReading:
    """Hold the source, None where the design names no manifest or something stands against it."""

    source: ManifestSource | None
    complaints: tuple[Complaint, ...]


def manifest_source(plan: Mapping[str, Any]) -> ManifestReading:
    """Read the keys of a design that names a manifest."""
    stated = plan.get("design")
    if not isinstance(stated, Mapping) or "manifest" not in stated:
        return ManifestReading(None, ())
    complaints: list[Complaint] = []
    keys = Reader(stated, "design", complaints)
    for key in MADE:
        if key in keys.values:
            keys.complain("plan.beside_manifest", key, name=key)
    manifest = keys.text("manifest", needed=True)
    first_phase, unit, joint = (keys.text(key) for key in SOURCE[1:])
    if complaints or manifest is None:
        return ManifestReading(None, tuple(complaints))
    return ManifestReading(ManifestSource(manifest, first_phase, unit, joint), ())


def with_design(plan: Mapping[str, Any], made: Mapping[str, Any]) -> dict[str, Any]:
    """Give a plan with the design that was made in place of the manifest; what else the design says stays."""
    stated = plan["design"]
    rest = {key: value for key, value in stated.items() if key not in SOURCE}
    return {**plan, "design": {**made, **rest}}
