"""Several interviews of one household: which one counts does not hang on the order of a file."""

from itertools import permutations
from types import SimpleNamespace

from evalsvc.fieldwork.dispositions import counting_visits
from evalsvc.results.records import FieldworkRow, InterviewRow
from evalsvc.verification.field_checks import fieldwork_step


def visit(instance, received_at, disposition, unit="h1"):
    return InterviewRow(instance, unit, "small", "1", "", f"2026-03-1{received_at}Z", disposition, 0, 0)


VISITS = (
    visit("c", "0T02:00:00", "non_contact"),
    visit("d", "1T02:00:00", "completed"),
    visit("b", "1T02:00:00", "completed"),
    visit("a", "8T00:00:00", "completed"),
    visit("0", "0T00:00:00", ""),
)


def test_the_visit_that_counts_is_the_same_in_every_order():
    assert {counting_visits(order)["h1"].instance_id for order in permutations(VISITS)} == {"b"}
    assert counting_visits(VISITS[-1:]) == {}


def test_a_later_interview_put_first_is_found_and_further_ones_are_counted():
    row = FieldworkRow("h1", "v", "s", "probability", True, "", "", "completed", "a")
    manifest = SimpleNamespace(stages=[SimpleNamespace(units=[])])
    step = fieldwork_step([row], (VISITS[3], *VISITS[:3]), manifest)
    assert [each.details["expected"] for each in step.complaints] == ["b"]
    assert step.counts["second_interviews"] == 3
