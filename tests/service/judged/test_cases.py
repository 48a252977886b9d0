"""Cases: made once from interviews, judged by two different experts, never by one twice, never by an administrator."""

import io
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select

from evalsvc import audit
from evalsvc.audit import AuditRow
from evalsvc.cases.judging import keep_evidence
from evalsvc.cases.models import Case, Judgement
from evalsvc.cases.operations import collect_cases, judge
from evalsvc.cases.queries import (
    cases_of_draw,
    counts_of,
    detail,
    judgements_of_draw,
    may_open_evidence,
    page_of_cases,
)
from evalsvc.cases.values import CaseFilters, Evidence
from evalsvc.draws.models import DrawUnit
from evalsvc.errors import EvalsvcError, InvalidError, NotFoundError
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.models import Interview
from evalsvc.results.records import JudgementRow, read_records, write_records
from evalsvc.store import Store

REASON = "查看了收入凭证和照片"


def collected(database, visited):
    with database.transaction() as session:
        collect_cases(session, visited.supervisor, visited.evaluation)
        return cases_of_draw(session, visited.draw_id)


def says(database, store, visited, case, person, verdict="confirm", reason=REASON, evidence=None):
    with database.transaction() as session:
        return judge(
            session, getattr(person, "actor", person), visited.evaluation.id, case.id, verdict=verdict,
            reason=reason, evidence=keep_evidence(store, evidence),
        )  # fmt: skip


def refused(*arguments, **named):
    with pytest.raises(EvalsvcError) as caught:
        says(*arguments, **named)
    return caught.value.code


def test_every_suspicion_becomes_one_case_however_often_they_are_collected(database, visited):
    cases = collected(database, visited)
    with database.reading() as session:
        suspected = [
            row.instance_id
            for row in session.scalars(select(Interview))
            if row.answers.get("suspicion_kind") in ("wrong_exit", "missed")
        ]
    assert sorted(case.instance_id for case in cases) == sorted(suspected)
    assert len(cases) > 5 and {case.kind for case in cases} == {"wrong_exit", "missed"}
    with database.transaction() as session:
        assert collect_cases(session, visited.supervisor, visited.evaluation) == 0
    with database.reading() as session:
        made = [row for row in session.scalars(select(AuditRow)) if row.action == "cases.collect"]
    assert [row.details["made"] for row in made] == [len(cases)]


def test_a_suspected_household_whose_size_nobody_knows_is_named(database, visited):
    """A size that is empty, nothing or not there, in the frame as in the interview."""
    for persons in (None, 0, "没有"):
        with database.transaction() as session:
            interview = next(
                row
                for row in session.scalars(select(Interview).order_by(Interview.id))
                if row.answers.get("suspicion_kind") == "missed"
            )
            interview.answers = {name: text for name, text in interview.answers.items() if "persons" not in name}
            assignment = session.get_one(Assignment, interview.assignment_id)
            unit = session.get_one(DrawUnit, (assignment.draw_id, assignment.unit_id))
            unit.attributes = {name: value for name, value in unit.attributes.items() if name != "persons"}
            if persons != "没有":
                unit.attributes = {**unit.attributes, "persons": persons}
        with pytest.raises(InvalidError) as caught:
            collected(database, visited)
        assert caught.value.code == "case.no_persons"
        assert [each.details["unit"] for each in caught.value.complaints] == [assignment.unit_id]


def test_collecting_at_once_makes_each_case_once(database, visited):
    def collect(_number):
        with database.transaction() as session:
            return collect_cases(session, visited.supervisor, visited.evaluation)

    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(collect, range(4)))
    with database.reading() as session:
        assert sum(made) == counts_of(session, visited.evaluation.id).total == len(list(session.scalars(select(Case))))


@pytest.mark.parametrize(("verdict", "state"), [("confirm", "confirmed"), ("exclude", "excluded")])
def test_two_experts_who_agree_decide(database, store, visited, experts, verdict, state):
    case = collected(database, visited)[0]
    assert says(database, store, visited, case, experts[0], verdict) == "open"
    assert says(database, store, visited, case, experts[1], verdict) == state
    assert refused(database, store, visited, case, experts[2], verdict) == "case.decided"
    with database.reading() as session:
        assert audit.verify(session).breaks == ()


def test_a_disagreement_stays_open_until_a_third_expert_makes_a_majority(database, store, visited, experts):
    case = collected(database, visited)[0]
    assert says(database, store, visited, case, experts[0], "confirm") == "open"
    assert says(database, store, visited, case, experts[1], "exclude") == "open"
    assert says(database, store, visited, case, experts[2], "exclude") == "excluded"


