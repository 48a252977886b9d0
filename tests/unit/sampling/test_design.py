"""Reading a design: defaults, the canonical form, and every contradiction at once."""

from collections.abc import Callable

import pytest

from sampling.design import Design, canonical, design_text, load_design
from sampling.errors import Complaint
from sampling.hashing import canonical_json

Say = Callable[[Complaint], tuple[str, str]]

LEVELS = """
frame:
  levels:
    - {name: county, id: county_code, columns: {county: text, hilly: decimal(1)}}
    - {name: village, id: village_code, columns: {village_kind: text, households: integer, land: decimal(2)}}
    - {name: household, id: household_id, columns: {household_class: text, persons: integer}}
"""

HEAD = f"version: 1\nevaluation: test\ndraw: 1\n{LEVELS}"

VILLAGE = "{name: village, method: pps_systematic, size: {count: household}, take: {each: 2}}"
HOUSEHOLD = "{name: household, method: equal, take: {each: 8}}"


def test_defaults_are_written_out() -> None:
    design = load_design(f"{HEAD}stages: [{VILLAGE}, {HOUSEHOLD}]").design
    assert design is not None
    written = canonical(design)
    assert written["title"] == ""
    assert written["only"] == written["exclude"] == written["purposive"] == []
    assert written["first_phase"] is written["fieldwork"] is None
    assert written["public"] == {"source": None, "round": None, "form": None}
    assert written["prn_from"] is None
    assert written["stages"] == [
        {
            "name": "village",
            "strata": [],
            "method": "pps_systematic",
            "order": "ticket",
            "size": {"count": "household"},
            "joint_method": "hartley-rao",
            "balance": [],
            "coordinates": None,
            "take": {"each": 2, "by": [], "minimum": None, "maximum": None},
            "reserves": {"each": 0, "by": [], "minimum": None, "maximum": None},
            "when_short": "refuse",
            "listed": "frame",
            "unannounced": 0,
        },
        {
            "name": "household",
            "strata": [],
            "method": "equal",
            "order": "ticket",
            "size": None,
            "joint_method": None,
            "balance": [],
            "coordinates": None,
            "take": {"each": 8, "by": [], "minimum": None, "maximum": None},
            "reserves": {"each": 0, "by": [], "minimum": None, "maximum": None},
            "when_short": "refuse",
            "listed": "frame",
            "unannounced": 0,
        },
    ]


@pytest.mark.parametrize(
    "stages",
    [
        f"[{VILLAGE}, {HOUSEHOLD}]",
        "[{name: village, method: equal, strata: [county_code, village_kind], "
        "take: {total: 29, within: [county_code], allocation: power, exponent: '0.25', minimum: 2}}]",
        "[{name: village, method: pps_systematic, order: frame, size: {sum: persons}, take: {total: 4}}]",
        "[{name: household, method: equal, strata: [household_class], when_short: take_all, "
        "take: {each: 1, by: [{when: {household_class: 脱贫户}, take: 9}]}, reserves: {each: 1, by: []}}]",
        "[{name: household, method: equal, strata: [household_class], unannounced: 1, "
        "take: {each: 20.5%, by: [{when: {household_class: 监测户}, take: all}], minimum: 2, maximum: 30}}]",
        "[{name: village, method: sampford, size: {column: land}, strata: [county_code], "
        "take: {precision: {rate: '0.02', half_width: '0.01', each: 20}, allocation: cost-optimal, "
        "deviation: '0.14', maximum: 9, cost: {each: '60', by: [{when: {county_code: c0}, value: '75.5'}]}}}]",
        "[{name: village, method: spread, coordinates: {degrees: [households, land]}, take: 20%}, "
        "{name: household, method: equal, listed: later, take: 3}]\n"
        "purposive: [{level: village, column: village_code, values: ['9'], reason: 偏远}]\n"
        "fieldwork: {cost: {village: '800'}, minutes: {household: 40}, teams: 3}",
        "[{name: village, method: poisson, size: {column: land}, take: 2}, "
        "{name: household, method: balanced, balance: [persons], take: 3}]\n"
        f"prn_from: {{manifest_sha256: {'a' * 64}, seed: {'b' * 64}, shift: '0.25'}}",
        f"[{HOUSEHOLD}]\nfirst_phase: {{manifest_sha256: {'a' * 64}, weight: household_class}}",
    ],
)
def test_the_canonical_form_reads_back_to_the_same_design(stages: str) -> None:
    design = load_design(f"{HEAD}stages: {stages}").design
    assert design is not None
    assert load_design(design_text(design)).design == design
    again = load_design(canonical_json(canonical(design)).decode()).design
    assert again is not None
    assert canonical_json(canonical(again)) == canonical_json(canonical(design))


