"""The shipped household form: it converts, reads well and keeps what the analysis relies on."""

import pytest

from forms import FormDefinition, columns_of, flatten, parse_instance, rows

ANALYSIS = {
    "unit_id", "household_class", "registered", "disposition", "registered_persons", "resident_persons",
    "satisfaction_team", "satisfaction_helper", "recognition_overall", "suspicion_kind", "suspicion_standard",
    "suspicion_persons",
}  # fmt: skip
VALUES = {
    "disposition": [
        "completed", "non_contact", "refused", "ineligible_vacant", "ineligible_deceased", "ineligible_duplicate",
    ],
    "satisfaction_team": ["very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied", "not_known"],
    "satisfaction_helper": ["very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied", "not_known"],
    "registered": ["是", "否"],
    "recognition_overall": ["yes", "no", "not_known"],
    "suspicion_kind": ["none", "wrong_exit", "missed", "wrong_entry"],
    "suspicion_standard": ["income", "food_clothing", "education", "health", "housing", "water", "exclusion"],
}  # fmt: skip


def test_the_columns_of_the_analysis_and_their_values(household: FormDefinition) -> None:
    flat = {column.name: column for column in columns_of(household) if not column.table}
    assert set(flat) >= ANALYSIS
    for name, values in VALUES.items():
        assert [choice.value for choice in flat[name].choices] == values


def test_what_is_personal_is_marked_by_its_sort(household: FormDefinition) -> None:
    personal = {node.name: node.personal for node in household.questions if node.personal}
    assert personal["photo_house"] == "image"
    assert personal["position"] == "location"
    assert personal["m_schooling"] == "minor"
    assert personal["m_insurance"] == "health"


def test_a_completed_interview_has_no_complaints(household, completed, filled, complaints_of) -> None:
    data = filled(household, completed)
    assert complaints_of(household, data) == ()
    flat = flatten(household, parse_instance(data))
    assert (flat["costs_actual"], flat["costs_by_ratio"], flat["costs"]) == ("6000", "6420", "12420")
    assert (flat["income_net"], flat["income_per_resident"]) == ("131580", "32895")
    assert (flat["income_transfer_share"], flat["income_warnings"], flat["hardships"]) == ("59.3", "0", "0")
    assert flat["satisfaction_helper_reasons"] == "kind rarely_comes"
    members = rows(household, parse_instance(data))["/data/interview/household/member"]
    assert [m["m_age"] for m in members] == ["56", "54", "10", "81"]
    assert [m["_row"] for m in members] == ["1", "2", "3", "4"]


VISIT = {
    "unit_id": "h1", "household_class": "一般农户", "registered": "否", "attempt": 2, "photo_house": "a.jpg",
    "position": "25.861 118.941 320 5",
}  # fmt: skip
NO_PHOTO = {"photo_house": None, "position": None, "no_photo_reason": "unsafe", "position_problem": "no_signal"}


@pytest.mark.parametrize(
    ("outcome", "more"),
    [
        ("non_contact", {"non_contact_reason": "away", **NO_PHOTO}),
        ("refused", {"refusal_stage": "at_door", "refusal_reason": "busy"}),
        ("ineligible_vacant", {"ineligible_basis": "邻居证实多年无人"}),
    ],
)
def test_other_outcomes_end_at_the_door(household, filled, complaints_of, outcome, more) -> None:
    data = filled(household, {**VISIT, "disposition": outcome, **more})
    assert b"<interview" not in data
    assert complaints_of(household, data) == ()
    asked = [name for name, value in flatten(household, parse_instance(data)).items() if value]
    assert len(set(asked) - {"started", "ended", "visit_date"}) <= 11


def test_nobody_was_away_twice_at_the_first_visit(household, filled, complaints_of) -> None:
    first = {**VISIT, "attempt": 1, "disposition": "non_contact"}
    assert complaints_of(household, filled(household, {**first, "non_contact_reason": "absent_once"})) == ()
    found = complaints_of(household, filled(household, {**first, "non_contact_reason": "absent_twice"}))
    assert [(c.code, c.path) for c in found] == [("check.choice_not_open", "/data/visit/non_contact_reason")]


