from dataclasses import replace

import pytest

from evalsvc.results.assembly import assemble
from evalsvc.results.records import CaseRow, FieldworkRow, read_records, write_records


@pytest.fixture(scope="module")
def table(sources):
    assembly = assemble(sources)
    assert assembly.complaints == ()
    return assembly.table


def column(table, name):
    place = table.columns.index(name)
    return {row[0]: row[place] for row in table.rows}


def codes(assembly):
    return [(each.code, each.details.get("unit") or each.details.get("case")) for each in assembly.complaints]


def changed(sources, unit, **values):
    rows = [replace(row, **values) if row.unit_id == unit else row for row in sources.fieldwork]
    return replace(sources, fieldwork=rows)


def test_the_table_holds_every_opened_household_once_in_order(table, sources):
    opened = sorted(row.unit_id for row in sources.fieldwork if row.opened)
    assert [row[0] for row in table.rows] == opened
    assert table.columns[:9] == (
        "unit_id", "county_code", "village_code", "village_kind", "household_class", "stratum_1", "stratum_2", "pi_1",
        "population_2",
    )  # fmt: skip


def test_weights_of_eligible_households_add_up_to_the_base_weights_in_each_class(table):
    base, weight, eligible = column(table, "base_weight"), column(table, "weight"), column(table, "eligible")
    county, kind = column(table, "county_code"), column(table, "household_class")
    for group in {(county[unit], kind[unit]) for unit in base}:
        units = [unit for unit in base if (county[unit], kind[unit]) == group and eligible[unit] == "1"]
        assert sum(float(weight[unit]) for unit in units) == pytest.approx(sum(float(base[unit]) for unit in units))


def test_a_non_respondent_weighs_nothing_and_an_ineligible_household_keeps_its_weight(table):
    outcome, base, weight = column(table, "disposition"), column(table, "base_weight"), column(table, "weight")
    for unit, disposition in outcome.items():
        if disposition in ("non_contact", "refused"):
            assert weight[unit] == "0.0"
        if disposition.startswith("ineligible"):
            assert weight[unit] == base[unit]


def test_base_weight_counts_main_and_opened_reserves_of_the_group(table, sources):
    reserve = next(row for row in sources.fieldwork if row.sample_type == "reserve" and row.opened)
    group = [r for r in sources.fieldwork if r.opened and (r.parent, r.stratum) == (reserve.parent, reserve.stratum)]
    stage = sources.manifest.stages[-1]
    population = next(s.population for s in stage.strata if (s.parent, s.stratum) == (reserve.parent, reserve.stratum))
    village = next(unit for unit in sources.manifest.stages[0].units if unit.id == reserve.parent)
    right = population / (village.probability * len(group))
    assert float(column(table, "base_weight")[reserve.unit_id]) == pytest.approx(right)


def test_base_weights_of_a_county_estimate_its_households(table, world):
    base, county = column(table, "base_weight"), column(table, "county_code")
    for code in ("350125", "350424"):
        total = sum(float(value) for unit, value in base.items() if county[unit] == code)
        assert total == pytest.approx(600, rel=0.02)


def test_only_confirmed_cases_count_and_open_ones_only_in_the_open_columns(table, sources):
    state = {case.unit_id: case for case in sources.cases}
    for name in ("wrong_exit_persons", "missed_persons"):
        counted, opened = column(table, name), column(table, f"{name}_open")
        for unit, case in state.items():
            if f"{case.kind}_persons" == name:
                assert counted[unit] == (str(case.persons) if case.state == "confirmed" else "0")
                assert opened[unit] == (str(case.persons) if case.state != "excluded" else "0")
    assert {case.state for case in sources.cases} == {"open", "confirmed", "excluded"}


def test_satisfaction_is_asked_of_registered_and_monitored_households_only(table):
    satisfied, kind = column(table, "satisfied"), column(table, "household_class")
    responded = column(table, "responded")
    for unit, value in satisfied.items():
        assert (value == "") == (kind[unit] == "一般农户" or responded[unit] == "0")


def test_cells_of_households_that_did_not_answer_are_empty(table):
    place = table.columns.index("registered")
    for row in table.rows:
        if row[table.columns.index("responded")] == "0":
            assert set(row[place:]) == {""}


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"disposition": ""}, "results.no_disposition"),
        ({"disposition": "gone"}, "results.disposition"),
        ({"stratum": "别的层"}, "results.unit_differs"),
        ({"opened": False}, "results.main_not_opened"),
        ({"instance_id": "uuid:nobody"}, "results.no_interview"),
    ],
)
def test_a_wrong_line_of_fieldwork_is_named(sources, values, code):
    row = next(row for row in sources.fieldwork if row.disposition == "completed" and row.sample_type == "probability")
    without_cases = replace(sources, cases=[case for case in sources.cases if case.unit_id != row.unit_id])
    assert codes(assemble(changed(without_cases, row.unit_id, **values))) == [(code, row.unit_id)]


