"""Two enumerators sign one interview: the shipped form is filled whole on the phone, and the server holds it all."""

import time
from xml.etree import ElementTree

from sqlalchemy import select

from benchmarks.phone_filling import fill_form
from benchmarks.phone_interviews import household_answers
from benchmarks.phone_stage import Stage, phone, set_stage
from benchmarks.phone_walk import begun, open_household, sign_in
from evalsvc.interviews.models import Interview, InterviewFile

PATIENCE = 30
"""Seconds."""
SIGNATURES = ("signature", "enumerator_signature", "second_signature")


def test_respondent_and_two_enumerators_sign_one_interview() -> None:
    with set_stage() as stage, phone(stage) as context:
        who = stage.world.enumerators[0]
        way = begun(stage, context, who, lambda _name: None, "zh")
        sign_in(way)
        open_household(way, who.units[1])
        way.page.locator("main .block").first.click()
        way.page.locator("main[data-page]").wait_for()
        fill_form(way.pen, household_answers(who.units[1]))
        way.button("phone.form.finish").click()
        answers, files = received(stage)
    assert answers["second_enumerator"] == "A07"
    signed = [files[answers[name]] for name in SIGNATURES]
    assert all(data.startswith(b"\x89PNG") for data in signed)
    assert len({answers[name] for name in SIGNATURES}) == len(SIGNATURES)


def received(stage: Stage) -> tuple[dict[str, str], dict[str, bytes]]:
    """Wait until the server holds the interview whole; give its answers and its files by their names."""
    deadline = time.monotonic() + PATIENCE
    while time.monotonic() < deadline:
        with stage.service.database.reading() as session:
            interview = session.scalars(select(Interview)).one_or_none()
            rows = session.scalars(select(InterviewFile)).all()
            files = {row.name: stage.service.store.get(row.sha256) for row in rows}
        if interview is not None:
            tree = ElementTree.fromstring(stage.service.store.get(interview.sha256))
            answers = {each.tag.rpartition("}")[2]: each.text or "" for each in tree.iter() if len(each) == 0}
            if {answers[name] for name in (*SIGNATURES, "photo_house")} <= files.keys():
                return answers, files
        time.sleep(0.2)
    raise AssertionError("the interview did not arrive whole")
