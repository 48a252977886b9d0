"""A phone is killed, loaded anew and cut off while the household form is filled and sent: the study's short form."""

import random

from benchmarks.interruptions import begun, fill, settle
from benchmarks.interruptions_fate import Course, plan
from benchmarks.interruptions_interview import FINISH, SENDING, Interview
from benchmarks.phone_interviews import household_answers

FEWEST, ANSWERS, FILES = 7, 80, 5
"""Of one interview; what is planned for a page that is not asked does not strike."""


def test_nothing_is_lost_doubled_or_changed() -> None:
    course = Course()
    with begun(2, course) as day:
        interview = Interview(day.who.units[0], household_answers(day.who.units[0]))
        day.fate.plan = plan(random.Random(3))
        fill(day, interview)
        settle(day, interview)
        assert day.phone.faults == []
    assert course.number >= FEWEST
    assert {FINISH, SENDING} < {moment for moment, _ in course.struck}
    assert course.faults == []
    assert course.interviews == 1
    assert course.answers > ANSWERS
    assert course.files == FILES