def test_nobody_judges_twice(database, store, visited, experts):
    case = collected(database, visited)[0]
    says(database, store, visited, case, experts[0])
    assert refused(database, store, visited, case, experts[0]) == "case.judged_already"
    with database.reading() as session:
        assert len(list(session.scalars(select(Judgement)))) == 1


def test_one_expert_at_two_devices_at_once_judges_once(database, store, visited, experts):
    case = collected(database, visited)[0]

    def try_it(_number):
        try:
            return says(database, store, visited, case, experts[0])
        except EvalsvcError as error:
            return error.code

    with ThreadPoolExecutor(4) as pool:
        found = sorted(pool.map(try_it, range(4)))
    assert found == ["case.judged_already"] * 3 + ["open"]


def test_only_experts_judge_and_an_administrator_is_none(database, store, visited, make_person):
    case = collected(database, visited)[0]
    for person in (
        make_person("administrator"),
        make_person("lead", "supervisor", evaluation=visited.evaluation),
        make_person("administrator", "expert"),
    ):
        assert refused(database, store, visited, case, person) == "case.expert_only"


def test_nobody_judges_the_household_that_they_interviewed(database, store, visited):
    case = collected(database, visited)[0]
    both = type(visited.enumerator)(visited.enumerator.identifier, visited.enumerator.person_id, frozenset({"expert"}))
    assert refused(database, store, visited, case, both) == "case.own_interview"


def test_a_judgement_needs_a_verdict_and_a_reason(database, store, visited, experts):
    case = collected(database, visited)[0]
    assert refused(database, store, visited, case, experts[0], "maybe") == "case.verdict"
    assert refused(database, store, visited, case, experts[0], reason=" 好 ") == "case.reason_short"
    assert refused(database, store, visited, case, experts[0], reason="长" * 4001) == "case.reason_long"
    for sign in ("\0", "\x07", "\x1b", "\ud800"):
        assert refused(database, store, visited, case, experts[0], reason=REASON + sign + REASON) == "case.reason_signs"
    large = Evidence("large.bin", bytes(20_000_001))
    assert refused(database, store, visited, case, experts[0], evidence=large) == "case.evidence_large"


def test_a_reason_in_several_lines_reads_back_from_the_table(database, store, visited, experts):
    case = collected(database, visited)[0]
    says(database, store, visited, case, experts[0], reason=" 收入凭证\r\n\t照片\r饮水，“达标” ")
    with database.reading() as session:
        (given,) = judgements_of_draw(session, visited.draw_id)
    assert given.reason == "收入凭证\n\t照片\n饮水，“达标”"
    row = JudgementRow(case.id, "专家", given.verdict, given.reason, "", "2026-03-01T08:00:00Z")
    assert read_records(JudgementRow, write_records(JudgementRow, [row]), "judgements.csv") == ([row], [])


def test_what_others_judged_stays_hidden_from_those_who_may_still_judge(database, store, visited, experts):
    case = collected(database, visited)[0]
    evidence = Evidence("凭证.pdf", b"evidence")
    says(database, store, visited, case, experts[0], "exclude", evidence=evidence)
    with database.reading() as session:
        second = detail(session, experts[1].actor, visited.evaluation.id, case.id)
        assert (second.judgements, second.hidden, second.may_judge) == ((), 1, True)
        first = detail(session, experts[0].actor, visited.evaluation.id, case.id)
        assert ([each.verdict for each in first.judgements], first.may_judge) == (["exclude"], False)
        lead = detail(session, visited.lead, visited.evaluation.id, case.id)
        assert (len(lead.judgements), lead.may_judge) == (1, False)
        sha256 = first.judgements[0].evidence_sha256
        assert store.get(sha256) == b"evidence"
        with pytest.raises(NotFoundError):
            may_open_evidence(session, experts[1].actor, visited.evaluation.id, case.id, sha256)
        assert may_open_evidence(session, experts[0].actor, visited.evaluation.id, case.id, sha256) == "凭证.pdf"
    says(database, store, visited, case, experts[1], "exclude")
    with database.reading() as session:
        assert len(detail(session, experts[2].actor, visited.evaluation.id, case.id).judgements) == 2


def test_the_list_filters_and_tells_an_expert_what_waits(database, store, visited, experts):
    cases = collected(database, visited)
    says(database, store, visited, cases[0], experts[0])
    waiting = CaseFilters(waiting_for_reader=True)
    with database.reading() as session:
        for person, number in ((experts[0], len(cases) - 1), (experts[1], len(cases))):
            assert page_of_cases(session, visited.evaluation.id, person.actor, waiting, 1).total == number
        county = cases[0].unit_id[:6]
        shown = page_of_cases(
            session, visited.evaluation.id, visited.lead, CaseFilters(county=county, kind="missed"), 9
        )
        assert shown.page == 1
        assert {line.case.unit_id[:6] for line in shown.lines} <= {county}
        assert {line.case.kind for line in shown.lines} <= {"missed"}


