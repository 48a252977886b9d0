"""A list of households of two counties, its mapping, and a design that draws from it."""

SMALL_MAPPING = """
levels:
  - {name: county, id: county_code, columns: {county: text}}
  - {name: village, id: village_code, columns: {village: text, village_kind: text}}
  - {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer}}
"""
SMALL_FRAME = (
    "county_code,county,village_code,village,village_kind,household_id,household_class,registered,persons\n"
    + "".join(
        f"35{c}001,第{c}县,35{c}00{v},第{c}县第{v}村,{'脱贫村' if v == 1 else '其他村'},"
        f"35{c}00{v}-{h:03d},{'脱贫户,是' if h % 2 else '一般农户,否'},{1 + h % 5}\n"
        for c in (1, 2)
        for v in (2, 3, 4)
        for h in range(1, 13)
    )
)
SMALL_DESIGN = """
version: 1
evaluation: fujian-demo
draw: 1
title: 两县试点方案
frame:
  levels:
    - {name: county, id: county_code, columns: {county: text}}
    - {name: village, id: village_code, columns: {village: text, village_kind: text}}
    - {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer}}
public: {source: null, round: null, form: null}
stages:
  - {name: village, strata: [county_code], method: pps_systematic, size: {count: household}, take: {each: 2, by: []}}
  - {name: household, strata: [household_class], method: equal, take: {each: 3, by: []}, reserves: 2}
"""
