"""Drawn units above the households in which chance took nothing: they stay in the table, and are no households."""

from dataclasses import replace

import pytest

from evalsvc.results.assembly import assemble
from evalsvc.results.compute import compute_results
from tests import small_world

HOUSEHOLDS = small_world.DESIGN[small_world.DESIGN.index("  - name: household\n") :]
HEAD = small_world.DESIGN[: small_world.DESIGN.index("stages:\n")]
EMPTY = {"eligible": "0", "responded": "0", "base_weight": "0.0", "weight": "0.0", "unit_id": "", "disposition": ""}


def rows_of(table):
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def without_household(sources, village):
    """Give the sources of a draw that took no household of one drawn village."""
    last = sources.manifest.stages[-1]
    left = replace(last, units=tuple(unit for unit in last.units if unit.parent != village))
    fieldwork = [row for row in sources.fieldwork if row.parent != village]
    units = {row.unit_id for row in fieldwork}
    manifest = replace(sources.manifest, stages=(*sources.manifest.stages[:-1], left))
    return replace(
        sources, manifest=manifest, fieldwork=fieldwork, cases=[c for c in sources.cases if c.unit_id in units]
    )


def test_a_drawn_village_without_a_household_has_a_row_of_weight_0(world, sources):
    village = next(unit for unit in sources.manifest.stages[0].units if unit.sample_type == "probability")
    found = without_household(sources, village.id)
    rows = rows_of(assemble(found).table)
    assert [row["unit_id"] for row in rows[:-1]] == sorted(row["unit_id"] for row in rows[:-1])
    empty = {
        name: rows[-1][name] for name in (*EMPTY, "village_code", "stratum_1", "pi_1", "stratum_2", "population_2")
    }
    own = {"village_code": village.id, "stratum_1": village.stratum, "pi_1": repr(village.probability)}
    assert empty == EMPTY | own | {"stratum_2": "-", "population_2": "1"}
    computed = compute_results(found, world.frame)
    assert computed.complaints == ()
    alone = compute_results(replace(found, manifest=without_village(found.manifest, village.id)), world.frame)
    county = village.id[:6]
    with_row, without = (row_of(each.computed.results, county) for each in (computed, alone))
    assert (with_row.estimate, with_row.n, with_row.df) == pytest.approx((without.estimate, without.n, without.df))
    assert with_row.se != pytest.approx(without.se, rel=1e-6)


def without_village(manifest, village):
    first = manifest.stages[0]
    units = tuple(unit for unit in first.units if unit.id != village)
    return replace(manifest, stages=(replace(first, units=units), *manifest.stages[1:]))


def row_of(results, county):
    return next(row for row in results.rows if row.id == "recognition" and row.domain["county_code"] == county)


def test_a_drawn_county_without_a_village_has_a_row(tmp_path):
    stages = (
        "stages:\n  - {name: county, method: equal, take: {each: 2}}\n"
        "  - {name: village, method: bernoulli, strata: [village_kind], take: {each: 10%}}\n"
    )
    world = small_world.make_world(tmp_path, design=HEAD + stages + HOUSEHOLDS, secret=f"{7:064x}")
    sources = small_world.sources_of(world)
    (county,) = {unit.id for unit in world.manifest.stages[0].units} - {
        unit.parent for unit in world.manifest.stages[1].units
    }
    row = rows_of(assemble(sources).table)[-1]
    empty = {
        name: row[name] for name in ("county_code", "population_1", "village_code", "stratum_2", "pi_2", "stratum_3")
    }
    assert empty == {
        "county_code": county, "population_1": "2", "village_code": "-", "stratum_2": "-", "pi_2": "1", "stratum_3": "-"
    }  # fmt: skip
    assert compute_results(sources, world.frame).complaints == ()