def test_the_pages_show_and_take_a_judgement(client, database, store, visited, experts, sign_in, csrf_of):
    case = collected(database, visited)[0]
    sign_in(client, experts[0])
    address = f"/evaluations/{visited.evaluation.code}/cases"
    listed = client.get(address).get_data(as_text=True)
    assert case.unit_id in listed and "模拟数据" in listed
    page = client.get(f"{address}/{case.id}").get_data(as_text=True)
    assert "提交我的判定" in page and case.unit_id in page
    form = {"verdict": "confirm", "reason": REASON, "csrf_token": csrf_of(client)}
    form["evidence"] = (io.BytesIO(b"a picture"), "照片.png")
    answer = client.post(f"{address}/{case.id}", data=form, content_type="multipart/form-data")
    assert answer.status_code == 303
    page = client.get(f"{address}/{case.id}").get_data(as_text=True)
    assert REASON in page and "提交我的判定" not in page and "照片.png" in page
    without_token = client.post(f"{address}/{case.id}", data={"verdict": "confirm", "reason": REASON})
    assert without_token.status_code == 400
    sha256 = page.split("/evidence/")[1][:64]
    with client.get(f"{address}/{case.id}/evidence/{sha256}") as evidence:
        assert (evidence.data, evidence.mimetype) == (b"a picture", "application/octet-stream")


def test_evidence_is_kept_before_the_judgement_takes_the_write_lock(
    client, store, database, visited, experts, sign_in, csrf_of, monkeypatch, others_write
):
    case = collected(database, visited)[0]
    sign_in(client, experts[0])
    put = Store.put
    written = []

    def watched(self, data):
        written.append(others_write())
        return put(self, data)

    monkeypatch.setattr(Store, "put", watched)
    address = f"/evaluations/{visited.evaluation.code}/cases/{case.id}"
    form = {"verdict": "confirm", "reason": REASON, "csrf_token": csrf_of(client)}
    picture = {"evidence": (io.BytesIO(b"a picture"), "照片.png")}
    assert client.post(address, data={**form, **picture}, content_type="multipart/form-data").status_code == 303
    assert written == [True]
    picture = {"evidence": (io.BytesIO(b"another picture"), "照片.png")}
    assert client.post(address, data={**form, **picture}, content_type="multipart/form-data").status_code == 409
    assert written == [True], "what is refused is not kept"


def test_a_judgement_takes_a_body_of_its_evidence_and_no_more(client, visited, experts, sign_in, csrf_of):
    sign_in(client, experts[0])
    headers = {"Content-Type": "multipart/form-data; boundary=x", "X-CSRFToken": csrf_of(client)}
    address = f"/evaluations/{visited.evaluation.code}/cases/any"
    assert client.post(address, data=bytes(22_000_001), headers=headers).status_code == 413


def test_an_auditor_reads_and_cannot_judge(client, database, visited, make_person, sign_in, csrf_of):
    case = collected(database, visited)[0]
    sign_in(client, make_person("auditor", evaluation=visited.evaluation))
    address = f"/evaluations/{visited.evaluation.code}/cases/{case.id}"
    page = client.get(address).get_data(as_text=True)
    assert "提交我的判定" not in page
    form = {"verdict": "confirm", "reason": REASON, "csrf_token": csrf_of(client)}
    assert client.post(address, data=form).status_code == 403
    assert client.post(address.rsplit("/", 1)[0], data=form).status_code == 403


def test_the_api_collects_lists_and_judges(client, visited, experts, make_person):
    address = f"/api/v1/evaluations/{visited.evaluation.code}/cases"
    supervisor = make_person("supervisor", evaluation=visited.evaluation)
    made = client.post(address, headers=supervisor.bearer)
    assert made.status_code == 201 and made.json["made"] > 5
    listed = client.get(address, headers=experts[0].bearer, query_string={"state": "open"}).json
    assert listed["total"] == made.json["made"]
    case = listed["lines"][0]["id"]
    judgement = {"verdict": "exclude", "reason": REASON}
    answers = [
        client.post(f"{address}/{case}/judgements", json=judgement, headers=person.bearer)
        for person in (experts[0], experts[0], experts[1])
    ]
    assert [answer.status_code for answer in answers] == [201, 409, 201]
    assert answers[1].json["code"] == "case.judged_already"
    assert answers[2].json["state"] == "excluded"
    unknown = client.post(f"{address}/nobody/judgements", json=judgement, headers=experts[0].bearer)
    assert (unknown.status_code, unknown.json["code"]) == (404, "case.unknown")
    assert client.post(address, headers=experts[0].bearer).status_code == 403
