"""What holds for every shipped form: it converts, is readable in both languages and keeps its contract."""

import io
import re
from collections.abc import Iterator

import openpyxl
import pytest

from forms import FormDefinition, columns_of, convert, flatten, library, parse_instance, publishing_complaints
from forms.dataset.schema import schema_of
from forms.structure import EVALSVC, Node
from tests.unit.forms.library.conftest import read

CLASS_FORMS = ("household", "registered_household", "ordinary_household", "monitored_household")
ABOUT = {"village": "village", "unannounced_visit": "village", "meeting": "county"}
"""What a form tells of, where that is no household."""
INDICATORS = {
    "response", "quality", "poverty_incidence", "income", "food_clothing", "education", "health", "housing", "water",
    "help", "satisfaction", "recognition", "wrong_exit", "missed", "wrong_entry", "monitoring", "village", "work",
    "interference",
}  # fmt: skip
PERSONAL = {"demographic", "finance", "health", "minor", "location", "image", "free_text"}
ANALYSIS = {
    "unit_id", "household_class", "registered", "disposition", "registered_persons", "resident_persons",
    "satisfaction_team", "satisfaction_helper", "recognition_overall", "suspicion_kind", "suspicion_standard",
    "suspicion_persons",
}  # fmt: skip
OPEN = {
    "registered_household": {"household_class": ["脱贫户"], "registered": ["是"]},
    "ordinary_household": {"household_class": ["一般农户"], "registered": ["否"]},
    "monitored_household": {"household_class": ["监测户"], "registered": ["是", "否"]},
}


def asked(definition: FormDefinition) -> Iterator[Node]:
    return (node for node in definition.questions if node.control)


def test_it_says_what_it_is(name: str, shipped: FormDefinition) -> None:
    assert (shipped.form_id, shipped.title) == (name, library.titles_of(name)["zh"])
    assert library.titles_of(name)["en"]
    assert shipped.languages == {"zh": "中文 (zh)", "en": "English (en)"}
    assert shipped.default_language == "zh"
    assert publishing_complaints(shipped) == ()
    assert shipped.attachments == ()


def test_it_says_what_it_is_about(name: str, shipped: FormDefinition) -> None:
    unit = next(node for node in shipped.questions if node.name == "unit_id")
    assert unit.attributes.get(EVALSVC + "about") == ABOUT.get(name)
    outcomes = [node for node in shipped.questions if node.name == "disposition"]
    assert bool(outcomes) == (name in {*CLASS_FORMS, "not_visited"})
    if name == "not_visited":
        assert "completed" not in {choice.value for choice in outcomes[0].choices}


def test_every_question_has_words_in_both_languages(shipped: FormDefinition) -> None:
    for node in asked(shipped):
        assert re.search("[\u4e00-\u9fff]", node.labels["zh"]), node.name
        assert node.labels["en"] not in ("", "-"), node.name
        assert set(node.hints) in (set(), {"zh", "en"}), node.name
        for choice in node.choices:
            assert choice.labels["zh"] and choice.labels["en"], (node.name, choice.value)
        printed = (node.labels["zh"], node.hints.get("zh", ""), node.constraint_messages.get("zh", ""))
        assert not any('"' in words for words in printed), node.name
        if node.constraint:
            assert node.constraint_messages["zh"] and node.constraint_messages["en"], node.name


def test_every_column_has_words_in_both_languages(shipped: FormDefinition) -> None:
    """Values that the form computes stand in tables and codebooks by their words too."""
    for variable in schema_of([shipped]).variables:
        assert variable.labels.get("zh") and variable.labels.get("en") not in (None, "", "-"), variable.name


def test_amounts_name_their_unit(household: FormDefinition) -> None:
    units = {each.name: each.unit for each in schema_of([household]).variables}
    assert (units["income_grain"], units["income_net"], units["ratio_grain"]) == ("元", "元", "")


def test_every_question_names_indicators_that_there_are(shipped: FormDefinition) -> None:
    for node in asked(shipped):
        assert node.is_note or node.indicators, node.name
        assert set(node.indicators) <= INDICATORS, node.name
        assert node.personal is None or node.personal in PERSONAL, node.name


def test_whatever_is_written_or_photographed_is_marked_as_personal(shipped: FormDefinition) -> None:
    for node in asked(shipped):
        if node.name in {"unit_id", "place_code"}:
            continue
        if node.control == "upload" or node.type in {"geopoint", "binary"}:
            assert node.personal in {"image", "location"}, node.name
        elif node.type == "string" and node.control == "input" and not node.is_note:
            assert node.personal in {"free_text", "minor"}, node.name


def test_it_never_asks_for_names_numbers_or_telephones(shipped: FormDefinition) -> None:
    for node in shipped.questions:
        assert not re.search(r"(^|_)(name|phone|id_card|idcard|telephone)($|_)", node.name), node.name
        if node.type == "string" and node.control == "input" and node.name not in {"unit_id", "place_code"}:
            words = f"{node.labels['zh']}{node.hints.get('zh', '')}"
            assert node.is_note or "不写姓名" in words, node.name


def test_changes_of_answers_are_logged_and_photos_are_small(name: str) -> None:
    text = library.text_of(name).decode()
    assert "track-changes=true" in text
    survey = library.read_tables(text)["survey"]
    assert all("max-pixels=" in row.get("parameters", "") for row in survey if row["type"] == "image")