@pytest.mark.parametrize(
    ("position", "problem", "missing"),
    [
        ("25.861 118.941 320 50", None, False),
        ("25.861 118.941 320 51", None, True),
        ("25.861 118.941 320 51", "weak_signal", False),
        (None, None, True),
        (None, "no_signal", False),
    ],
)
def test_a_position_that_says_little_wants_a_reason(
    household, filled, complaints_of, position, problem, missing
) -> None:
    visit = {**VISIT, "disposition": "refused", "refusal_stage": "at_door", "refusal_reason": "busy"}
    found = complaints_of(household, filled(household, {**visit, "position": position, "position_problem": problem}))
    assert [c.path for c in found] == (["/data/visit/position_problem"] if missing else [])


BAD = [
    ({"consent": "no"}, "constraint", "consent"),
    ({"respondent_age": 12}, "constraint", "respondent_age"),
    ({"registered_persons": 31}, "constraint", "registered_persons"),
    ({"resident_persons": 3}, "required", "roster_difference"),
    ({"satisfaction_team": "delighted"}, "choice", "satisfaction_team"),
    ({"satisfaction_team": "dissatisfied"}, "choice", "satisfaction_team_reasons"),
    ({"help_received": ["none", "job"]}, "constraint", "help_received"),
    ({"suspicion_kind": "missed"}, "choice", "suspicion_kind"),
    ({"suspicion_kind": "wrong_exit"}, "required", "suspicion_standard"),
    ({"income_grain": "viel"}, "type", "income_grain"),
    ({"income_sources": ["none", "dibao"]}, "constraint", "income_sources"),
    ({"exit_year": 2013}, "constraint", "exit_year"),
    ({"exit_year": 2031}, "constraint", "exit_year"),
    ({"signature": None}, "required", "no_signature_reason"),
    ({"second_enumerator": "示例 甲"}, "constraint", "second_enumerator"),
    ({"interpreter": "yes"}, "required", "interpreter_relation"),
    ({"respondent_relation": "not_member"}, "required", "proxy_reason"),
    ({"house_grade": "d", "house_repair": "open"}, "required", "no_suspicion_reason"),
    ({"position": "95 200 0 0"}, "type", "position"),
    ({"water_at_home": None}, "required", "water_at_home"),
]


@pytest.mark.parametrize(("change", "kind", "name"), BAD, ids=[f"{k}-{n}" for _, k, n in BAD])
def test_what_does_not_fit_is_found(household, completed, filled, complaints_of, change, kind, name) -> None:
    found = complaints_of(household, filled(household, {**completed, **change}))
    assert (kind, name) in [(c.kind, c.path.rpartition("/")[2]) for c in found]


def test_a_suspicion_names_at_most_the_household(household, completed, filled, complaints_of) -> None:
    case = {
        "suspicion_kind": "wrong_exit",
        "suspicion_standard": "housing",
        "suspicion_facts": "墙体开裂，屋顶漏雨，鉴定为丁级",
        "suspicion_photo": "墙.jpg",
    }
    assert complaints_of(household, filled(household, {**completed, **case, "suspicion_persons": 4})) == ()
    found = complaints_of(household, filled(household, {**completed, **case, "suspicion_persons": 5}))
    assert [(c.kind, c.details["message"]) for c in found] == [
        ("constraint", "涉及人数至少 1 人，不能超过户籍人口和常住人口中较大的数")
    ]


def test_wrong_registration_may_fail_by_exclusion_only_there(household, completed, filled, complaints_of) -> None:
    facts = {
        "suspicion_standard": "exclusion",
        "suspicion_persons": 4,
        "suspicion_facts": "家中有轿车，在城里有商品房",
        "suspicion_no_photo_reason": "objection",
    }
    assert complaints_of(household, filled(household, {**completed, "suspicion_kind": "wrong_entry", **facts})) == ()
    found = complaints_of(household, filled(household, {**completed, "suspicion_kind": "wrong_exit", **facts}))
    assert [c.code for c in found] == ["check.choice_not_open"]


