"""Comparing values, and naming the step at which files contradict each other."""

import pytest

from evalsvc.verification import run
from evalsvc.verification.compare import differences
from evalsvc.verification.outcome import MOST_SHOWN, step_of
from evalsvc.verification.run import verify_against
from sampling.errors import Complaint


@pytest.mark.parametrize(
    ("expected", "found", "places"),
    [
        ({"a": "—"}, {}, ["a"]),
        ({}, {"a": "—"}, ["a"]),
        (["—"], [], ["[0]"]),
        ({"a": {"b": None}}, {"a": {}}, ["a.b"]),
        ({"a": "—"}, {"a": "—"}, []),
        ({"a": 1}, {"a": True}, ["a"]),
        ({"a": 0.1 + 0.2}, {"a": 0.3}, []),
    ],
)
def test_what_is_missing_is_equal_to_nothing_that_a_file_can_hold(expected, found, places):
    told = list(differences(expected, found))
    assert [each.place for each in told] == places
    assert all(str(each.expected) and str(each.found) for each in told)


@pytest.mark.parametrize(
    ("name", "step"),
    [
        ("head_course", "draw"),
        ("interview_course", "interviews"),
        ("read_sources", "fieldwork"),
        ("judgement_course", "cases"),
        ("figures_of", "figures"),
        ("figures_step", "figures"),
    ],
)
def test_what_fails_is_told_at_the_step_under_way_also_when_it_was_begun_well(issued, report, monkeypatch, name, step):
    real = getattr(run, name)

    def fail(*given, **options):
        if name == "figures_of" and given[1] is None:
            return real(*given, **options)
        raise ValueError("contradiction")

    monkeypatch.setattr(run, name, fail)
    outcome = verify_against(report, issued.bundle)
    failed = {each.name: each.complaints for each in outcome.steps if each.state == "failed"}
    assert list(failed) == [step]
    assert [each.code for each in failed[step]] == ["verification.inconsistent"]


def test_what_was_left_out_of_a_step_is_counted_when_more_is_found():
    course = run._Course(lambda *_given: None)
    many = [Complaint("verification.value_differs") for _ in range(MOST_SHOWN + 7)]
    course.add(step_of("cases", many))
    course.add(step_of("cases", many[:3]))
    assert (len(course.taken["cases"].complaints), course.taken["cases"].left_out) == (MOST_SHOWN, 10)
