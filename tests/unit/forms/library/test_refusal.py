"""The words of consent say that any question can be left out: every form that is asked of people keeps that."""

import pytest

from forms import FormDefinition, flatten, parse_instance
from tests.unit.forms.library.conftest import read

ASKED_OF_PEOPLE = (
    "household", "registered_household", "ordinary_household", "monitored_household", "back_check",
)  # fmt: skip
WAYS_OUT = {"not_known", "refused", "no_reason"}
BY_THE_ENUMERATOR = {
    "unit_id", "household_class", "registered", "attempt", "non_contact_reason", "refusal_stage", "refusal_reason",
    "ineligible_basis", "no_photo_reason", "position_problem", "disposition", "proxy_reason", "interpreter",
    "interpreter_relation", "guide_present", "roster_difference", "income_remark", "income_evidence", "house_defects",
    "no_signature_reason", "observed_rooms", "observed_agreement", "observed_coaching", "observed_prompting",
    "suspicion_kind", "no_suspicion_reason", "suspicion_standard", "suspicion_persons", "suspicion_facts",
    "suspicion_no_photo_reason", "check_way", "reached", "check_finding", "check_basis",
}  # fmt: skip
FROM_PAPERS = {
    "registered_causes", "causes_fit", "monitored_kind", "monitored_risks", "risks_fit", "identification_late",
    "measures_fit", "removal_grounds", "removal_firm", "removal_doubt",
}  # fmt: skip
OF_CONSENT = {"consent", "consent_income", "consent_health", "consent_minors"}
OF_COSTS_SAID_TO_BE_KNOWN = {
    "costs_stated", "cost_grain", "cost_cash_crops", "cost_fruit", "cost_livestock", "cost_other_farm",
}  # fmt: skip
"""`costs_stated` asks which costs are known, and takes none for an answer."""
SAYS_WHAT_TO_WRITE = {"out_of_school_reason", "recognition_reason"}


@pytest.mark.parametrize("form", ASKED_OF_PEOPLE)
def test_nothing_is_asked_that_could_not_be_left_out(form: str) -> None:
    others = BY_THE_ENUMERATOR | FROM_PAPERS | OF_CONSENT | OF_COSTS_SAID_TO_BE_KNOWN | SAYS_WHAT_TO_WRITE
    asked = [node for node in read(form).questions if node.control and not node.is_note and node.name not in others]
    assert len(asked) > 15
    without = [node.name for node in asked if node.required and not {c.value for c in node.choices} & WAYS_OUT]
    assert without == []
    written = [node for node in read(form).questions if node.name in SAYS_WHAT_TO_WRITE]
    assert all("不愿说" in node.hints["zh"] for node in written)


UNSAID = [
    ({"respondent_age": None}, "respondent_age_unsaid"),
    ({"resident_persons": None}, "counts_unsaid"),
    ({"water_outage_days": None}, "water_unsaid"),
    ({"water_at_home": "no", "water_minutes": 20}, "water_unsaid"),
    ({"team_visits": None}, "visits_unsaid"),
    ({"helper_visits": None}, "visits_unsaid"),
]


@pytest.mark.parametrize(("change", "why"), UNSAID)
def test_a_number_that_is_not_told_wants_its_reason_alone(
    household: FormDefinition, completed, filled, complaints_of, change, why
) -> None:
    found = complaints_of(household, filled(household, {**completed, **change}))
    assert [(each.kind, each.path.rpartition("/")[2]) for each in found] == [("required", why)]
    assert complaints_of(household, filled(household, {**completed, **change, why: "refused"})) == ()


def test_who_tells_nothing_is_interviewed_all_the_same(
    household: FormDefinition, completed, filled, complaints_of
) -> None:
    silent = {
        "respondent_relation": "not_known", "respondent_age": None, "respondent_age_unsaid": "refused",
        "consent_income": "no", "consent_health": "no", "consent_minors": "no", "registered_persons": None,
        "resident_persons": None, "counts_unsaid": "refused", "water_outage_days": None,
        "water_unsaid": "not_known", "team_visits": None,
        "helper_visits": None, "visits_unsaid": "refused", "help_received": ["not_known"],
        "policies_heard": ["not_known"], "satisfaction_team": "not_known", "satisfaction_team_reasons": ["no_reason"],
        "satisfaction_helper": "not_known", "satisfaction_helper_reasons": ["no_reason"],
        "recognition_item": [{"recognition_answer": "not_known"}] * 4, "recognition_overall": "not_known",
        "member": [{"m_relation": "not_known", "m_sex": "not_known", "m_birth_year_unsaid": "refused",
                    "m_registered": "not_known", "m_resident": "not_known"}],
        **dict.fromkeys(
            ("register_change", "food_shortage", "protein", "clothing", "shoes", "bedding", "clinic", "house_grade",
             "relocated", "water_source", "water_quantity", "water_quality", "water_at_home"), "not_known",
        ),
    }  # fmt: skip
    data = filled(household, {**completed, **silent})
    assert complaints_of(household, data) == ()
    assert flatten(household, parse_instance(data))["hardships"] == "0"


def test_income_that_is_not_told_leaves_no_net_income(
    household: FormDefinition, completed, filled, complaints_of
) -> None:
    untold = {name: None for name in completed if str(name).startswith(("income_", "cost"))}
    silent = {
        **untold, "income_sources": ["not_known"], "income_missing_reason": "refused", "income_stable": "not_known",
        "income_evidence": ["none"], "income_remark": "受访人不愿说收入",
    }  # fmt: skip
    data = filled(household, {**completed, **silent})
    assert complaints_of(household, data) == ()
    flat = flatten(household, parse_instance(data))
    assert (flat["income_missing"], flat["income_net"]) == ("1", None)


@pytest.mark.parametrize("untold", [("registered_persons",), ("registered_persons", "resident_persons")])
def test_a_suspicion_names_persons_though_they_were_not_told(
    household: FormDefinition, completed, filled, complaints_of, untold: tuple[str, ...]
) -> None:
    uncounted = {**dict.fromkeys(untold), "counts_unsaid": "refused"}
    case = {
        "suspicion_kind": "wrong_exit", "suspicion_standard": "housing", "suspicion_persons": 4,
        "suspicion_facts": "墙体开裂，屋顶漏雨，鉴定为丁级", "suspicion_photo": "墙.jpg",
    }  # fmt: skip
    assert complaints_of(household, filled(household, {**completed, **uncounted, **case})) == ()


@pytest.mark.parametrize("form", ASKED_OF_PEOPLE)
def test_respondents_hear_who_asks_and_where_to_call(form: str) -> None:
    spoken = [
        node.labels["zh"]
        for node in read(form).questions
        if node.is_note and node.name.startswith(("agreement_", "first_visit_"))
    ]
    assert "${institute}" in spoken[0]
    assert "${institute_call}" in spoken[-1]
    assert any("村里、乡镇和县里的干部" in words for words in spoken)
    assert max(map(len, spoken)) < 70