def test_a_tampered_income_is_found(household, completed, filled, complaints_of) -> None:
    data = filled(household, completed).replace(b"<income_net>131580<", b"<income_net>3200<")
    found = complaints_of(household, data)
    assert [(c.code, c.path, c.details["computed"]) for c in found] == [
        ("check.other_value", "/data/interview/income/income_net", "131580")
    ]


def test_answers_behind_a_refusal_are_found(household, completed, filled, complaints_of) -> None:
    data = filled(household, completed).replace(b"<disposition>completed<", b"<disposition>refused<")
    kinds = {c.kind for c in complaints_of(household, data)}
    assert kinds == {"relevant", "required", "calculate"}


OPEN = [
    ("脱贫户", "是", None, {"none", "wrong_exit", "wrong_entry"}),
    ("监测户", "是", "yes", {"none", "wrong_exit", "wrong_entry"}),
    ("监测户", "是", "not_known", {"none", "wrong_exit", "wrong_entry"}),
    ("监测户", "是", "no", {"none", "wrong_entry"}),
    ("监测户", "否", None, {"none", "missed"}),
    ("一般农户", "否", None, {"none", "missed"}),
]


@pytest.mark.parametrize(("kind_of_household", "registered", "exited", "expected"), OPEN)
def test_who_may_be_suspected_of_what(
    household, completed, filled, complaints_of, kind_of_household, registered, exited, expected
) -> None:
    base = {**completed, "household_class": kind_of_household, "registered": registered, "exit_status": exited}
    if kind_of_household == "一般农户":
        base |= dict.fromkeys(("helper_visits", "satisfaction_helper", "satisfaction_helper_reasons"))
    more = {
        "suspicion_standard": "income", "suspicion_persons": 4, "suspicion_facts": "逐项核算，人均纯收入明显偏低",
        "suspicion_no_photo_reason": "nothing_to_show",
    }  # fmt: skip
    found = {
        kind: complaints_of(
            household, filled(household, {**base, "suspicion_kind": kind, **(more if kind != "none" else {})})
        )
        for kind in VALUES["suspicion_kind"]
    }
    assert {kind for kind, complaints in found.items() if not complaints} == expected
    for kind in set(found) - expected:
        assert [c.code for c in found[kind]] == ["check.choice_not_open"], kind


def income(household, filled, answers) -> dict[str, str | None]:
    return flatten(household, parse_instance(filled(household, answers)))


