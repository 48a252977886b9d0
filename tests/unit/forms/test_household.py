"""The shipped household form: it converts, reads well and keeps what the analysis relies on."""

import io

import openpyxl
import pytest

from forms import library
from forms.columns import columns_of
from forms.definition import FormDefinition, parse_definition
from forms.workbook import convert

ANALYSIS = [
    "unit_id", "disposition", "registered_persons", "resident_persons", "satisfaction_team", "satisfaction_helper",
    "recognition_overall", "suspicion_kind", "suspicion_standard", "suspicion_persons",
]  # fmt: skip


@pytest.fixture(scope="session")
def household() -> FormDefinition:
    conversion = convert(library.text_of("household"), "household.md")
    assert conversion.complaints == ()
    assert conversion.xform is not None
    return parse_definition(conversion.xform)


def test_it_says_what_it_is(household: FormDefinition) -> None:
    assert (household.form_id, household.version, household.title) == ("household", "2026.1", "入户问卷")
    assert household.languages == {"zh": "中文 (zh)", "en": "English (en)"}
    assert household.default_language == "zh"
    assert household.complaints == ()


def test_the_columns_of_the_analysis_stand_in_the_flat_table(household: FormDefinition) -> None:
    flat = {column.name for column in columns_of(household) if not column.table}
    assert set(ANALYSIS) <= flat


def test_the_workbook_converts_to_the_same_form(household: FormDefinition) -> None:
    data = library.workbook_bytes("household")
    assert openpyxl.load_workbook(io.BytesIO(data)).sheetnames == ["settings", "survey", "choices"]
    assert convert(data, "household.xlsx").xform == household.xform
