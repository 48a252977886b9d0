"""Several interviews of one household: which one counts does not hang on the order of a file."""

from dataclasses import replace
from itertools import permutations
from types import SimpleNamespace

from evalsvc.fieldwork.counting import counting_visits
from evalsvc.interviews.log.rejections import rejections_sha256
from evalsvc.results.records import FieldworkRow, InterviewRow
from evalsvc.verification.corrections import correction_complaints, rejection_complaints, rejection_notes
from evalsvc.verification.field_checks import fieldwork_step


def visit(instance, received_at, disposition, unit="h1", **more):
    return InterviewRow(instance, unit, "small", "1", "", f"2026-03-1{received_at}Z", disposition, 0, 0, **more)


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


def counted(*visits):
    return {counting_visits(order)["h1"].instance_id for order in permutations(visits)}


def test_a_correction_stands_in_the_place_of_its_first_version():
    first, second = visit("b", "1T02:00:00", "completed"), visit("c", "2T02:00:00", "completed")
    late = visit("x", "5T00:00:00", "completed", replaces="b")
    latest = visit("y", "6T00:00:00", "completed", replaces="x")
    assert counted(first, second, late, latest) == {"y"}
    # The version that stands decides what came of the visit, not the one before it.
    assert counted(first, second, visit("x", "5T00:00:00", "refused", replaces="b")) == {"c"}


def test_a_rejected_visit_counts_nowhere():
    first, second = visit("b", "1T02:00:00", "completed", rejected="fabricated"), visit("c", "2T02:00:00", "refused")
    assert counted(first, second) == {"c"}
    assert counting_visits([first]) == {}


def test_a_circle_of_corrections_ends():
    assert (
        counting_visits([visit("a", "1T0", "completed", replaces="b"), visit("b", "1T0", "refused", replaces="a")])
        == {}
    )
    assert counting_visits([visit("a", "1T0", "completed", replaces="a")]) == {}


def test_what_is_wrong_with_corrections_is_named():
    first = visit("b", "1T02:00:00", "completed")
    rows = [
        replace(first, sequence=1),
        visit("c", "2T00:00:00", "completed", replaces="b"),
        visit("d", "2T00:00:00", "completed", replaces="b"),
        visit("e", "2T00:00:00", "completed", replaces="f"),
        visit("g", "2T00:00:00", "completed", unit="h2", replaces="c"),
        visit("i", "2T00:00:00", "completed", rejected="other"),
        visit("j", "2T00:00:00", "completed", replaces="i"),
    ]
    rows = [replace(row, sequence=place) for place, row in enumerate(rows, start=1)]
    found = [(each.code.partition(".")[2], each.details["instance"]) for each in correction_complaints(rows)]
    assert found == [
        ("corrected_twice", "d"),
        ("corrects_unlisted", "e"),
        ("corrects_other", "g"),
        ("rejected_version", "i"),
    ]
    assert list(correction_complaints(rows[:2])) == []
    unknown = correction_complaints([visit("b", "1T02:00:00", "completed", rejected="disliked")])
    assert [each.code for each in unknown] == ["verification.rejected_code"]
    # Both in one second stand in the order of their identifiers, whichever came first.
    same = [replace(rows[1], sequence=1, received_at=first.received_at), replace(rows[0], sequence=2)]
    assert list(correction_complaints(same)) == []
    early = [replace(rows[0], received_at="2026-03-13T00:00:00Z"), rows[1]]
    assert [each.code for each in correction_complaints(early)] == ["verification.corrects_unlisted"]
    circle = [visit("a", "1T0", "completed", replaces="b"), visit("b", "1T0", "refused", replaces="a")]
    assert [each.code for each in correction_complaints(circle)] == ["verification.corrects_unlisted"] * 2


def test_rejections_are_compared_with_the_last_line_of_the_log():
    rows = [visit("b", "1T02:00:00", "completed", rejected="fabricated"), visit("c", "2T02:00:00", "refused")]
    right = SimpleNamespace(sequence=9, at="2026-03-20T00:00:00Z", sha256=rejections_sha256({"b": "fabricated"}))
    other = SimpleNamespace(sequence=8, at="2026-03-19T00:00:00Z", sha256=rejections_sha256({}))
    assert list(rejection_complaints([other, right], rows)) == []
    assert [each.code for each in rejection_complaints([right, other], rows)] == ["verification.rejections_differ"]
    assert [each.code for each in rejection_complaints([], rows)] == ["verification.rejections_unlogged"]
    assert list(rejection_complaints([], rows[1:])) == []


def test_rejections_that_were_entered_more_than_once_are_told():
    def lines(*sequences):
        return [SimpleNamespace(sequence=each, at=f"2026-03-{each:02}T00:00:00Z") for each in sequences]

    def told(rejections, received):
        return [each.details for each in rejection_notes(lines(*rejections), lines(*received))]

    assert told((), (4,)) == told((3,), (2, 4)) == told((9,), (7,)) == []
    (again,) = told((3, 9), (7,))
    assert (again["lines"], again["after"]) == (2, 1)
    assert (again["first"], again["last"]) == ("2026-03-03T00:00:00Z", "2026-03-09T00:00:00Z")
