"""Every method takes every unit as often as its probability says, the exact ones every pair, also where labels repeat.

One draw is 6,000: every county holds villages of the same sizes in strata of the same labels, and all are drawn.
"""

from collections import Counter
from collections.abc import Callable
from functools import cache
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from sampling.design import load_design
from sampling.engine import DuckDBEngine
from sampling.frame import Frame
from sampling.levels import Column, Level
from sampling.manifest import ManifestStage, ManifestUnit
from sampling.methods import maximum_entropy, sampford, tille
from sampling.methods.catalogue import METHODS, Method
from sampling.methods.probabilities import inclusion_probabilities
from sampling.methods.randomness import Floats
from sampling.stage_draw import draw_stage

COUNTIES = 6_000
LIMIT = 4.5
"""Standard errors: some 20 comparisons a method, and the seed is fixed."""
SIZES = {"1": [2, 7, 8, 5, 4, 4], "2": [40, 1, 3, 6, 2]}
"""Stratum: sizes of its villages; the first of the second stratum is a certainty."""
TAKE = 3
LEVELS = (
    Level("county", "county_code"),
    Level("village", "village_code", (Column("kind", "text"), Column("size", "integer"), Column("east", "integer"))),
)
EXACT: dict[str, Callable[[Floats], NDArray[np.float64]]] = {
    "sampford": sampford.joint,
    "maximum_entropy": maximum_entropy.joint,
    "tille": tille.joint,
}


@cache
def frame() -> Frame:
    villages = [(kind, place, size) for kind, sizes in SIZES.items() for place, size in enumerate(sizes)]
    counties = [f"c{number:05d}" for number in range(COUNTIES)]
    rows = {
        "county_code": [county for county in counties for _ in villages],
        "village_code": [f"{county}-{kind}-{place}" for county in counties for kind, place, _ in villages],
        "kind": [kind for _ in counties for kind, _, _ in villages],
        "size": [size for _ in counties for _, _, size in villages],
        "east": [place * place for _ in counties for _, place, _ in villages],
    }
    return Frame(LEVELS, pa.table(rows))


def draw(method: Method) -> ManifestStage:
    """Draw every county, and three villages of each of its strata."""
    traits = METHODS[method]
    own = "" if traits.size == "no" else "size: {column: size}, "
    own += {"balance": "balance: [east], ", "coordinates": "coordinates: {plane: [east, size]}, "}.get(
        traits.needs or "", ""
    )
    text = f"""
version: 1
evaluation: x
draw: 1
frame:
  levels:
  - {{name: county, id: county_code}}
  - {{name: village, id: village_code, columns: {{kind: text, size: integer, east: integer}}}}
stages:
- {{name: county, method: equal, take: all}}
- {{name: village, strata: [kind], method: {method}, {own}take: {TAKE}}}
"""
    reading = load_design(text)
    assert reading.design is not None, reading.complaints
    with DuckDBEngine(frame()) as engine:
        counties = draw_stage(engine, reading.design, 0, "seed")
        assert len(counties.units) == COUNTIES
        return draw_stage(engine, reading.design, 1, "seed", counties)


@pytest.mark.parametrize("method", list(METHODS))
def test_units_are_taken_as_often_as_their_probability_says(method: Method) -> None:
    stage = draw(method)
    expected = {kind: _expected(method, sizes) for kind, sizes in SIZES.items()}
    for (kind, place), told in _probabilities(stage).items():
        assert all(one == pytest.approx(expected[kind][place], abs=1e-12) for one in told), (kind, place, told)
    for kind, sizes in SIZES.items():
        own = [unit for unit in stage.units if unit.stratum == kind]
        if METHODS[method].fixed_size and method != "with_replacement":
            assert set(Counter(unit.parent for unit in own).values()) == {TAKE}
        reached = np.array(expected[kind]) if METHODS[method].exact_first_order else _by_order(method, sizes)
        _within(_shares(own, len(sizes)), reached, method)
        if method in EXACT:
            _pairs(own, sizes, EXACT[method])