def test_costs_are_what_was_said_or_the_ratio_of_the_item(household, completed, filled, complaints_of) -> None:
    farm = {"grain": 10000, "cash_crops": 8000, "fruit": 6000, "livestock": 4000, "other_farm": 2000}
    sources = {**dict.fromkeys(name for name in completed if str(name).startswith(("income_", "cost_")))}
    base = {
        **completed, **sources, "income_sources": list(farm), **{f"income_{name}": n for name, n in farm.items()},
        "income_stable": "yes", "income_evidence": ["seen"], "income_remark": "成员今年刚回家，养老金还在办",
    }  # fmt: skip
    by_ratio = {**base, "costs_stated": ["none"]}
    assert complaints_of(household, filled(household, by_ratio)) == ()
    flat = income(household, filled, by_ratio)
    assert [flat[f"ratio_{name}"] for name in farm] == ["0.4", "0.45", "0.15", "0.4", "0.4"]
    assert flat["costs_by_ratio"] == str(4000 + 3600 + 900 + 1600 + 800)
    assert (flat["costs_actual"], flat["income_net"], flat["income_per_resident"]) == ("0", "19100", "4775")
    stated = {**base, "costs_stated": list(farm), **{f"cost_{name}": n // 4 for name, n in farm.items()}}
    flat = income(household, filled, stated)
    assert (flat["costs_actual"], flat["costs_by_ratio"], flat["income_net"]) == ("7500", "0", "22500")
    forgotten = complaints_of(household, filled(household, {**base, "costs_stated": ["grain"]}))
    assert [(c.code, c.path) for c in forgotten] == [("check.required", "/data/interview/income/expenses/cost_grain")]
    foreign = {**base, "income_sources": ["grain"], "costs_stated": ["livestock"]}
    assert {(c.code, c.path.rpartition("/")[2]) for c in complaints_of(household, filled(household, foreign))} == {
        ("check.choice_not_open", "costs_stated"), ("check.required", "cost_livestock"),
    }  # fmt: skip


def test_an_amount_that_is_not_told_leaves_no_net_income(household, completed, filled, complaints_of) -> None:
    silent = {**completed, "income_dividends": None, "cost_trade": None}
    found = complaints_of(household, filled(household, silent))
    assert [(c.code, c.path.rpartition("/")[2]) for c in found] == [("check.required", "income_missing_reason")]
    flat = income(household, filled, {**silent, "income_missing_reason": "refused"})
    assert complaints_of(household, filled(household, {**silent, "income_missing_reason": "refused"})) == ()
    assert (flat["income_missing"], flat["income_net"], flat["income_per_resident"], flat["costs"]) == (
        "2", None, None, None,
    )  # fmt: skip


def test_income_is_told_without_what_does_not_come_again(household, completed, filled) -> None:
    flat = income(household, filled, {**completed, "income_one_off": 7895})
    assert flat["income_per_resident"] == "32895"
    assert flat["income_per_resident_without_dibao"] == str((131580 - 14400) / 4).removesuffix(".0")
    assert flat["income_per_resident_without_one_off"] == "30921.25"
    assert flat["income_per_resident_without_both"] == "27321.25"
    assert income(household, filled, completed)["income_per_resident_without_both"] is None


def test_income_is_left_out_where_it_is_not_agreed_to(household, completed, filled, complaints_of) -> None:
    data = filled(household, {**completed, "consent_income": "no"})
    assert complaints_of(household, data) == ()
    flat = flatten(household, parse_instance(data))
    assert {name for name, value in flat.items() if value and name.startswith(("income", "cost", "ratio"))} == set()


@pytest.mark.parametrize(
    ("change", "warnings"),
    [
        ({"cost_grain": 3601}, 1),
        ({"cost_grain": 150_000}, 2),
        ({"income_other_transfers": 1_000_000}, 1),
        ({"income_sources": ["pension"]}, 1),
        ({"income_sources": ["wage_away"]}, 1),
        ({"income_sources": ["none"]}, 2),
    ],
)
def test_incomes_that_do_not_fit_want_a_word(household, completed, filled, complaints_of, change, warnings) -> None:
    answers = {**completed, **change}
    assert income(household, filled, answers)["income_warnings"] == str(warnings)
    found = complaints_of(household, filled(household, answers))
    assert [c.path.rpartition("/")[2] for c in found] == ["income_remark"]
    assert complaints_of(household, filled(household, {**answers, "income_remark": "已与受访人逐项核对"})) == ()


def test_the_respondent_signs_before_what_is_not_for_the_respondent(household: FormDefinition) -> None:
    names = [node.name for node in household.nodes]
    assert names.index("recognition") < names.index("signature") < names.index("observation") < names.index("suspicion")


def test_two_enumerators_sign_one_interview_and_neither_has_to(household, completed, filled, complaints_of) -> None:
    assert complaints_of(household, filled(household, completed)) == ()
    signed = {"enumerator_signature": "一.png", "second_enumerator": "A07", "second_signature": "二.png"}
    data = filled(household, {**completed, **signed})
    assert complaints_of(household, data) == ()
    assert signed.items() <= flatten(household, parse_instance(data)).items()
