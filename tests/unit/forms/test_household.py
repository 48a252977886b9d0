"""The shipped household form: it converts, reads well and keeps what the analysis relies on."""

import io
import re

import openpyxl
import pytest

from forms import FormDefinition, columns_of, convert, flatten, library, parse_instance, publishing_complaints, rows

ANALYSIS = {
    "unit_id", "household_class", "disposition", "registered_persons", "resident_persons", "satisfaction_team",
    "satisfaction_helper", "recognition_overall", "suspicion_kind", "suspicion_standard", "suspicion_persons",
}  # fmt: skip
VALUES = {
    "disposition": [
        "completed", "non_contact", "refused", "ineligible_vacant", "ineligible_deceased", "ineligible_duplicate",
    ],
    "satisfaction_team": ["very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied", "not_known"],
    "satisfaction_helper": ["very_satisfied", "satisfied", "neutral", "dissatisfied", "very_dissatisfied", "not_known"],
    "recognition_overall": ["yes", "no"],
    "suspicion_kind": ["none", "wrong_exit", "missed", "wrong_entry"],
    "suspicion_standard": ["income", "food_clothing", "education", "health", "housing", "water", "exclusion"],
}  # fmt: skip


def test_it_says_what_it_is(household: FormDefinition) -> None:
    assert (household.form_id, household.version, household.title) == ("household", "2026.1", "入户问卷")
    assert household.languages == {"zh": "中文 (zh)", "en": "English (en)"}
    assert household.default_language == "zh"
    assert publishing_complaints(household) == ()
    assert household.attachments == ()


def test_the_columns_of_the_analysis_and_their_values(household: FormDefinition) -> None:
    flat = {column.name: column for column in columns_of(household) if not column.table}
    assert set(flat) >= ANALYSIS
    for name, values in VALUES.items():
        assert [choice.value for choice in flat[name].choices] == values


def test_every_question_has_words_in_both_languages(household: FormDefinition) -> None:
    asked = [node for node in household.questions if node.control]
    assert len(asked) > 80
    for node in asked:
        assert re.search("[\u4e00-\u9fff]", node.labels["zh"]), node.name
        assert node.labels["en"] not in ("", "-"), node.name
        for choice in node.choices:
            assert choice.labels["zh"] and choice.labels["en"], (node.name, choice.value)
        if node.constraint:
            assert node.constraint_messages["zh"] and node.constraint_messages["en"], node.name


def test_every_question_names_its_indicator(household: FormDefinition) -> None:
    silent = {node.name for node in household.questions if node.control and not node.is_note and not node.indicators}
    assert silent == set()


def test_it_never_asks_for_names_numbers_or_telephones(household: FormDefinition) -> None:
    for node in household.questions:
        assert not re.search(r"(^|_)(name|phone|id_card|idcard|telephone)($|_)", node.name), node.name
    personal = {node.name: node.personal for node in household.questions if node.personal}
    assert personal["photo_house"] == "image"
    assert personal["position"] == "location"
    assert personal["m_schooling"] == "minor"
    assert personal["m_insurance"] == "health"


def test_the_workbook_converts_to_the_same_form(household: FormDefinition) -> None:
    data = library.workbook_bytes("household")
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["settings", "survey", "choices"]
    assert convert(data, "household.xlsx").xform == household.xform


def test_an_unknown_form_is_not_invented() -> None:
    with pytest.raises(KeyError):
        library.text_of("../secrets")


def test_a_completed_interview_has_no_complaints(household, completed, filled, complaints_of) -> None:
    data = filled(household, completed)
    assert complaints_of(household, data) == ()
    flat = flatten(household, parse_instance(data))
    assert flat["income_net"] == "43200"
    assert flat["income_per_resident"] == "10800"
    assert flat["satisfaction_helper_reasons"] == "kind rarely_comes"
    members = rows(household, parse_instance(data))["/data/interview/household/member"]
    assert [m["m_age"] for m in members] == ["56", "54", "10", "81"]
    assert [m["_row"] for m in members] == ["1", "2", "3", "4"]


@pytest.mark.parametrize(
    ("outcome", "more"),
    [
        ("non_contact", {"non_contact_reason": "away", "no_photo_reason": "unsafe"}),
        ("refused", {"refusal_stage": "at_door", "photo_house": "a.jpg"}),
        ("ineligible_vacant", {"ineligible_basis": "邻居证实多年无人", "photo_house": "a.jpg"}),
    ],
)
def test_other_outcomes_end_at_the_door(household, filled, complaints_of, outcome, more) -> None:
    visit = {"unit_id": "h1", "household_class": "一般农户", "attempt": 2, "disposition": outcome, **more}
    data = filled(household, visit)
    assert b"<interview" not in data
    assert complaints_of(household, data) == ()


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
    ({"income_crops": "viel"}, "type", "income_crops"),
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
    }
    assert complaints_of(household, filled(household, {**completed, **case, "suspicion_persons": 4})) == ()
    found = complaints_of(household, filled(household, {**completed, **case, "suspicion_persons": 5}))
    assert [(c.kind, c.details["message"]) for c in found] == [
        ("constraint", "涉及人数至少 1 人，不能超过户籍人口和常住人口中较大的数")
    ]


def test_wrong_registration_may_fail_by_exclusion_only_there(household, completed, filled, complaints_of) -> None:
    facts = {"suspicion_standard": "exclusion", "suspicion_persons": 4, "suspicion_facts": "家中有轿车，在城里有商品房"}
    assert complaints_of(household, filled(household, {**completed, "suspicion_kind": "wrong_entry", **facts})) == ()
    found = complaints_of(household, filled(household, {**completed, "suspicion_kind": "wrong_exit", **facts}))
    assert [c.code for c in found] == ["check.choice_not_open"]


def test_a_tampered_income_is_found(household, completed, filled, complaints_of) -> None:
    data = filled(household, completed).replace(b"<income_net>43200<", b"<income_net>3200<")
    found = complaints_of(household, data)
    assert [(c.code, c.path, c.details["computed"]) for c in found] == [
        ("check.other_value", "/data/interview/income/income_net", "43200")
    ]


def test_answers_behind_a_refusal_are_found(household, completed, filled, complaints_of) -> None:
    data = filled(household, completed).replace(b"<disposition>completed<", b"<disposition>refused<")
    kinds = {c.kind for c in complaints_of(household, data)}
    assert kinds == {"relevant", "required", "calculate"}
