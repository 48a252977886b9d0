from copy import deepcopy
from dataclasses import replace

import pytest

from evalsvc.evaluations.packs import pack_bytes, pack_names
from evalsvc.evaluations.rule_pack import read_pack
from evalsvc.planning.frame_facts import county_scopes, exclusions
from evalsvc.planning.indicators import COMPOSITE, in_county, indicator_of_row
from evalsvc.planning.layout import layout_of
from evalsvc.planning.making import plan_of_draw
from evalsvc.planning.plan import CountyTotals, plan_for, plan_text
from evalsvc.results.assembly import assemble
from evalsvc.results.compute import compute_results, estimate
from sampling.estimate import load_plan
from sampling.estimate.reading.where import read_condition
from sampling.estimate.table import Table


@pytest.fixture(scope="module")
def computed(sources, world):
    computation = compute_results(sources, world.frame)
    assert computation.complaints == ()
    return computation.computed


def row(computed, name, *domain):
    return next(r for r in computed.results.rows if r.id == name and tuple(r.domain.values()) == domain)


def rows_of_county(computed, code):
    table = computed.answers
    place = table.columns.index("county_code")
    return [dict(zip(table.columns, each, strict=True)) for each in table.rows if each[place] == code]


@pytest.mark.parametrize("name", pack_names())
def test_every_shipped_pack_can_be_read(name):
    pack, complaints = read_pack(pack_bytes(name))
    assert complaints == []
    assert pack is not None


def test_a_pack_that_leaves_the_format_is_told_where():
    text = pack_bytes(pack_names()[0]).decode()
    _, complaints = read_pack(
        text.replace("pass: below", "pass: beyond", 1).replace("year: 2026", "year: soon").encode()
    )
    assert sorted(each.column for each in complaints) == ["thresholds.wrong_exit_rate.pass", "year"]


def test_a_pack_judges_something():
    text = pack_bytes(pack_names()[0]).decode()
    start, end = text.index("\nthresholds:"), text.index("\nquestions:")
    _, complaints = read_pack((text[:start] + "\nthresholds: {}" + text[end:]).encode())
    assert [each.column for each in complaints] == ["thresholds"]


def test_the_plan_is_one_that_the_estimation_takes(computed):
    reading = load_plan(computed.plan_text)
    assert reading.complaints == ()
    assert len(reading.plan.statements) == len(computed.plan["estimates"])


@pytest.mark.parametrize("code", ["FJ-01", "O'Brien", "永泰 县", 'a"b', "back\\slash"])
def test_any_code_that_a_frame_may_have_can_be_planned_for(sources, code):
    layout, _ = layout_of(sources.manifest, "draw-manifest.json")
    plan = plan_for(sources.pack, layout, [CountyTotals(code, 1, 2, 3), CountyTotals("350125", 1, 2, 3)])
    reading = load_plan(plan_text(plan))
    assert reading.complaints == ()
    names = [each["id"] for each in plan["estimates"]]
    assert len(set(names)) == len(names)
    assert indicator_of_row(in_county(COMPOSITE, code)).id == COMPOSITE
    wheres = [each["where"] for each in plan["estimates"] if each["id"] == f"{in_county(COMPOSITE, code)}_missed_rate"]
    table = Table({"county_code": [code, "other"], "responded": ["1", "1"], "registered": ["0", "0"]})
    assert [read_condition(where).mask(table).tolist() for where in wheres] == [[True, False]]


@pytest.mark.parametrize("code", ["350125", "350424"])
def test_the_rates_are_the_weighted_ratios_of_the_table(computed, code):
    answered = [each for each in rows_of_county(computed, code) if each["responded"] == "1"]
    exited = [each for each in answered if each["registered"] == "1"]
    total = sum(float(each["weight"]) * int(each["persons"]) for each in exited)
    wrong = sum(float(each["weight"]) * int(each["wrong_exit_persons"]) for each in exited)
    assert row(computed, "wrong_exit_rate", code).estimate == pytest.approx(wrong / total, rel=1e-12)
    assert row(computed, "exit_accuracy", code).estimate == pytest.approx(1 - wrong / total, rel=1e-12)
    recognised = sum(float(each["weight"]) for each in answered if each["recognised"] == "1")
    everybody = sum(float(each["weight"]) for each in answered)
    assert row(computed, "recognition", code).estimate == pytest.approx(recognised / everybody, rel=1e-12)


@pytest.mark.parametrize("code", ["350125", "350424"])
def test_the_composite_rate_adds_its_parts_over_the_known_totals(computed, world, code):
    scope = next(each for each in county_scopes(world.frame, world.design, {code}))
    wrong, missed = row(computed, "wrong_exit_rate", code).estimate, row(computed, "missed_rate", code).estimate
    known = scope.totals
    right = (known.remaining + wrong * known.exited + missed * known.not_registered) / known.persons
    found = row(computed, f"composite_{code}", code)
    assert found.estimate == pytest.approx(right, rel=1e-12)
    assert known.remaining / known.persons <= found.low <= found.estimate <= found.high


def test_the_worked_example_of_the_composite_rate():
    totals = CountyTotals("x", 2_400, 48_000, 249_600)
    assert totals.persons == 300_000
    rate = (totals.remaining + 28 / 6_829 * totals.exited + 0.0012 * totals.not_registered) / totals.persons
    assert round(100 * rate, 4) == 0.9654


