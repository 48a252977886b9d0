"""A design whose stages have no strata is drawn, visited and estimated like any other."""

import pytest

from evalsvc.editions.material import read_sources
from evalsvc.results.compute import compute_results
from tests import small_world

STRATIFIED = ("strata: [county_code, village_kind]", "strata: [household_class]")


@pytest.mark.parametrize("without", [STRATIFIED[:1], STRATIFIED[1:], STRATIFIED])
def test_stages_without_strata_give_results(tmp_path, without):
    design = small_world.DESIGN.replace("take: {each: 3}", "take: {each: 8}")
    for strata in without:
        assert strata in design
        design = design.replace(strata, "strata: []")
    if STRATIFIED[1] in without:
        design = design.replace("take: {each: 4, by: [{when: {household_class: 监测户}, take: 2}]}", "take: {each: 9}")
    world = small_world.make_world(tmp_path, design=design)
    read = read_sources(small_world.tables_of(world), world.frame, small_world.answers_of(world))
    computation = compute_results(read.sources, world.frame)
    assert computation.complaints == ()
    stages = computation.computed.plan["design"]["stages"]
    assert ["strata" in stage for stage in stages] == [each not in without for each in STRATIFIED]
    rows = {row.id: row for row in computation.computed.results.rows if row.domain == {"county_code": "350125"}}
    assert rows["recognition"].low < rows["recognition"].estimate <= rows["recognition"].high
