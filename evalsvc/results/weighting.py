"""Weights of the opened households, by sampling.weight, from the manifest and the outcomes of fieldwork."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsvc.instruments.contract import COMPLETED, DECEASED, DUPLICATE, VACANT
from evalsvc.results.records import FieldworkRow
from sampling.errors import Complaint
from sampling.manifest import Manifest
from sampling.weight import OpenedUnit, adjust_nonresponse, household_weights

INELIGIBLE = frozenset({VACANT, DECEASED, DUPLICATE})
RESERVE = "reserve"


@dataclass(frozen=True)
class HouseholdWeight:
    """One household's weights, and how many households its group (village and class) has in the frame."""

    population: int
    base: float
    adjusted: float


@dataclass(frozen=True)
class Place:
    """Where a household stands, as far as the adjustment for non-response goes."""

    county: str
    household_class: str


def weigh(
    manifest: Manifest, opened: Sequence[FieldworkRow], places: Mapping[str, Place]
) -> tuple[dict[str, HouseholdWeight], list[Complaint]]:
    """Weigh every opened household; only a county in which nobody answered is complained of."""
    units = _units(manifest, opened)
    base = household_weights(units).base
    kinds = {unit.id: unit.stratum for stage in manifest.stages[:-1] for unit in stage.units}
    ladder = [_classes(row, places[row.unit_id], kinds) for row in opened]
    adjusted, complaints = _adjust(units, base, ladder)
    found = zip(units, base, adjusted, strict=True)
    return {unit.unit_id: HouseholdWeight(int(unit.population), first, last) for unit, first, last in found}, complaints


def _units(manifest: Manifest, opened: Sequence[FieldworkRow]) -> list[OpenedUnit]:
    populations = {(each.parent, each.stratum): each.population for each in manifest.stages[-1].strata}
    chance = _parent_probabilities(manifest)
    group = {row.unit_id: (row.parent or None, row.stratum) for row in opened}
    main = Counter(group[row.unit_id] for row in opened if row.sample_type != RESERVE)
    reserves = Counter(group[row.unit_id] for row in opened if row.sample_type == RESERVE)
    return [
        OpenedUnit(
            unit_id=row.unit_id,
            parent=group[row.unit_id][0],
            stratum=row.stratum,
            parent_probability=chance[group[row.unit_id][0]],
            population=populations[group[row.unit_id]],
            main=main[group[row.unit_id]],
            opened=reserves[group[row.unit_id]],
            eligible=row.disposition not in INELIGIBLE,
            responded=row.disposition == COMPLETED,
            adjustment_class="",
        )
        for row in opened
    ]


def _classes(row: FieldworkRow, place: Place, kinds: Mapping[str, str]) -> tuple[str, ...]:
    """Return a household's adjustment classes from the finest to the coarsest."""
    county, household_class = place.county, place.household_class
    return (
        f"{county}/{row.parent}/{household_class}",
        f"{county}/{kinds.get(row.parent, '')}/{household_class}",
        f"{county}/{household_class}",
        county,
    )


def _adjust(
    units: Sequence[OpenedUnit], base: Sequence[float], ladder: Sequence[tuple[str, ...]]
) -> tuple[Sequence[float], list[Complaint]]:
    """Adjust in the finest class; a class without respondents passes its weight on to those of the next coarser class.

    Households of a class that has respondents keep their class's factor: one silent village does not undo the
    adjustment of the others.
    """
    eligible, responded = [unit.eligible for unit in units], [unit.responded for unit in units]
    weights, complaints = list(base), list[Complaint]()
    for names in zip(*ladder, strict=True):
        found = adjust_nonresponse(weights, eligible, responded, names)
        silent = {each.name for each in found.classes if each.factor is None}
        moved = zip(weights, found.adjusted, eligible, names, strict=True)
        weights = [old if able and name in silent else new for old, new, able, name in moved]
        complaints = list(found.complaints)
        if not silent:
            break
    return weights, complaints


def _parent_probabilities(manifest: Manifest) -> dict[str | None, float]:
    products: dict[str | None, float] = {None: 1.0}
    for stage in manifest.stages[:-1]:
        products = {
            unit.id: products[unit.parent] * unit.probability for unit in stage.units if unit.probability is not None
        }
    return products