def test_open_cases_push_every_rate_the_way_they_must(computed):
    for code in ("350125", "350424"):
        for name, worse in (("wrong_exit_rate", 1), ("missed_rate", 1), ("exit_accuracy", -1)):
            none, all_counted = row(computed, name, code), row(computed, f"{name}_open_for", code)
            assert worse * (all_counted.estimate - none.estimate) >= 0
        none, all_counted = (row(computed, f"composite{ending}_{code}", code) for ending in ("", "_open_for"))
        assert all_counted.estimate >= none.estimate
    assert any(
        row(computed, "missed_rate_open_for", code).estimate > row(computed, "missed_rate", code).estimate
        for code in ("350125", "350424")
    )


def test_the_pack_chooses_the_reading_of_identification_accuracy(sources, world, computed):
    pack = replace(sources.pack, readings={"identification_accuracy": "registered_only"})
    other = compute_results(replace(sources, pack=pack), world.frame).computed
    first, second = (row(each, "identification_accuracy", "350125").n for each in (computed, other))
    assert second == row(computed, "wrong_exit_rate", "350125").n < first


def test_only_judged_indicators_carry_a_verdict(computed):
    judged = {each.id for each in computed.results.rows if each.verdict is not None}
    expected = {f"{name}{ending}" for name in ("wrong_exit_rate", "missed_rate") for ending in ("", "_open_for")}
    expected |= {f"composite{ending}_{code}" for ending in ("", "_open_for") for code in ("350125", "350424")}
    assert judged == expected | {"recognition"}


def test_satisfaction_has_no_rows_of_classes_that_are_not_asked(computed):
    classes = {each.domain["household_class"] for each in computed.results.rows if each.id == "satisfaction_by_class"}
    assert classes == {"脱贫户", "监测户"}


def test_exclusions_are_counted(world):
    assert [(each.reason, each.units) for each in exclusions(world.frame, world.design)] == [("居委会不在评估范围", 2)]


def test_a_variance_that_cannot_be_estimated_is_refused(sources, world):
    first, *others = sources.manifest.design["stages"]
    exact = {**first, "method": "sampford", "joint_method": "exact"}
    manifest = replace(sources.manifest, design={**sources.manifest.design, "stages": [exact, *others]})
    made = plan_of_draw(sources.pack, manifest, sources.attributes, world.frame)
    assert made.plan is None
    assert [each.code for each in made.complaints] == ["design.variance_not_computed"]


@pytest.mark.parametrize(
    ("draws", "stated", "unequal"),
    [
        ("draws_1", {"draws": "draws_1"}, None),
        (None, {"probability": "pi_1"}, {"method": "with-replacement"}),
    ],
    ids=["drawn again", "in frame order, whose certainties the probability tells"],
)
def test_draws_with_replacement_state_draws_and_those_treated_so_state_probabilities(sources, draws, stated, unequal):
    layout, _ = layout_of(sources.manifest, "draw-manifest.json")
    stage = replace(layout.stages[0], joint_method="with-replacement", draws=draws)
    other = replace(layout, stages=(stage, layout.stages[1]))
    design = plan_for(sources.pack, other, [CountyTotals("350125", 1, 2, 3)])["design"]
    assert design["stages"][0] == {"cluster": "village_code", "strata": "stratum_1", **stated}
    assert design.get("unequal") == unequal
    asked = [{"id": "share", "statistic": "proportion", "variables": ["recognised"]}]
    assert load_plan({"version": 1, "design": design, "estimates": asked}).complaints == ()


def test_a_table_that_does_not_fit_the_plan_is_told_as_complaints(sources, world, computed):
    table = assemble(sources).table
    place = table.columns.index("weight")
    broken = replace(table, rows=tuple((*each[:place], "-1", *each[place + 1 :]) for each in table.rows))
    results, complaints = estimate(plan_text(computed.plan), broken)
    assert results is None
    assert complaints


def list_later(design):
    design["stages"][0].update(method="equal", size=None, joint_method=None)
    design["stages"][-1].update(listed="later")


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        (list_later, "results.lists_missing"),
        (
            lambda design: design.update(first_phase={"manifest_sha256": "a" * 64, "weight": "household_class"}),
            "results.second_phase",
        ),
    ],
)
def test_draws_that_results_cannot_be_computed_from_are_named(world, changed, code):
    design = deepcopy(dict(world.manifest.design))
    changed(design)
    layout, complaints = layout_of(replace(world.manifest, design=design), "draw-manifest.json")
    assert layout is None and [each.code for each in complaints] == [code]


def test_a_draw_in_frame_order_is_estimated_along_the_ids(sources, world):
    first, *others = sources.manifest.design["stages"]
    in_order = {**first, "order": "frame", "joint_method": "successive-differences"}
    manifest = replace(sources.manifest, design={**sources.manifest.design, "stages": [in_order, *others]})
    made = plan_of_draw(sources.pack, manifest, sources.attributes, world.frame)
    assert made.plan is not None, made.complaints
    assert made.plan["design"]["unequal"] == {"method": "successive-differences"}
    assert made.plan["design"]["stages"][0]["order"] == "village_code"
