"""Compare a manifest's stage with the one drawn again, line by line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Literal, Self

from sampling.errors import Complaint
from sampling.manifest import ManifestStage, ManifestStratum, ManifestUnit

Extent = Literal["full", "partial"]


@dataclass(frozen=True)
class Finding:
    """Hold one thing checked.

    Parameters
    ----------
    place : str
        Path in the manifest, with the unit's id: ``stages[1].units[35].probability 350125100001``.
    ok : bool
        Whether the manifest says what was recomputed.
    expected : object
        Recomputed.
    found : object
        In the manifest.
    extent : {"full", "partial"}
        ``partial`` when what was given shows only a part of what the place depends on.
    complaint : Complaint or None
        What is wrong, or was not shown, where it is more than two values that differ.
    """

    place: str
    ok: bool
    expected: object
    found: object
    extent: Extent = "full"
    complaint: Complaint | None = None

    @classmethod
    def of(cls, place: str, expected: object, found: object) -> Self:
        """Compare for equality."""
        return cls(place, expected == found, expected, found)

    @classmethod
    def wrong(cls, place: str, expected: object, complaint: Complaint) -> Self:
        """Find what a complaint says."""
        found = f"{complaint.code} {complaint.details_beyond_place}"
        return cls(place, False, expected, found, complaint=complaint)

    @classmethod
    def unseen(cls, place: str, found: object, complaint: Complaint) -> Self:
        """Tell what nothing contradicts, and nothing that was given shows either."""
        return cls(place, True, None, found, "partial", complaint)


@dataclass(frozen=True)
class StatedStage:
    """Hold the lines of a manifest's stage, or of the part of it under check, with their positions."""

    number: int
    name: str
    strata: tuple[tuple[int, ManifestStratum], ...]
    units: tuple[tuple[int, ManifestUnit], ...]

    @classmethod
    def whole(cls, number: int, stage: ManifestStage) -> Self:
        """Take every line of a stage."""
        return cls(number, stage.name, tuple(enumerate(stage.strata)), tuple(enumerate(stage.units)))


def compare_stage(stated: StatedStage, right: ManifestStage) -> Iterator[Finding]:
    """Compare strata and units; the last finding counts the units."""
    yield from _compare_strata(stated, right.strata)
    differing = [*_compare_units(stated, right.units)]
    yield from differing
    place = f"stages[{stated.number}].units {stated.name}"
    yield Finding.of(place, len(right.units), len(stated.units))


def _compare_strata(stated: StatedStage, right: Sequence[ManifestStratum]) -> Iterator[Finding]:
    """Compare strata by parent and stratum."""
    place = f"stages[{stated.number}].strata"
    expected = {(one.parent, one.stratum): one for one in right}
    seen: set[tuple[str | None, str]] = set()
    for i, one in stated.strata:
        key = (one.parent, one.stratum)
        name = f"{one.parent or ''}:{one.stratum}"
        if key in seen or key not in expected:
            yield Finding(f"{place}[{i}] {name}", False, None, name)
            continue
        seen.add(key)
        for field in fields(one):
            if getattr(one, field.name) != getattr(expected[key], field.name):
                value, found = getattr(expected[key], field.name), getattr(one, field.name)
                yield Finding(f"{place}[{i}].{field.name} {name}", False, value, found)
    for parent, stratum in expected.keys() - seen:
        yield Finding(f"{place} {parent or ''}:{stratum}", False, f"{parent or ''}:{stratum}", None)
    if not seen.symmetric_difference(expected):
        order = [(one.parent, one.stratum) for _, one in stated.strata]
        if order != list(expected):
            yield Finding(place, False, "in order of parent and stratum", "another order")


def _compare_units(stated: StatedStage, right: Sequence[ManifestUnit]) -> Iterator[Finding]:
    """Compare units by id; a line whose id alone was changed is recognised by its ticket."""
    place = f"stages[{stated.number}].units"
    expected = {unit.id: unit for unit in right}
    listed = {unit.id for _, unit in stated.units}
    missing = {unit.ticket: unit for unit in right if unit.id not in listed}
    seen: set[str] = set()
    for i, unit in stated.units:
        counterpart = expected.get(unit.id) or missing.pop(unit.ticket, None)
        if counterpart is None or counterpart.id in seen:
            yield Finding(f"{place}[{i}] {unit.id}", False, None, unit.id)
            continue
        seen.add(counterpart.id)
        for field in fields(unit):
            value, found = getattr(counterpart, field.name), getattr(unit, field.name)
            if value != found:
                yield Finding(f"{place}[{i}].{field.name} {unit.id}", False, value, found)
    for unit in right:
        if unit.id not in seen:
            yield Finding(f"{place} {unit.id}", False, unit.id, None)
    order = [unit.id for _, unit in stated.units]
    if len(order) == len(expected) and set(order) == set(expected) and order != list(expected):
        i = next(i for i, (one, other) in enumerate(zip(order, expected, strict=True)) if one != other)
        yield Finding(f"{place}[{stated.units[i][0]}]", False, list(expected)[i], order[i])
