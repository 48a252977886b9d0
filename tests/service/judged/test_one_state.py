"""Results are made of one state: what is judged while they are gathered is not in them by half."""

from collections import defaultdict

from evalsvc import files
from evalsvc.cases.decision import decide
from evalsvc.cases.operations import judge
from evalsvc.cases.queries import cases_of_draw
from evalsvc.draws.queries import draw_by_number
from evalsvc.results import gather
from evalsvc.results.operations import enter_received
from evalsvc.results.records import CaseRow, JudgementRow, read_records


def test_a_case_that_is_judged_meanwhile_is_listed_as_it_was(database, store, judged, experts, monkeypatch):
    read_on = gather.judgements_of_draw

    def judge_first(session, draw_id):
        case = next(each for each in cases_of_draw(session, draw_id) if each.state == "open")
        with database.transaction() as writing:
            words = {"verdict": "confirm", "reason": "再次核实"}
            assert judge(writing, experts[2].actor, judged.evaluation.id, case.id, **words) == "confirmed"
        return read_on(session, draw_id)

    with database.transaction() as session:
        enter_received(session, judged.lead, judged.evaluation, None)
    monkeypatch.setattr(gather, "judgements_of_draw", judge_first)
    with database.reading() as session:
        draw = draw_by_number(session, judged.evaluation.id, 1)
        found = gather.gather(session, store, judged.evaluation, draw).tables
    verdicts = defaultdict(list)
    for row in read_records(JudgementRow, found[files.JUDGEMENTS], files.JUDGEMENTS)[0]:
        verdicts[row.case_id].append(row.verdict)
    cases = read_records(CaseRow, found[files.CASES], files.CASES)[0]
    assert {each.state for each in cases} == {"confirmed", "excluded", "open"}
    assert [each.case_id for each in cases if decide(verdicts[each.case_id]) != each.state] == []
