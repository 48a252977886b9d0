"""Weights of the opened households, by sampling.weight, from the manifest and the outcomes of fieldwork."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsvc.instruments.contract import COMPLETED, DECEASED, DUPLICATE, VACANT
from evalsvc.results.records import FieldworkRow
from sampling.errors import Complaint
from sampling.manifest import Manifest
from sampling.weight import OpenedUnit, household_weights

INELIGIBLE = frozenset({VACANT, DECEASED, DUPLICATE})
RESERVE = "reserve"


@dataclass(frozen=True)
class HouseholdWeight:
    """One household's weights, and how many households its group (village and class) has in the frame."""

    population: int
    base: float
    adjusted: float


def weigh(
    manifest: Manifest, opened: Sequence[FieldworkRow], classes: Mapping[str, str]
) -> tuple[dict[str, HouseholdWeight], list[Complaint]]:
    """Weigh every opened household; `classes` gives the class in which its non-response is adjusted."""
    populations = {(each.parent, each.stratum): each.population for each in manifest.stages[-1].strata}
    chance = _parent_probabilities(manifest)
    group = {row.unit_id: (row.parent or None, row.stratum) for row in opened}
    main = Counter(group[row.unit_id] for row in opened if row.sample_type != RESERVE)
    reserves = Counter(group[row.unit_id] for row in opened if row.sample_type == RESERVE)
    units = [
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
            adjustment_class=classes[row.unit_id],
        )
        for row in opened
    ]
    weights = household_weights(units)
    found = zip(opened, weights.base, weights.adjusted, strict=True)
    return {
        row.unit_id: HouseholdWeight(populations[group[row.unit_id]], base, adjusted) for row, base, adjusted in found
    }, list(weights.complaints)


def _parent_probabilities(manifest: Manifest) -> dict[str | None, float]:
    products: dict[str | None, float] = {None: 1.0}
    for stage in manifest.stages[:-1]:
        products = {
            unit.id: products[unit.parent] * unit.probability for unit in stage.units if unit.probability is not None
        }
    return products
