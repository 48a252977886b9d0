"""Visit the units of a drawn sample, open reserves by the rules, and weigh what was opened."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sampling.estimate.table import BoolArray, FloatArray, IntArray
from sampling.manifest import ManifestStage, ManifestUnit
from sampling.simulate.population import Population
from sampling.weight import adjust_in_steps, base_weight, stopped_weights

Weighting = Literal["opened", "stopped"]
"""How groups with opened reserves are weighed: by `base_weight`, as the protocol has it, or by `stopped_weights`."""
REPLACEABLE = frozenset({"probability", "reserve"})
"""Certainty and purposive units are never replaced."""


@dataclass(frozen=True)
class Opened:
    """Hold the opened units of the last stage, main and reserve, in the order of their ids.

    Attributes
    ----------
    units : the units as drawn
    place : (n,) positions in the population
    eligible, responded : (n,) bools
    base, weight : (n,) base weights, and weights after the adjustment for non-response
    empty_classes : names of classes in which nobody answered and that no coarser class carries
    """

    units: tuple[ManifestUnit, ...]
    place: IntArray
    eligible: BoolArray
    responded: BoolArray
    base: FloatArray
    weight: FloatArray
    empty_classes: tuple[str, ...]


def visit(stage: ManifestStage, population: Population, responding: BoolArray, rounds: int) -> list[ManifestUnit]:
    """Visit the main units; beside each that was not interviewed the next reserve of its group is opened.

    A replaced unit keeps its record. A reserve that is not interviewed is replaced in the next round, as long as the
    group has reserves.

    Parameters
    ----------
    responding : (N,) bools
        Units that are interviewed when they are visited: eligible, met and willing.
    rounds : int
        Rounds of replacement, at most; 0 opens no reserve.
    """
    waiting: dict[tuple[str | None, str], list[ManifestUnit]] = defaultdict(list)
    for unit in sorted(stage.units, key=lambda unit: unit.order or 0):
        if unit.sample_type == "reserve":
            waiting[unit.parent, unit.stratum].append(unit)
    today = [unit for unit in stage.units if unit.sample_type in {"probability", "certainty"}]
    opened = list(today)
    for _ in range(rounds):
        following: list[ManifestUnit] = []
        for unit in sorted(today, key=lambda unit: unit.id):
            reserves = waiting[unit.parent, unit.stratum]
            if unit.sample_type in REPLACEABLE and reserves and not responding[population.place[unit.id]]:
                following.append(reserves.pop(0))
        if not following:
            break
        opened += following
        today = following
    return sorted(opened, key=lambda unit: unit.id)


def open_units(
    stages: Sequence[ManifestStage],
    population: Population,
    responding: BoolArray,
    rounds: int,
    weighting: Weighting = "opened",
) -> Opened:
    """Visit and weigh: base weights count opened reserves, non-response is adjusted in classes; by sampling.weight."""
    units = visit(stages[-1], population, responding, rounds)
    place = np.array([population.place[unit.id] for unit in units], dtype=np.int64)
    eligible, responded = population.eligible[place], responding[place]
    base = _base_weights(stages, units, responded.tolist(), weighting)
    weights = adjust_in_steps(base, eligible.tolist(), responded.tolist(), _classes(stages, population, units, place))
    empty = tuple(str(each.details["name"]) for each in weights.complaints)
    return Opened(tuple(units), place, eligible, responded, np.array(base), np.array(weights.adjusted), empty)


def parent_chances(stages: Sequence[ManifestStage]) -> Mapping[str | None, float]:
    """Give the chance of every unit above the last stage: the product of the probabilities from above.

    A unit drawn k times with replacement counts k times: expected draws divided by k.
    """
    products: dict[str | None, float] = {None: 1.0}
    for stage in stages[:-1]:
        products = {
            unit.id: products[unit.parent] * unit.probability / _times(unit)
            for unit in stage.units
            if unit.probability is not None and unit.parent in products
        }
    return products


def _times(unit: ManifestUnit) -> int:
    return getattr(unit, "times", None) or 1


def _base_weights(
    stages: Sequence[ManifestStage], units: Sequence[ManifestUnit], responded: Sequence[bool], weighting: Weighting
) -> list[float]:
    """Weigh by 1 / (chance of the parent * (main + opened) / N); without reserves by the stated probability."""
    above = parent_chances(stages)
    counts = {(each.parent, each.stratum): each.population for each in stages[-1].strata}
    methods = {(each.parent, each.stratum): each.method for each in stages[-1].strata}
    groups = [(unit.parent, unit.stratum) for unit in units]
    main = Counter(group for unit, group in zip(units, groups, strict=True) if unit.sample_type != "reserve")
    opened = Counter(group for unit, group in zip(units, groups, strict=True) if unit.sample_type == "reserve")
    interviewed = Counter(group for group, met in zip(groups, responded, strict=True) if met)
    weights = []
    for unit, group, met in zip(units, groups, responded, strict=True):
        chance, number = above[unit.parent], counts[group]
        if methods[group] != "equal":
            weights.append(_times(unit) / (chance * (unit.probability or 0.0)))
        elif weighting == "opened":
            weights.append(base_weight(chance, number, main[group], opened[group]))
        else:
            both = stopped_weights(chance, number, main[group], opened[group], interviewed[group])
            weights.append(both[0] if met else both[1])
    return weights


def _classes(
    stages: Sequence[ManifestStage],
    population: Population,
    units: Sequence[ManifestUnit],
    place: IntArray,
) -> list[list[str]]:
    """Give every unit its adjustment classes: by parent, stratum of the parent, first level; then without stratum."""
    strata = {unit.id: unit.stratum for stage in stages[:-1] for unit in stage.units}
    top = [population.top[i] for i in place]
    listed = list(zip(top, units, strict=True))
    return [
        [f"{first}/{unit.parent or ''}/{unit.stratum}" for first, unit in listed],
        [f"{first}/{strata.get(unit.parent or '', '')}/{unit.stratum}" for first, unit in listed],
        [f"{first}/{unit.stratum}" for first, unit in listed],
        [*top],
    ]
