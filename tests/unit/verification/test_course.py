"""Times, people and names that cannot be as the files say."""

from types import SimpleNamespace

import pytest

from evalsvc.results.records import CaseRow, InterviewRow, JudgementRow
from evalsvc.verification.course import head_course, interview_course, judgement_course
from evalsvc.verification.field_checks import CaseFiles, cases_step
from evalsvc.words import sentence

MANIFEST = SimpleNamespace(
    evaluation="probe",
    drawn_at="2026-03-02T08:00:00Z",
    stages=[SimpleNamespace(units=[SimpleNamespace(id="h1")])],
)
ISSUED = "2026-03-20T02:00:00Z"
CASE = CaseRow("case-1", "i1", "h1", "missed", 3, "income", "confirmed")


def interview(received_at="2026-03-10T02:00:00Z", unit="h1"):
    return InterviewRow("i1", unit, "small", "1", "", received_at, "completed", 0, 1)


def judgement(judge="a", judged_at="2026-03-12T02:00:00Z", reason="看过材料", case="case-1"):
    return JudgementRow(case, judge, "confirm", reason, "", judged_at)


def codes(complaints):
    assert all("%(" not in sentence(each.code, each.details) for each in complaints)
    return [each.code.removeprefix("verification.") for each in complaints]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (interview(), []),
        (interview(MANIFEST.drawn_at), []),
        (interview(ISSUED), []),
        (interview(unit="nobody"), ["interview_undrawn"]),
        (interview("1999-01-01T00:00:00Z"), ["back_in_time"]),
        (interview("2026-03-21T00:00:00Z"), ["back_in_time"]),
        (interview("yesterday"), ["bad_time"]),
    ],
)
def test_an_interview_is_of_a_drawn_household_between_draw_and_issue(row, expected):
    assert codes(interview_course([row], MANIFEST, ISSUED)) == expected


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (judgement(), []),
        (judgement(judged_at="1999-01-01T00:00:00Z"), ["back_in_time"]),
        (judgement(judged_at="2026-03-21T00:00:00Z"), ["back_in_time"]),
        (judgement(judged_at=""), ["bad_time"]),
        (judgement(reason=" "), ["no_reason"]),
        (judgement(judge=""), ["judge_name"]),
        (judgement(judge="a "), ["judge_name"]),
    ],
)
def test_a_judgement_has_a_reason_a_judge_and_its_time(row, expected):
    assert codes(judgement_course([row], [CASE], [interview()], ISSUED)) == expected


def test_one_judge_under_two_spellings_is_one():
    tables = CaseFiles([], [judgement("judge-a"), judgement("Judge-a ")], [], {}, {}, SimpleNamespace())
    assert "judge_twice" in codes(cases_step(tables).complaints)


def test_the_edition_speaks_of_the_evaluation_that_was_drawn():
    assert head_course({"issued_at": ISSUED}, "probe", MANIFEST) == []
    found = head_course({"issued_at": "2026-3-20"}, "other", MANIFEST)
    assert codes(found) == ["value_differs", "bad_time"]