def test_the_workbook_converts_to_the_same_form(name: str, shipped: FormDefinition) -> None:
    data = library.workbook_bytes(name)
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["settings", "survey", "choices"]
    assert convert(data, f"{name}.xlsx").xform == shipped.xform


@pytest.mark.parametrize("form", CLASS_FORMS)
def test_forms_of_classes_have_the_columns_of_the_analysis(form: str) -> None:
    flat = {column.name: column for column in columns_of(read(form)) if not column.table}
    assert set(flat) >= ANALYSIS
    whole = {column.name: column for column in columns_of(read("household")) if not column.table}
    for column in ANALYSIS:
        values = [choice.value for choice in whole[column].choices]
        assert [choice.value for choice in flat[column].choices] == OPEN.get(form, {}).get(column, values)


def test_an_unknown_form_is_not_invented() -> None:
    with pytest.raises(KeyError):
        library.text_of("../secrets")


def test_good_answers_have_no_complaints(shipped, good, filled, complaints_of) -> None:
    data = filled(shipped, good)
    assert complaints_of(shipped, data) == ()
    assert flatten(shipped, parse_instance(data))["unit_id"] == good["unit_id"]


def test_every_required_question_is_missed_when_it_is_left_out(name, good, found_in) -> None:
    required = {node.name for node in read(name).questions if node.control and node.required}
    given = {each for each in good if each in required and good[each] is not None}
    assert given
    # One at a time would take minutes in all forms together; leaving out an answer hides what hangs on it.
    alone = sorted(given - {"unit_id"})[:: max(1, len(given) // 8)]
    for question in alone:
        assert ("required", question) in found_in(name, {question: None}), question


@pytest.mark.parametrize(
    ("form", "change", "kind", "question"),
    [
        ("registered_household", {"household_class": "一般农户"}, "choice", "household_class"),
        ("registered_household", {"registered_causes": ["illness", "not_shown"]}, "constraint", "registered_causes"),
        ("registered_household", {"exit_known": "maybe"}, "choice", "exit_known"),
        ("registered_household", {"record_income": -1}, "constraint", "record_income"),
        ("registered_household", {"suspicion_kind": "missed"}, "choice", "suspicion_kind"),
        ("ordinary_household", {"registered": "是"}, "choice", "registered"),
        ("ordinary_household", {"exclusion_clues": ["none", "vehicle"]}, "constraint", "exclusion_clues"),
        ("ordinary_household", {"application_result": None}, "required", "application_result"),
        ("ordinary_household", {"suspicion_kind": "wrong_exit"}, "choice", "suspicion_kind"),
        ("monitored_household", {"monitored_kind": "edge"}, "choice", "monitored_kind"),
        ("monitored_household", {"identified_date": "2025-05-22"}, "required", "identification_late"),
        ("monitored_household", {"identified_date": "2025-05-01"}, "constraint", "identified_date"),
        ("monitored_household", {"removed_date": "2025-05-01"}, "constraint", "removed_date"),
        ("monitored_household", {"measures_received": ["credit"]}, "choice", "measures_received"),
        ("monitored_household", {"has_labour": "no"}, "required", "removal_doubt"),
        ("monitored_household", {"publicity_days": 91}, "constraint", "publicity_days"),
        ("not_visited", {"disposition": "completed"}, "choice", "disposition"),
        ("not_visited", {"attempt": 1, "visit_made": [{"visit_at": "2026-03-09T10:10:00+08:00",
         "visit_met": "nobody"}]}, "constraint", "visit_at"),
        ("not_visited", {"photo_house": None}, "required", "no_photo_reason"),
        ("not_visited", {"position": None}, "required", "position_problem"),
        ("back_check", {"first_minutes": 0}, "constraint", "first_minutes"),
        ("back_check", {"first_present": ["nobody", "helper"]}, "constraint", "first_present"),
        ("back_check", {"check_finding": "not_made"}, "required", "check_basis"),
        ("back_check", {"first_date": "2026-03-03"}, "constraint", "first_date"),
        ("village", {"poor_persons": 1561}, "constraint", "poor_persons"),
        ("village", {"village_persons": 411}, "constraint", "village_persons"),
        ("village", {"doctor": "no"}, "required", "services_facts"),
        ("village", {"notice_exit": "faulty"}, "required", "files_faults"),
        ("village", {"interference": ["none", "coaching"]}, "constraint", "interference"),
        ("village", {"team_present": 4}, "constraint", "team_present"),
        ("meeting", {"place_code": "3501"}, "constraint", "place_code"),
        ("meeting", {"meeting_kind": "opening"}, "required", "long_reason"),
        ("meeting", {"documents_given": 6}, "constraint", "documents_given"),
        ("unannounced_visit", {"position": None}, "required", "position_problem"),
        ("unannounced_visit", {"talks": 31, "talk": []}, "constraint", "talks"),
        ("unannounced_visit", {"interference": ["followed"]}, "required", "interference_facts"),
    ],
)  # fmt: skip
def test_what_does_not_fit_is_found(form, change, kind, question, found_in) -> None:
    assert (kind, question) in found_in(form, change)
