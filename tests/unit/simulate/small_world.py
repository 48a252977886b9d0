"""A small invented county list, a design of two stages and assumed rates: what tests of simulations repeat."""

import pyarrow as pa

from sampling.design import Design, load_design
from sampling.frame import Frame
from sampling.levels import Column, Level
from sampling.simulate import Pattern, load_pattern

LEVELS = (
    Level("county", "county_code", ()),
    Level("village", "village_code", (Column("village_kind", "text"),)),
    Level("household", "household_id", (Column("household_class", "text"), Column("persons", "integer"))),
)

HEAD = """
version: 1
evaluation: simulated
draw: 1
frame:
  levels:
    - {name: county, id: county_code, columns: {}}
    - {name: village, id: village_code, columns: {village_kind: text}}
    - {name: household, id: household_id, columns: {household_class: text, persons: integer}}
"""
DESIGN = f"""{HEAD}stages:
  - name: village
    strata: [county_code, village_kind]
    method: pps_systematic
    size: {{count: household}}
    joint_method: hartley-rao
    take: {{each: 5}}
  - name: household
    strata: [household_class]
    method: equal
    take: {{each: 6}}
    reserves: 4
    when_short: take_all
"""

RATES = """
version: 1
title: 假定
clusters: village
by: [county_code]
indicators:
  - id: wrong_exit_rate
    persons: persons
    where: {household_class: [脱贫户]}
    rates: {each: 0.05, by: [{when: {county_code: "990102"}, rate: 0.10}]}
    icc: 0.03
    threshold: {value: 0.08, side: upper, planned_deff: 1.5}
  - id: recognition
    rates: {each: 0.9}
    icc: 0.05
    threshold: {value: 0.85, side: lower}
ineligible: {each: 0.05, by: [{when: {household_class: 脱贫户}, rate: 0.08}]}
response: {each: 0.9}
totals: true
"""


def frame(counties: int = 2, villages: int = 24, households: int = 40) -> Frame:
    """Make an invented frame; villages differ in size, and every third household is registered."""
    names = ("county_code", "village_code", "village_kind", "household_id", "household_class", "persons")
    columns: dict[str, list[object]] = {name: [] for name in names}
    for county in range(1, counties + 1):
        for village in range(1, villages + 1):
            for household in range(1, households + 5 * (village % 7) + 1):
                code = f"9901{county:02d}{village:03d}"
                columns["county_code"].append(f"9901{county:02d}")
                columns["village_code"].append(code)
                columns["village_kind"].append("脱贫村" if village % 2 else "其他村")
                columns["household_id"].append(f"{code}{household:03d}")
                columns["household_class"].append("脱贫户" if household % 3 == 0 else "一般农户")
                columns["persons"].append(1 + (household * 7 + village) % 6)
    types = {name: pa.int64() if name == "persons" else pa.string() for name in columns}
    return Frame(LEVELS, pa.table({name: pa.array(values, types[name]) for name, values in columns.items()}))


def design(text: str = DESIGN) -> Design:
    """Read a design that is in form."""
    reading = load_design(text)
    assert reading.design is not None, reading.complaints
    return reading.design


def pattern(text: str = RATES, of: Design | None = None) -> Pattern:
    """Read rates that are in form."""
    reading = load_pattern(text, of or design())
    assert reading.pattern is not None, reading.complaints
    return reading.pattern
