"""The review of interviews: its moves, who makes them, what each leaves behind, and what a rejection changes."""

from datetime import timedelta

import pytest

from evalsvc import audit
from evalsvc.audit import AuditRow
from evalsvc.db import now
from evalsvc.draws.models import Draw
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError, NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.models import Interview, Review, ReviewComment
from evalsvc.interviews.not_counted import NOT_COUNTED
from evalsvc.interviews.review import operations as reviewing
from evalsvc.interviews.review.bulk import approve_chosen, approve_filtered
from evalsvc.interviews.review.moves import ACTIONS, APPROVE, MOVES, REJECT, REOPEN, RETURN, Comment, Wish
from evalsvc.interviews.values import STATES, Filters
from tests.service.review_steps import all_rows, moved, row_of, sent, service_of

PATH = "/household/visit/attempt"


@pytest.fixture
def service(config, database, store):
    return service_of(config, database, store)


@pytest.fixture
def unit(field):
    return field.opened(field.enumerators[0])[0]


def outcome(database, unit):
    with database.reading() as session:
        row = session.get_one(Assignment, unit.id)
        return row.disposition, row.instance_id


def test_a_return_is_written_down_with_its_comments_and_the_correction_awaits_review(database, field, service, unit):
    first = sent(service, field, unit, instance_id="uuid:one")
    comments = (Comment(PATH, "到了几次？\r\n请核实 "), Comment("/other", "  "))
    assert moved(database, field, first, RETURN, words=" 请更正 ", comments=comments, places={PATH}) == "returned"
    review = all_rows(database, Review)[0]
    assert (review.action, review.state_before, review.state_after, review.words) == (
        "return", "received", "returned", "请更正",
    )  # fmt: skip
    assert [(each.path, each.words) for each in all_rows(database, ReviewComment)] == [(PATH, "到了几次？\n请核实")]
    second = sent(service, field, unit, deprecated_id="uuid:one", attempt=2)
    assert (row_of(database, first).state, row_of(database, second).state) == ("returned", "corrected")
    with pytest.raises(ConflictError, match="superseded"):
        moved(database, field, first, APPROVE)
    assert moved(database, field, second, APPROVE) == "approved"
    assert moved(database, field, second, REOPEN, words="看错了") == "corrected"
    with database.reading() as session:
        rows = [row for row in all_rows(database, AuditRow) if row.action.split(".")[-1] in ACTIONS]
        assert [(row.action, row.subject) for row in rows] == [
            ("interview.return", first),
            ("interview.approve", second),
            ("interview.reopen", second),
        ]
        assert {row.details["review"] for row in rows} == {row.id for row in all_rows(database, Review)}
        assert "请更正" not in str([row.details for row in rows])
        assert audit.verify(session).breaks == ()


def test_every_move_is_made_from_its_states_and_from_no_other(database, field, service, unit):
    identifier = sent(service, field, unit)
    for state in STATES:
        for action in ACTIONS:
            with database.transaction() as session:
                session.get_one(Interview, identifier).state = state
            given = {"words": "理由", "reason": "other" if action == REJECT else ""}
            if state in MOVES[action]:
                assert moved(database, field, identifier, action, **given) != state or (action, state) == (
                    "return",
                    "returned",
                )
            else:
                with pytest.raises(ConflictError, match="move_not_allowed"):
                    moved(database, field, identifier, action, **given)
                assert row_of(database, identifier).state == state


def test_a_rejected_interview_gives_the_household_the_outcome_of_another_or_none(database, field, service, unit):
    early = sent(service, field, unit, "non_contact", instance_id="uuid:early")
    late = sent(service, field, unit, "refused", instance_id="uuid:late")
    assert outcome(database, unit) == ("refused", "uuid:late")
    assert moved(database, field, late, REJECT, reason="fabricated", words="无人见过") == "rejected"
    assert (outcome(database, unit), row_of(database, late).rejected_for) == (
        ("non_contact", "uuid:early"),
        "fabricated",
    )
    moved(database, field, early, REJECT, reason="duplicate", words="重复")
    assert outcome(database, unit) == (None, None)
    state = moved(database, field, late, REOPEN, words="核实属实")
    assert state in {"received", "has_issues"}
    assert (outcome(database, unit), row_of(database, late).rejected_for) == (("refused", "uuid:late"), None)


def complaints_of(database, identifier):
    row = row_of(database, identifier)
    return row.state, [each["details"]["instance"] for each in row.complaints if each["code"] == NOT_COUNTED]