def test_all_problems_are_named_at_once(sources):
    rows = [*sources.fieldwork[1:], sources.fieldwork[-1], replace(sources.fieldwork[1], unit_id="nobody")]
    found = codes(assemble(replace(sources, fieldwork=rows, cases=[])))
    assert ("results.unit_missing", sources.fieldwork[0].unit_id) in found
    assert ("results.unit_twice", sources.fieldwork[-1].unit_id) in found
    assert ("results.unit_not_drawn", "nobody") in found


def test_a_case_that_its_household_cannot_be_is_named_until_it_is_excluded(sources):
    case = next(case for case in sources.cases if case.kind == "wrong_exit" and case.state == "confirmed")
    others = [each for each in sources.cases if each is not case]
    wrong = replace(case, kind="missed")
    assert codes(assemble(replace(sources, cases=[*others, wrong]))) == [("results.case_kind", case.case_id)]
    excluded = replace(wrong, state="excluded")
    assert assemble(replace(sources, cases=[*others, excluded])).complaints == ()


def refusing(sources, wanted):
    """Let everybody refuse whose fieldwork row is wanted; their cases fall away."""
    rows = [
        replace(row, disposition="refused") if row.disposition == "completed" and wanted(row) else row
        for row in sources.fieldwork
    ]
    gone = {row.unit_id for row in rows if row.disposition == "refused"}
    return replace(sources, fieldwork=rows, cases=[case for case in sources.cases if case.unit_id not in gone])


def sums(table, *names):
    """Return the base weights and the weights of the eligible households, summed over groups of columns."""
    found = {}
    columns = [column(table, name) for name in names]
    base, weight, eligible = column(table, "base_weight"), column(table, "weight"), column(table, "eligible")
    for unit in base:
        if eligible[unit] == "1":
            pair = found.setdefault(tuple(each[unit] for each in columns), [0.0, 0.0])
            pair[0] += float(base[unit])
            pair[1] += float(weight[unit])
    return found


def test_non_response_is_adjusted_in_the_village_and_class_where_somebody_answered(table):
    answered = {}
    village, kind = column(table, "village_code"), column(table, "household_class")
    for unit, responded in column(table, "responded").items():
        answered.setdefault((village[unit], kind[unit]), set()).add(responded)
    alone = [group for group, found in sums(table, "village_code", "household_class").items() if found[1] == 0]
    exact = 0
    for group, (base, weight) in sums(table, "village_code", "household_class").items():
        if "1" in answered[group]:
            assert weight >= base * (1 - 1e-12)
            exact += weight == pytest.approx(base)
        else:
            assert group in alone
    assert exact > len(answered) / 2
    assert len({group for group, found in answered.items() if found == {"0", "1"}}) > 3


def test_a_village_in_which_nobody_answered_passes_its_weight_to_its_kind_of_village(sources):
    silent = min(row.parent for row in sources.fieldwork)
    found = assemble(refusing(sources, lambda row: row.parent == silent)).table
    before, after = sums(assemble(sources).table, "village_code"), sums(found, "village_code")
    assert after[silent,][1] == 0 < before[silent,][1]
    for base, weight in sums(found, "county_code", "village_kind", "household_class").values():
        assert weight == pytest.approx(base)


def test_a_class_in_which_nobody_answered_passes_its_weight_to_the_county(sources):
    found = assemble(refusing(sources, lambda row: row.stratum == "监测户"))
    assert found.complaints == ()
    silent = {group: pair for group, pair in sums(found.table, "household_class").items() if pair[1] == 0}
    assert set(silent) == {("监测户",)}
    for base, weight in sums(found.table, "county_code").values():
        assert weight == pytest.approx(base)


def test_a_county_in_which_nobody_answered_is_refused(sources):
    found = assemble(refusing(sources, lambda row: row.unit_id.startswith("350125")))
    assert [(each.code, each.details["name"]) for each in found.complaints] == [("weight.empty_class", "350125")]


def test_a_case_never_counts_more_persons_than_the_household_has(sources):
    case = next(case for case in sources.cases if case.state == "confirmed")
    larger = [replace(each, persons=99) if each is case else each for each in sources.cases]
    found = assemble(replace(sources, cases=larger)).table
    assert column(found, "wrong_exit_persons")[case.unit_id] == column(found, "persons")[case.unit_id]


def test_records_read_back_and_bad_cells_are_named():
    rows = [CaseRow("c1", "uuid:1", "u,1", "missed", 3, 'say "yes"', "open")]
    data = write_records(CaseRow, rows)
    assert read_records(CaseRow, data, "cases.csv") == (rows, [])
    _, complaints = read_records(CaseRow, data.replace(b",3,", b",three,"), "cases.csv")
    assert [(each.code, each.row, each.column) for each in complaints] == [("results.cell", 2, "persons")]
    _, complaints = read_records(CaseRow, data.replace(b"case_id", b"case"), "cases.csv")
    assert [each.code for each in complaints] == ["results.header"]
    _, complaints = read_records(FieldworkRow, "unit_id\n户".encode("gb18030"), "fieldwork.csv")
    assert [(each.code, each.row) for each in complaints] == [("results.encoding", 2)]
