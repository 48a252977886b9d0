"""Weights of the opened households, by sampling.weight, from the manifest and the outcomes of fieldwork."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsvc.instruments.contract import COMPLETED, DECEASED, DUPLICATE, VACANT
from evalsvc.planning.making import RESERVE
from evalsvc.results.records import FieldworkRow
from sampling.errors import Complaint
from sampling.manifest import Manifest
from sampling.weight import OpenedUnit, household_weights

INELIGIBLE = frozenset({VACANT, DECEASED, DUPLICATE})


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
    units = _units(manifest, opened, places)
    weights = household_weights(units)
    found = zip(units, weights.base, weights.adjusted, strict=True)
    by_household = {unit.unit_id: HouseholdWeight(int(unit.population), first, last) for unit, first, last in found}
    return by_household, list(weights.complaints)


def _units(manifest: Manifest, opened: Sequence[FieldworkRow], places: Mapping[str, Place]) -> list[OpenedUnit]:
    populations = {(each.parent, each.stratum): each.population for each in manifest.stages[-1].strata}
    chance = _parent_probabilities(manifest)
    kinds = {unit.id: unit.stratum for stage in manifest.stages[:-1] for unit in stage.units}
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
            adjustment_classes=_classes(row, places[row.unit_id], kinds),
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


def _parent_probabilities(manifest: Manifest) -> dict[str | None, float]:
    products: dict[str | None, float] = {None: 1.0}
    for stage in manifest.stages[:-1]:
        products = {
            unit.id: products[unit.parent] * unit.probability / (unit.times or 1)
            for unit in stage.units
            if unit.probability is not None and unit.parent in products
        }
    return products
