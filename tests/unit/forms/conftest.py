"""Forms made from a few lines, and the answers of one household."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone

import pytest

from forms import Complaint, FormDefinition, check, convert, fill, library, parse_definition, parse_instance

NOW = datetime(2026, 3, 2, 10, 30, tzinfo=timezone(timedelta(hours=8)))
MakeForm = Callable[..., FormDefinition]
Verdict = Callable[..., list[tuple[str, str, str]]]
SOURCES = (
    "wage_local", "wage_away", "wage_public", "grain", "cash_crops", "fruit", "livestock", "other_farm", "trade",
    "land", "dividends", "pension", "dibao", "subsidies", "support", "other_transfers",
)  # fmt: skip


@pytest.fixture(scope="session")
def household() -> FormDefinition:
    conversion = convert(library.text_of("household"), "household.md")
    assert conversion.complaints == ()
    assert conversion.xform is not None
    return parse_definition(conversion.xform)


def member(relation: str, sex: str, born: int, **more: str) -> dict[str, object]:
    usual = {"m_registered": "yes", "m_resident": "yes", "m_insurance": "yes", "m_working_away": "no"}
    return {"m_relation": relation, "m_sex": sex, "m_birth_year": born, **usual, **more}


@pytest.fixture
def completed() -> dict[str, object]:
    """The answers of a completed interview with an exited household of four."""
    return {
        "unit_id": "350125101200-00007", "household_class": "脱贫户", "registered": "是", "attempt": 1,
        "disposition": "completed", "photo_house": "门前.jpg", "position": "25.861 118.941 320 5", "consent": "yes",
        "consent_income": "yes", "consent_health": "yes", "consent_minors": "yes", "respondent_relation": "head",
        "respondent_age": 56, "interpreter": "no", "guide_present": "no", "registered_year": 2014, "exit_year": 2017,
        "registered_persons": 4, "resident_persons": 4, "register_change": "none",
        "member": [
            member("head", "male", 1970, m_working_away="yes"), member("spouse", "female", 1972),
            member("child", "female", 2016, m_schooling="at_school"), member("parent", "female", 1945),
        ],
        "income_sources": list(SOURCES),
        **{f"income_{name}": 1200 * place for place, name in enumerate(SOURCES)},
        "costs_stated": ["grain", "livestock"], "cost_grain": 1000, "cost_livestock": 2000, "cost_trade": 3000,
        "income_stable": "yes", "income_evidence": ["payslip", "bank"], "food_shortage": "never", "protein": "weekly",
        "clothing": "yes", "shoes": "yes", "bedding": "yes", "clinic": "yes", "clinic_doctor": "yes", "untreated": "no",
        "house_grade": "b",
        "house_defects": ["none"], "relocated": "no", "water_source": "piped", "water_quantity": "ge_35",
        "water_quality": "report_good", "water_at_home": "yes", "water_outage_days": 2,
        "help_received": ["industry", "medical"], "team_visits": 6, "helper_visits": 8,
        "satisfaction_team": "satisfied", "satisfaction_team_reasons": ["solves"], "satisfaction_helper": "neutral",
        "satisfaction_helper_reasons": ["kind", "rarely_comes"],
        "recognition_item": [{"recognition_answer": answer} for answer in ("yes", "yes", "not_known", "no")],
        "policies_heard": ["insurance", "hospital"], "recognition_overall": "yes", "observed_rooms": ["kitchen"],
        "observed_agreement": "agree",
        "observed_coaching": "no", "observed_prompting": "no", "suspicion_kind": "none", "signature": "签名.png",
    }  # fmt: skip


def _form(survey: str, choices: str = "", settings: str = "", **further: str) -> FormDefinition:
    """Convert rows of tables; the first line of each names its columns, `;` parts cells, for texts hold commas."""
    tables = {"survey": survey, "choices": choices, "settings": settings or "form_id ; version\nt ; 1", **further}
    text = "\n".join(
        f"| {name} |\n"
        + "\n".join(
            "| | " + " | ".join(part.strip() for part in line.split(";")) + " |" for line in rows.strip().splitlines()
        )
        for name, rows in tables.items()
        if rows
    )
    conversion = convert(text.encode(), "t.md")
    assert conversion.xform is not None, conversion.complaints
    return parse_definition(conversion.xform)


@pytest.fixture(scope="session")
def form() -> MakeForm:
    return _form


@pytest.fixture(scope="session")
def xform() -> MakeForm:
    """Make a form from its instance, binds and body, for what workbooks cannot say."""

    def make(instance: str, binds: str = "", body: str = "", model: str = "", form_id: str = "t") -> FormDefinition:
        return parse_definition(
            f"""<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"
                xmlns:jr="http://openrosa.org/javarosa" xmlns:orx="http://openrosa.org/xforms">
                <h:head><h:title>t</h:title><model>
                <instance><data id="{form_id}" version="1">{instance}</data></instance>
                {model}{binds}</model></h:head><h:body>{body}</h:body></h:html>""".encode()
        )

    return make


def sent(answers: str, form_id: str = "t", version: str = "1") -> bytes:
    meta = "<meta><instanceID>uuid:1</instanceID></meta>"
    return f'<data id="{form_id}" version="{version}">{answers}{meta}</data>'.encode()


@pytest.fixture(scope="session")
def verdict() -> Verdict:
    """Check answers written as XML; give kind, code and path of every complaint."""

    def judge(definition: FormDefinition, answers: str, **options: object) -> list[tuple[str, str, str]]:

        found = check(definition, parse_instance(sent(answers, definition.form_id)), NOW, **options)  # type: ignore[arg-type]
        return [(c.kind, c.code, c.path) for c in found]

    return judge


@pytest.fixture(scope="session")
def filled() -> Callable[..., bytes]:
    def run(definition: FormDefinition, answers: Mapping[str, object], **options: object) -> bytes:
        return fill(definition, answers, **{"instance_id": "uuid:1", "now": NOW, **options})  # type: ignore[arg-type]

    return run


@pytest.fixture(scope="session")
def complaints_of() -> Callable[[FormDefinition, bytes], tuple[Complaint, ...]]:
    return lambda definition, data: check(definition, parse_instance(data))