def test_that_an_interview_does_not_count_is_said_as_long_as_another_counts_instead(database, field, service, unit):
    one = sent(service, field, unit, instance_id="uuid:one")
    two = sent(service, field, unit, instance_id="uuid:two")
    three = sent(service, field, unit, instance_id="uuid:two-more")
    told = ("has_issues", ["uuid:one"])
    assert [complaints_of(database, each) for each in (two, three)] == [told] * 2
    moved(database, field, one, REJECT, reason="fabricated", words="无人见过")
    assert complaints_of(database, two) == ("received", [])
    assert complaints_of(database, three) == ("has_issues", ["uuid:two"])
    moved(database, field, two, RETURN, words="请更正")
    assert moved(database, field, one, REOPEN, words="核实属实") == "received"
    assert complaints_of(database, one) == ("received", [])
    assert complaints_of(database, two) == ("returned", told[1]) and complaints_of(database, three) == told
    moved(database, field, three, REJECT, reason="duplicate", words="重复")
    moved(database, field, one, REJECT, reason="duplicate", words="重复")
    assert moved(database, field, three, REOPEN, words="看错了") == "has_issues"
    assert complaints_of(database, three) == ("has_issues", ["uuid:two"])


def test_who_got_further_later_is_no_complaint_of_who_came_before(database, field, service, unit):
    early = sent(service, field, unit, "non_contact", instance_id="uuid:early")
    late = sent(service, field, unit, "refused", instance_id="uuid:late")
    moved(database, field, late, REJECT, reason="fabricated", words="无人见过")
    moved(database, field, late, REOPEN, words="核实属实")
    assert [complaints_of(database, each)[1] for each in (early, late)] == [[], []]


def test_who_saw_another_state_is_told_so(database, field, service, unit):
    identifier = sent(service, field, unit)
    moved(database, field, identifier, APPROVE)
    with pytest.raises(ConflictError, match="moved_meanwhile"):
        moved(database, field, identifier, RETURN, state="received", words="请更正")
    assert (row_of(database, identifier).state, len(all_rows(database, Review))) == ("approved", 1)


def test_only_supervisors_and_the_lead_review_and_nobody_what_they_collected(
    database, field, service, unit, make_person
):
    identifier = sent(service, field, unit)
    roles = {role: make_person(role, evaluation=field.evaluation) for role in ("expert", "auditor", "designer", "lead")}
    both = make_person("enumerator", "supervisor", evaluation=field.evaluation)
    with database.transaction() as session:
        session.get_one(Interview, identifier).enumerator_id = both.id
    for person in (roles["expert"], roles["auditor"], roles["designer"], field.enumerators[1]):
        with pytest.raises(ForbiddenError, match="reviewer_only"):
            moved(database, field, identifier, APPROVE, actor=person.actor)
    with pytest.raises(ForbiddenError, match="own_review"):
        moved(database, field, identifier, APPROVE, actor=both.actor)
    assert moved(database, field, identifier, APPROVE, actor=roles["lead"].actor) == "approved"


def test_who_collected_an_earlier_version_does_not_review_the_correction(database, field, service, unit, make_person):
    first = sent(service, field, unit, instance_id="uuid:one")
    second = sent(service, field, unit, deprecated_id="uuid:one")
    both = make_person("enumerator", "supervisor", evaluation=field.evaluation)
    with database.transaction() as session:
        session.get_one(Interview, first).enumerator_id = both.id
    with pytest.raises(ForbiddenError, match="own_review"):
        moved(database, field, second, APPROVE, actor=both.actor)


def test_nothing_of_a_closed_draw_is_reviewed_and_nothing_of_another_evaluation(
    database, field, service, unit, make_evaluation
):
    identifier = sent(service, field, unit)
    other = make_evaluation("other")
    with pytest.raises(NotFoundError, match=r"interview\.unknown"), database.transaction() as session:
        wish = Wish(APPROVE, "received")
        reviewing.review(session, field.supervisor.actor, other.id, identifier, wish, places=())
    with database.transaction() as session:
        session.get_one(Draw, field.draw_id).release_at = now() + timedelta(hours=1)
    with pytest.raises(ForbiddenError, match="not_released"):
        moved(database, field, identifier, APPROVE)


