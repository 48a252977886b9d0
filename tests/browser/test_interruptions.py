"""A phone is killed, loaded anew and cut off while the household form is filled and sent: the study's short form.

Respondent and two enumerators sign the interview, each a picture of its own, and all of it arrives once and as it was.
"""

import random

from benchmarks.interruptions import begun, fill, settle
from benchmarks.interruptions_fate import Course, plan
from benchmarks.interruptions_interview import FINISH, SENDING, Interview
from benchmarks.interruptions_look import held
from benchmarks.phone_interviews import household_answers

FEWEST, ANSWERS = 7, 80
"""Of one interview; what is planned for a page that is not asked does not strike."""
SIGNATURES = ("signature", "enumerator_signature", "second_signature")
FILES = {"photo_house", *SIGNATURES}
PNG = b"\x89PNG"


def test_nothing_is_lost_doubled_or_changed() -> None:
    course = Course()
    with begun(2, course) as day:
        unit = day.who.units[0]
        interview = Interview(unit, household_answers(unit))
        day.fate.plan = plan(random.Random(3))
        fill(day, interview)
        settle(day, interview)
        assert day.phone.faults == []
        found = held(day.service, unit)
        assert found is not None
        answers = {path.rpartition("/")[2].removesuffix("[1]"): given for path, given in found.answers.items()}
        pictures = [day.service.store.get(found.files[answers[name]]) for name in SIGNATURES]
    assert course.number >= FEWEST
    assert {FINISH, SENDING} < {moment for moment, _ in course.struck}
    assert course.faults == []
    assert course.interviews == 1
    assert course.answers > ANSWERS, interview.unsure
    assert {answers[name] for name in FILES} | {"audit.csv"} == found.files.keys()
    assert answers["second_enumerator"] == "A07"
    assert all(picture.startswith(PNG) for picture in pictures)
    assert len(set(pictures)) == len(SIGNATURES)
