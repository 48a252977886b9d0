"""Give the units of the last stage their base weight: 1 / product of the probabilities from above."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Mapping, Sequence
from dataclasses import replace

from sampling.design import Design
from sampling.engine import Engine
from sampling.manifest import ManifestStage, ManifestUnit
from sampling.taken_units import TakenUnits


def with_weights(engine: Engine, design: Design, stages: Sequence[ManifestStage]) -> tuple[ManifestStage, ...]:
    """Give the main units of the last stage their weight; purposive units and reserves have none.

    A unit drawn k times with replacement counts k times: k / expected number of draws (Hansen and Hurwitz 1943). In the
    second phase of a draw the weight is multiplied by that of the first (Särndal, Swensson and Wretman 1992, 9.3).
    """
    products: dict[str | None, float] = {None: 1.0}
    for stage in stages[:-1]:
        products = _products(stage.units, products)
    last = stages[-1]
    earlier = _first_phase_weights(engine, design, last)
    if isinstance(last.units, TakenUnits) and earlier is None:
        return (*stages[:-1], replace(last, units=last.units.weighed(products)))
    units = tuple(_weighted(unit, products, earlier) for unit in last.units)
    return (*stages[:-1], replace(last, units=units))


def _products(units: Sequence[ManifestUnit], above: Mapping[str | None, float]) -> dict[str | None, float]:
    """Multiply the probability of every main unit by those of the units that it lies in."""
    if isinstance(units, TakenUnits):
        return dict(units.products(above))
    return {
        unit.id: above[unit.parent] * unit.probability / (unit.times or 1)
        for unit in units
        if unit.probability is not None and unit.parent in above
    }


def _weighted(
    unit: ManifestUnit, products: Mapping[str | None, float], earlier: Mapping[str, float] | None
) -> ManifestUnit:
    if unit.probability is None or unit.parent not in products:
        return unit
    weight = (unit.times or 1) / (products[unit.parent] * unit.probability)
    weight = weight if earlier is None else weight * earlier[unit.id]
    marks = unit.times, unit.unannounced
    return ManifestUnit(
        unit.id, unit.parent, unit.stratum, unit.ticket, unit.probability, unit.sample_type, unit.order, weight, *marks
    )


def _first_phase_weights(engine: Engine, design: Design, stage: ManifestStage) -> dict[str, float] | None:
    """Read the weights of the first phase; None where there was none."""
    if design.first_phase is None:
        return None
    unit, weight = engine.quote(design.levels[design.depth(-1)].id), engine.quote(design.first_phase.weight)
    engine.load("weighted", {"id": [one.id for one in stage.units]})
    taken = f"SELECT {unit} AS id, {weight} AS weight FROM frame WHERE {unit} IN (SELECT id FROM weighted)"
    rows = engine.rows(f"SELECT id, max(weight) FROM ({taken}) AS taken GROUP BY id")
    return {unit_id: float(text) for unit_id, text in rows}