@pytest.mark.parametrize(
    ("action", "given", "codes"),
    [
        ("burn", {}, ["interview.review_action"]),
        (RETURN, {}, ["interview.review_nothing_said"]),
        (RETURN, {"words": "字" * 2001}, ["interview.review_words_long"]),
        (RETURN, {"words": "a\x07b"}, ["interview.review_signs"]),
        (RETURN, {"comments": (Comment("/nowhere", "?"),)}, ["interview.review_unknown_question"]),
        (RETURN, {"comments": (Comment(PATH, "?"), Comment(PATH, "!"))}, ["interview.review_question_twice"]),
        (RETURN, {"comments": (Comment(PATH, "字" * 1001),)}, ["interview.review_comment_long"]),
        (RETURN, {"comments": tuple(Comment(PATH, "?") for _ in range(201))}, None),
        (APPROVE, {"comments": (Comment(PATH, "?"),)}, ["interview.review_comments_only_returned"]),
        (APPROVE, {"reason": "other"}, ["interview.review_reason_only_rejected"]),
        (REJECT, {"words": "x", "reason": "because"}, ["interview.review_reason"]),
        (REJECT, {}, ["interview.review_reason", "interview.review_words_missing"]),
        (REOPEN, {"words": " \n "}, ["interview.review_words_missing"]),
    ],
)
def test_a_bad_wish_is_refused_with_all_that_is_wrong(action, given, codes):
    with pytest.raises(InvalidError) as refused:
        reviewing.checked(Wish(action, "received", **given), {PATH})
    found = [each.code for each in refused.value.complaints]
    assert found == codes if codes else "interview.review_many_comments" in found


def test_many_are_approved_at_once_and_each_that_is_left_says_why(database, field, service, make_person):
    units = field.opened(field.enumerators[0])
    good, bad, returned, seen_otherwise, own = (sent(service, field, unit) for unit in units[:5])
    moved(database, field, returned, RETURN, words="请更正")
    both = make_person("enumerator", "supervisor", evaluation=field.evaluation)
    error = {"kind": "required", "code": "answer.required", "path": "/x", "details": {}, "severity": "error"}
    with database.transaction() as session:
        row = session.get_one(Interview, bad)
        row.complaints, row.state = [error], "has_issues"
        session.get_one(Interview, own).enumerator_id = both.id
    seen = {each: row_of(database, each).state for each in (good, bad, returned, own)}
    seen |= {seen_otherwise: "corrected", "nobody": "received"}
    done = approve_chosen(database, both.actor, field.evaluation.id, seen, with_errors=False)
    assert done.approved == (good,)
    assert {left.interview_id: left.why.code for left in done.left} == {
        bad: "interview.bulk_errors",
        returned: "interview.bulk_returned",
        seen_otherwise: "interview.moved_meanwhile",
        own: "interview.own_review",
        "nobody": "interview.unknown",
    }
    again = approve_chosen(database, both.actor, field.evaluation.id, seen, with_errors=True)
    assert again.approved == (bad,)
    assert {left.why.code for left in again.left if left.interview_id == good} == {"interview.moved_meanwhile"}
    rows = [row.details for row in all_rows(database, AuditRow) if row.action == "interview.approve"]
    assert [(row["at_once"], row["with_errors"]) for row in rows] == [(6, False), (6, True)]


def test_what_a_list_shows_is_approved_the_oldest_first_and_not_what_came_later(database, field, service, monkeypatch):
    identifiers = [sent(service, field, unit) for unit in field.opened(field.enumerators[0])[:4]]
    moment = now()
    late = sent(service, field, field.opened(field.enumerators[0])[4])
    monkeypatch.setattr("evalsvc.interviews.review.bulk.MOST_AT_ONCE", 3)
    given = {"before": moment, "with_errors": False}
    approve = lambda filters: approve_filtered(  # noqa: E731
        database, field.supervisor.actor, field.evaluation.id, filters, **given
    )
    assert approve(Filters(enumerator=field.enumerators[1].id)).approved == ()
    assert set(approve(Filters()).approved) == set(identifiers[:3])
    assert approve(Filters(county=field.opened(field.enumerators[0])[3].county)).approved == (identifiers[3],)
    assert row_of(database, late).state == "received"


def test_too_many_at_once_are_refused(database, field):
    seen = {str(number): "received" for number in range(reviewing.MOST_AT_ONCE + 1)}
    with pytest.raises(ConflictError, match="bulk_too_many"):
        approve_chosen(database, field.supervisor.actor, field.evaluation.id, seen, with_errors=False)
