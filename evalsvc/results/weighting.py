"""Weights of the opened households: base weight over the opened reserves, and the adjustment for non-response."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import fsum

from evalsvc.results.records import FieldworkRow
from sampling.errors import Complaint, complain
from sampling.manifest import Manifest

RESPONDED, NOT_RESPONDED, INELIGIBLE = "responded", "not_responded", "ineligible"


@dataclass(frozen=True)
class HouseholdWeight:
    """One household's weights, and how many households its group (village and class) has in the frame."""

    population: int
    base: float
    adjusted: float


def weigh(
    manifest: Manifest, opened: Sequence[FieldworkRow], outcomes: Mapping[str, str], classes: Mapping[str, str]
) -> tuple[dict[str, HouseholdWeight], list[Complaint]]:
    """Weigh every opened household.

    The base weight counts main and opened reserves of a group together, (main + opened) / population. In each class the
    weights of those who did not respond go to those who did; a household that is not eligible keeps its base weight.
    """
    populations = {(each.parent, each.stratum): each.population for each in manifest.stages[-1].strata}
    drawn = Counter((row.parent, row.stratum) for row in opened)
    chance = _parent_probabilities(manifest)
    base = {
        row.unit_id: populations[row.parent, row.stratum] / (chance[row.parent] * drawn[row.parent, row.stratum])
        for row in opened
    }
    factors, complaints = _factors(base, outcomes, classes)
    weights = {
        row.unit_id: HouseholdWeight(
            populations[row.parent, row.stratum],
            base[row.unit_id],
            _adjusted(base[row.unit_id], outcomes[row.unit_id], factors.get(classes[row.unit_id], 1.0)),
        )
        for row in opened
    }
    return weights, complaints


def _parent_probabilities(manifest: Manifest) -> dict[str | None, float]:
    products: dict[str | None, float] = {None: 1.0}
    for stage in manifest.stages[:-1]:
        products = {
            unit.id: products[unit.parent] * unit.probability for unit in stage.units if unit.probability is not None
        }
    return products


def _factors(
    base: Mapping[str, float], outcomes: Mapping[str, str], classes: Mapping[str, str]
) -> tuple[dict[str, float], list[Complaint]]:
    sums: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for unit, weight in base.items():
        sums[classes[unit]][outcomes[unit]].append(weight)
    factors, complaints = {}, []
    for name, parts in sorted(sums.items()):
        responded, missing = fsum(parts[RESPONDED]), fsum(parts[NOT_RESPONDED])
        if responded:
            factors[name] = (responded + missing) / responded
        elif missing:
            complaints.append(complain("results.class_without_respondents", name=name))
    return factors, complaints


def _adjusted(base: float, outcome: str, factor: float) -> float:
    return {RESPONDED: base * factor, NOT_RESPONDED: 0.0, INELIGIBLE: base}[outcome]