def test_frame_order_has_its_own_joint_method() -> None:
    design = load_design(
        f"{HEAD}stages: [{{name: village, method: pps_systematic, order: frame, "
        "size: {column: land}, take: {each: 1}}]"
    ).design
    assert isinstance(design, Design)
    assert design.stages[0].joint_method == "with-replacement"


def test_decomposed_text_is_the_same_text() -> None:
    composed, decomposed = "Caf\u00e9", "Cafe\u0301"
    designs = [load_design(f"{HEAD}title: {title}\nstages: [{VILLAGE}]").design for title in (composed, decomposed)]
    assert designs[0] == designs[1]


BAD = [
    ("stages: " + "[" * 20000, {"document.not_readable"}),
    ("stages: []", {"document.too_few"}),
    (f"stages: [{VILLAGE}]\nseed: 3", {"document.unknown_key_at_top"}),
    (f"stages: [{VILLAGE}]\npublic: {{source: 双色球}}", {"design.public_incomplete"}),
    (f"stages: [{HOUSEHOLD}, {VILLAGE}]", {"design.stage_order"}),
    (f"stages: [{HOUSEHOLD}, {HOUSEHOLD}]", {"design.stage_order"}),
    ("stages: [{name: town, method: equal, take: {each: 1}}]", {"design.unknown_level"}),
    ("stages: [{name: village, method: lottery, take: {each: 1}}]", {"document.not_allowed"}),
    ("stages: [{name: village, method: equal, take: {each: 0}}]", {"document.too_small"}),
    ("stages: [{name: village, method: equal, take: {each: 2.5}}]", {"document.type_integer"}),
    ("stages: [{name: village, method: equal}]", {"document.missing_key"}),
    ("stages: [{name: village, method: equal, take: {total: 9, alocation: equal}}]", {"document.unknown_key"}),
    ("stages: [{name: village, method: equal, take: {each: 1}, strata: [kind]}]", {"design.unknown_column"}),
    ("stages: [{name: village, method: equal, take: {each: 1}, strata: [household_class]}]", {"design.unknown_column"}),
    ("stages: [{name: village, method: equal, take: {each: 1}, strata: [land]}]", {"design.column_type"}),
    ("stages: [{name: village, method: equal, take: {each: 1}, size: {count: household}}]", {"design.not_for_method"}),
    ("stages: [{name: village, method: equal, take: {each: 1}, order: frame}]", {"design.not_for_method"}),
    ("stages: [{name: village, method: equal, take: {each: 1}, joint_method: brewer}]", {"design.not_for_method"}),
    ("stages: [{name: village, method: pps_systematic, take: {each: 1}}]", {"design.size_missing"}),
    (
        "stages: [{name: village, method: pps_systematic, size: {count: county}, take: {each: 1}}]",
        {"design.unknown_level"},
    ),
    (
        "stages: [{name: village, method: pps_systematic, size: {sum: households}, take: {each: 1}}]",
        {"design.unknown_column"},
    ),
    (
        "stages: [{name: village, method: pps_systematic, size: {column: village_kind}, take: {each: 1}}]",
        {"design.column_type"},
    ),
    (
        "stages: [{name: village, method: pps_systematic, size: {count: household}, order: frame, "
        "joint_method: hartley-rao, take: {each: 1}}]",
        {"design.joint_method"},
    ),
    (
        "stages: [{name: village, method: equal, take: {each: 1, by: [{when: {village_kind: 脱贫村}, take: 2}]}}]",
        {"design.not_a_stratum_column"},
    ),
    (
        "stages: [{name: village, method: equal, take: {total: 9, within: [county_code]}}]",
        {"design.not_a_stratum_column"},
    ),
    (
        f"stages: [{{name: village, method: equal, take: {{each: 2}}, reserves: 1}}, {HOUSEHOLD}]",
        {"design.reserves_above_last_stage"},
    ),
    (f"only: [{{level: town, column: town, values: [a]}}]\nstages: [{VILLAGE}]", {"design.unknown_level"}),
    (f"only: [{{level: county, column: town, values: [a]}}]\nstages: [{VILLAGE}]", {"design.unknown_column"}),
    (
        f"exclude: [{{level: county, column: hilly, values: ['1'], reason: r}}]\nstages: [{VILLAGE}]",
        {"design.column_type"},
    ),
    (
        f"only: [{{level: county, column: county_code, values: [350125]}}]\nstages: [{VILLAGE}]",
        {"document.type_string"},
    ),
    (f"exclude: [{{level: county, column: county, values: [a]}}]\nstages: [{VILLAGE}]", {"document.missing_key"}),
    ("stages: [{name: village, method: balanced, take: 2}]", {"design.columns_missing"}),
    (
        "stages: [{name: village, method: spread, coordinates: {plane: [land, village_kind]}, take: 2}]",
        {"design.column_type"},
    ),
    ("stages: [{name: village, method: equal, balance: [land], take: 2}]", {"design.not_for_method"}),
    (
        "stages: [{name: village, method: pareto, size: {column: land}, take: 2, reserves: 1}]",
        {"design.not_for_method"},
    ),
    ("stages: [{name: village, method: equal, take: {each: 20%, minimum: 5, maximum: 3}}]", {"design.bounds_crossed"}),
    ("stages: [{name: village, method: equal, take: {each: 20, minimum: 5}}]", {"design.bounds_without_share"}),
    ("stages: [{name: village, method: equal, take: {total: 9, minimum: 5, maximum: 3}}]", {"design.bounds_crossed"}),
    ("stages: [{name: village, method: equal, take: 120%}]", {"document.pattern"}),
    ("stages: [{name: village, method: equal, take: some}]", {"document.pattern"}),
    ("stages: [{name: village, method: equal, take: {total: 9, allocation: neyman}}]", {"design.planned_missing"}),
    ("stages: [{name: village, method: equal, take: {total: 9, cost: '3'}}]", {"design.planned_unused"}),
    (
        "stages: [{name: village, method: equal, take: {total: 9, allocation: neyman, deviation: '0.0'}}]",
        {"design.planned_zero"},
    ),
    (
        "stages: [{name: village, method: equal, take: {precision: {rate: '0.02', half_width: '1.5'}}}]",
        {"design.precision_range"},
    ),
    (
        f"purposive: [{{level: county, column: county_code, values: [a], reason: r}}]\nstages: [{VILLAGE}]",
        {"design.purposive_not_drawn"},
    ),
    (
        f"prn_from: {{manifest_sha256: {'a' * 64}, seed: {'b' * 64}, stages: [village]}}\nstages: [{VILLAGE}]",
        {"design.not_coordinated"},
    ),
    (
        f"prn_from: {{manifest_sha256: {'a' * 64}, seed: {'b' * 64}}}\nstages: [{VILLAGE}]",
        {"design.nothing_coordinated"},
    ),
    (f"first_phase: {{manifest_sha256: {'a' * 64}, weight: persons}}\nstages: [{HOUSEHOLD}]", {"design.column_type"}),
    (f"first_phase: {{manifest_sha256: {'a' * 64}, weight: w}}\nstages: [{HOUSEHOLD}]", {"design.unknown_column"}),
    (f"fieldwork: {{cost: {{town: '3'}}}}\nstages: [{HOUSEHOLD}]", {"design.unknown_stage"}),
    ("stages: [{name: household, method: equal, take: 2, listed: later}]", {"design.later_at_first"}),
    (
        "stages: [{name: county, method: equal, take: 2}, {name: household, method: equal, take: 2, listed: later}]",
        {"design.later_skips"},
    ),
    (
        "stages: [{name: county, method: equal, take: 2}, {name: village, method: equal, take: 2, listed: later}, "
        "{name: household, method: equal, take: 2}]",
        {"design.later_not_last"},
    ),
    (
        "stages: [{name: village, method: pps_systematic, size: {count: household}, take: 2}, "
        "{name: household, method: equal, take: 2, listed: later}]",
        {"design.size_not_known"},
    ),
]


@pytest.mark.parametrize(("rest", "codes"), BAD)
def test_contradictions_are_refused(rest: str, codes: set[str], say: Say) -> None:
    reading = load_design(HEAD + rest)
    assert reading.design is None
    assert {one.code for one in reading.complaints} == codes
    for one in reading.complaints:
        zh, en = say(one)
        assert "design.yaml" in zh
        assert "design.yaml" in en


def test_all_problems_come_at_once() -> None:
    reading = load_design(
        f"{HEAD}stages: [{{name: village, method: equal, strata: [kind, land], size: {{count: household}}, "
        f"take: {{each: 1}}, reserves: 2}}, {{name: household, method: pps_systematic, take: {{each: 1}}}}]"
    )
    assert [(one.code, one.column) for one in reading.complaints] == [
        ("design.unknown_column", "stages[0].strata"),
        ("design.column_type", "stages[0].strata"),
        ("design.not_for_method", "stages[0].size"),
        ("design.reserves_above_last_stage", "stages[0].reserves"),
        ("design.size_missing", "stages[1].size"),
    ]
