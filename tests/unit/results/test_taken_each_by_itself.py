"""Villages that chance takes each by itself: drawn, visited and estimated like any others."""

import pytest

from evalsvc.editions.material import read_sources
from evalsvc.results.compute import compute_results
from tests import small_world

BEGIN, END = small_world.DESIGN.index("    method: pps_systematic"), small_world.DESIGN.index("  - name: household\n")
STAGES = {
    "bernoulli": "    method: bernoulli\n    take: {each: 70%}\n",
    "poisson": "    method: poisson\n    size: {count: household}\n    take: {each: 3}\n",
}


@pytest.mark.parametrize("method", STAGES)
def test_results_have_the_variance_of_independent_units(tmp_path, method):
    design = small_world.DESIGN[:BEGIN] + STAGES[method] + small_world.DESIGN[END:]
    world = small_world.make_world(tmp_path, design=design)
    read = read_sources(small_world.tables_of(world), world.frame, small_world.answers_of(world))
    computation = compute_results(read.sources, world.frame)
    assert computation.complaints == ()
    plan = computation.computed.plan["design"]
    assert plan["unequal"] == {"method": "poisson"}
    assert plan["stages"][0]["probability"] == "pi_1"
    rows = {row.domain["county_code"]: row for row in computation.computed.results.rows if row.id == "recognition"}
    villages = world.manifest.stages[0].units
    for county, row in rows.items():
        units = [unit for unit in villages if unit.id.startswith(county)]
        assert row.low < row.estimate <= row.high
        if all(unit.sample_type == "probability" for unit in units):
            assert row.df == len(units) - len({unit.stratum for unit in units})