def _probabilities(stage: ManifestStage) -> dict[tuple[str, int], set[float | None]]:
    """Collect every probability that was told for a village of a size, over all counties."""
    told: dict[tuple[str, int], set[float | None]] = {}
    for unit in stage.units:
        _, kind, place = unit.id.split("-")
        told.setdefault((kind, int(place)), set()).add(unit.probability)
    return told


def _expected(method: Method, sizes: list[int]) -> list[float]:
    if METHODS[method].size == "no":
        return [TAKE / len(sizes)] * len(sizes)
    if method == "with_replacement":
        return [TAKE * size / sum(sizes) for size in sizes]
    return inclusion_probabilities(sizes, TAKE)


def _by_order(method: Method, sizes: list[int]) -> Floats:
    """Integrate what order sampling reaches: unit i is taken when fewer than n of the others rank before it.

    Rosén (1997), section 3: with p = n x / X the rankings have the distribution functions ``t p / (1 - p + t p)``
    (Pareto) and ``min(t p, 1)`` (sequential Poisson).
    """
    probabilities = np.array(inclusion_probabilities(sizes, TAKE))
    open_units = np.flatnonzero(probabilities < 1.0)
    aimed, places = probabilities[open_units], TAKE - int((probabilities == 1.0).sum())
    uniform = (np.arange(20_000) + 0.5) / 20_000
    for i in range(open_units.size):
        own = aimed[i]
        ranks = uniform / own if method == "sequential_poisson" else uniform * (1 - own) / (own * (1 - uniform))
        before = [_ranks_before(method, ranks, other) for k, other in enumerate(aimed) if k != i]
        fewer = np.zeros((places, ranks.size))
        fewer[0] = 1.0
        for chance in before:
            fewer[1:] = fewer[1:] * (1 - chance) + fewer[:-1] * chance
            fewer[0] *= 1 - chance
        probabilities[open_units[i]] = fewer.sum(axis=0).mean()
    return probabilities


def _ranks_before(method: Method, ranks: Floats, aimed: float) -> Floats:
    if method == "sequential_poisson":
        return np.minimum(ranks * aimed, 1.0)
    return np.asarray(ranks * aimed / (1 - aimed + ranks * aimed))


def _shares(units: list[ManifestUnit], count: int) -> Floats:
    """Count how often each village was drawn, over all counties."""
    shares = np.zeros(count)
    for unit in units:
        shares[int(unit.id.rpartition("-")[2])] += unit.times or 1
    return shares / COUNTIES


def _within(shares: Floats, wanted: Floats, method: str) -> None:
    sure = (wanted > 1.0 - 1e-12) & (method != "with_replacement")
    assert (shares[sure] == 1.0).all()
    spread = wanted if method == "with_replacement" else wanted * (1.0 - wanted)
    errors = np.abs(shares - wanted)[~sure] / np.sqrt(spread[~sure] / COUNTIES)
    assert errors.max() < LIMIT


def _pairs(units: list[ManifestUnit], sizes: list[int], joint: Callable[[Floats], NDArray[np.float64]]) -> None:
    """Compare how often pairs were taken together with the exact joint probabilities; certainties stand outside."""
    probabilities = np.array(inclusion_probabilities(sizes, TAKE))
    open_units = np.flatnonzero(probabilities < 1.0)
    wanted = joint(probabilities[open_units])
    taken: dict[str | None, list[int]] = {}
    for unit in units:
        taken.setdefault(unit.parent, []).append(int(unit.id.rpartition("-")[2]))
    seen = Counter(pair for places in taken.values() for pair in combinations(sorted(places), 2))
    for a, b in combinations(range(open_units.size), 2):
        share = seen[int(open_units[a]), int(open_units[b])] / COUNTIES
        chance = wanted[a, b]
        assert abs(share - chance) <= LIMIT * np.sqrt(max(chance * (1 - chance), 1e-18) / COUNTIES)
