"""Main units of a stage with reserves are as likely as the manifest says, whatever decided the order of the list."""

import hashlib

import numpy as np
import pyarrow as pa
import pytest

from sampling.design import load_design
from sampling.engine import DuckDBEngine
from sampling.frame import Frame
from sampling.levels import Column, Level
from sampling.manifest import ManifestStage
from sampling.stage_draw import draw_stage

COUNTIES = 30_000
SIZES = [20, 3, 3, 1, 1]
MAIN, RESERVES = 1, 2
LIMIT = 4.5
"""Standard errors; the seed is fixed."""
LEVELS = (Level("county", "county_code"), Level("village", "village_code", (Column("size", "integer"),)))


def draw(method: str, order: str, counties: int = COUNTIES) -> ManifestStage:
    codes = [f"c{number:05d}" for number in range(counties)]
    rows = {
        "county_code": [county for county in codes for _ in SIZES],
        "village_code": [f"{county}-{place}" for county in codes for place in range(len(SIZES))],
        "size": SIZES * counties,
    }
    text = f"""
version: 1
evaluation: x
draw: 1
frame:
  levels:
  - {{name: county, id: county_code}}
  - {{name: village, id: village_code, columns: {{size: integer}}}}
stages:
- {{name: county, method: equal, take: all}}
- {{name: village, method: {method}, order: {order}, size: {{column: size}}, take: {MAIN}, reserves: {RESERVES}}}
"""
    reading = load_design(text)
    assert reading.design is not None, reading.complaints
    with DuckDBEngine(Frame(LEVELS, pa.table(rows))) as engine:
        above = draw_stage(engine, reading.design, 0, "seed")
        return draw_stage(engine, reading.design, 1, "seed", above)


@pytest.mark.parametrize(("method", "order"), [("pivotal", "ticket"), ("pivotal", "frame")])
def test_main_units_beside_reserves_are_as_likely_as_they_are_said_to_be(method: str, order: str) -> None:
    stage = draw(method, order)
    main = [unit for unit in stage.units if unit.sample_type != "reserve"]
    # The largest is certain among three and then released once in three; the others share two places. Released by the
    # tickets of the list, it would come first in 0.3167 of the draws: the other two are spread along
    # the list, so that one of them mostly stands near its front.
    stated = np.array([1 / 3, *(2 * size / 8 / 3 for size in SIZES[1:])])
    counts = np.zeros(len(SIZES))
    for unit in main:
        place = int(unit.id[-1])
        counts[place] += 1
        assert unit.probability == pytest.approx(stated[place], abs=1e-12)
    assert counts.sum() == MAIN * COUNTIES
    errors = (counts / COUNTIES - stated) / np.sqrt(stated * (1 - stated) / COUNTIES)
    assert np.abs(errors).max() < LIMIT


def test_reserves_are_opened_by_tickets_of_their_own() -> None:
    stage = draw("pivotal", "ticket", counties=20)
    for county in {unit.parent for unit in stage.units}:
        units = [unit for unit in stage.units if unit.parent == county]
        own = [hashlib.sha256(f"seed:village/release:{unit.id}".encode()).hexdigest() for unit in units]
        assert own == sorted(own)
        assert [unit.order for unit in units] == [None, 1, 2]
