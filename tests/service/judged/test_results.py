"""Results: computed from everything in the database, kept as files, the same as an outsider computes."""

import json
from dataclasses import replace

import pytest
from click.testing import CliRunner
from sqlalchemy import select

from evalsvc import audit, files, jobs
from evalsvc.cases.operations import judge
from evalsvc.cases.queries import cases_of_draw
from evalsvc.cli import main
from evalsvc.db import now
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.log.chaining import enter_interviews
from evalsvc.job_kinds import KINDS
from evalsvc.overview.queries import facts_for_page
from evalsvc.planning.frame_facts import household_attributes
from evalsvc.results import operations
from evalsvc.results.assembly import assemble
from evalsvc.results.gather import gather
from evalsvc.results.queries import draw_in_fieldwork, latest, result_sets, rows_of
from evalsvc.service import Service
from evalsvc.worker import Worker
from forms.columns import flatten
from forms.definition import parse_definition
from forms.instance import parse_instance


def compute(database, store, judged, actor=None):
    with database.transaction() as session:
        return operations.compute(session, store, actor or judged.lead, judged.evaluation)


def test_results_are_rows_with_figures_and_name_every_file(database, store, judged):
    found = compute(database, store, judged)
    rows = rows_of(store, found)
    judgeable = {row["id"]: row for row in rows if row["verdict"]}
    assert {"wrong_exit_rate", "missed_rate", "recognition"} <= set(judgeable)
    assert all(row["low"] <= row["estimate"] <= row["high"] for row in rows if row["reason"] is None)
    expected = {
        files.FRAME, files.DESIGN, files.COMMITMENT, files.MANIFEST, files.INTERVIEWS, files.FIELDWORK, files.CASES,
        files.JUDGEMENTS, files.PACK, files.PLAN, files.ANSWERS, files.RESULTS, "instrument.xml",
    }  # fmt: skip
    assert set(found.inputs) == expected
    assert all(store.get(digest) for digest in found.inputs.values())
    with database.reading() as session:
        assert latest(session, judged.evaluation.id) == found
        assert audit.verify(session).breaks == ()


def test_the_service_and_an_outsider_assemble_the_same_table(database, store, judged):
    with database.transaction() as session:
        draw = draw_in_fieldwork(session, judged.evaluation.id)
        enter_interviews(session, judged.lead, draw.id)
        gathered = gather(session, store, judged.evaluation, draw)
    definition = parse_definition(store.get(gathered.kept["instrument.xml"]))
    interviews = store.get(compute(database, store, judged).inputs[files.INTERVIEWS]).decode().splitlines()[1:]
    answers = {}
    for line in interviews:
        instance, sha256 = line.split(",")[0], line.split(",")[4]
        answers[instance] = flatten(definition, parse_instance(store.get(sha256)))
    attributes = household_attributes(gathered.frame, list(gathered.sources.attributes))
    outside = replace(gathered.sources, answers=answers, attributes=attributes)
    assert assemble(outside).table.to_csv() == assemble(gathered.sources).table.to_csv()


def test_computing_again_makes_a_new_set_and_the_same_figures(database, store, judged):
    first, second = compute(database, store, judged), compute(database, store, judged)
    assert first.id != second.id
    assert (first.results_sha256, first.inputs) == (second.results_sha256, second.inputs)
    with database.reading() as session:
        assert [each.id for each in result_sets(session, judged.evaluation.id)] == [second.id, first.id]


def test_a_confirmed_case_more_raises_the_rate(database, store, judged, experts):
    before = compute(database, store, judged)
    with database.transaction() as session:
        from_open = next(case for case in cases_of_draw(session, judged.draw_id) if case.state == "open")
        judge(session, experts[2].actor, judged.evaluation.id, from_open.id, verdict="confirm", reason="再次核实")
    after = compute(database, store, judged)
    county = from_open.unit_id[:6]

    def rate(found):
        return next(
            row["estimate"]
            for row in rows_of(store, found)
            if row["id"] == f"{from_open.kind}_rate" and row["domain"]["county_code"] == county
        )

    assert rate(after) > rate(before)


def open_without_visiting(database, number):
    """Open closed reserves beside nobody, as if somebody had still to go there; return their units."""
    with database.transaction() as session:
        waiting = session.scalars(select(Assignment).where(Assignment.opened_at.is_(None)).limit(number)).all()
        for row in waiting:
            row.opened_at = now()
        return {row.unit_id for row in waiting}


def test_unfinished_fieldwork_is_refused_with_every_household(database, store, judged):
    units = open_without_visiting(database, 3)
    with pytest.raises(InvalidError) as caught:
        compute(database, store, judged)
    assert caught.value.code == "results.refused"
    named = {each.details["unit"] for each in caught.value.complaints if each.code == "results.no_disposition"}
    assert named == units
    with database.reading() as session:
        assert latest(session, judged.evaluation.id) is None


def test_only_designers_and_the_lead_compute(database, store, judged, experts):
    for actor in (experts[0].actor, judged.supervisor):
        with pytest.raises(ForbiddenError):
            compute(database, store, judged, actor)


def test_without_fieldwork_there_are_no_results(database, store, make_evaluation, make_person):
    evaluation = make_evaluation("empty")
    lead = make_person("lead", evaluation=evaluation).actor
    with pytest.raises(ConflictError) as caught, database.transaction() as session:
        operations.compute(session, store, lead, evaluation)
    assert caught.value.code == "results.no_fieldwork"


def test_the_page_computes_in_the_background_and_shows_the_results(
    app, client, config, database, store, judged, make_person, sign_in, csrf_of
):
    lead = make_person("lead", evaluation=judged.evaluation)
    sign_in(client, lead)
    address = f"/evaluations/{judged.evaluation.code}/results"
    assert "还没有计算结果" in client.get(address).get_data(as_text=True)
    assert client.post(address, data={"csrf_token": csrf_of(client)}).status_code == 303
    assert "正在计算" in client.get(address).get_data(as_text=True)
    Worker(Service(config, database, store), KINDS).run_due()
    with database.reading() as session:
        assert [each.state for each in jobs.of_subject(session, judged.evaluation.id)] == [jobs.DONE]
        found = latest(session, judged.evaluation.id)
        assert audit.verify(session).breaks == ()
    page = client.get(address).get_data(as_text=True)
    for words in ("错退率", "综合贫困发生率", "未决个案", "模拟数据", "示范假定", "<svg", "甲县", "乙县"):
        assert words in page, words
    for name in ("results.json", "answers.csv", "plan.yaml"):
        assert client.get(f"{address}/{found.id}/{name}").data == store.get(found.inputs[name])
    row = next(row for row in rows_of(store, found) if row["id"] == "recognition")
    assert f"{row['estimate'] * 100:.2f}%" in page
    assert client.get(f"{address}/{found.id}/frame.parquet").status_code == 404


def test_a_job_that_is_refused_says_why_on_the_page(
    client, config, database, store, judged, make_person, sign_in, csrf_of
):
    units = open_without_visiting(database, 3)
    sign_in(client, make_person("lead", evaluation=judged.evaluation))
    address = f"/evaluations/{judged.evaluation.code}/results"
    client.post(address, data={"csrf_token": csrf_of(client)})
    Worker(Service(config, database, store), KINDS).run_due()
    page = client.get(address).get_data(as_text=True)
    assert "上一次计算没有成功" in page
    listed = page.split('class="complaints"')[1].split("</ul>")[0]
    assert listed.count("<li>") == 3 and all(unit in listed for unit in units)


def test_the_plan_file_gives_the_same_results_on_the_command_line(database, store, judged, tmp_path):
    found = compute(database, store, judged)
    for name in (files.PLAN, files.ANSWERS):
        (tmp_path / name).write_bytes(store.get(found.inputs[name]))
    out = [tmp_path / f"results.{ending}" for ending in ("json", "csv", "xlsx", "md")]
    options = [text for path in out for text in ("--out", str(path))]
    ended = CliRunner().invoke(main, ["estimate", str(tmp_path / files.PLAN), *options])
    assert ended.exit_code == 0, ended.output
    assert out[0].read_bytes() == store.get(found.results_sha256)
    assert json.loads(out[0].read_bytes())["version"] == 1
    assert "wrong_exit_rate" in out[1].read_text(encoding="utf-8-sig") and "| wrong_exit_rate |" in out[3].read_text()
    (tmp_path / files.PLAN).write_text("version: 1\nsurprise: 2\n")
    ended = CliRunner().invoke(main, ["estimate", str(tmp_path / files.PLAN)])
    assert ended.exit_code == 1
    assert "surprise" in ended.output
    assert CliRunner().invoke(main, ["estimate", "nowhere.yaml"]).exit_code == 2


def test_the_page_shows_a_county_that_chance_left_out_as_undecided(database, store, judged):
    """What is stored is told as if villages had been drawn without regard to counties, and one county been missed."""
    found = compute(database, store, judged)
    rows = rows_of(store, found)
    missed = max(row["domain"]["county_code"] for row in rows if "county_code" in row["domain"])
    left = [row for row in rows if row["domain"].get("county_code") != missed]
    manifest = json.loads(store.get(found.inputs[files.MANIFEST]))
    manifest["design"]["stages"][0]["strata"] = []
    told = {
        files.MANIFEST: store.put(json.dumps(manifest).encode()),
        files.DESIGN: store.put(json.dumps(manifest["design"]).encode()),
    }
    results = store.put(json.dumps({"version": 1, "estimates": left}).encode())
    changed = replace(found, results_sha256=results, inputs={**found.inputs, **told})
    with database.reading() as session:
        before, after = (facts_for_page(session, store, each) for each in (found, changed))
    assert [each["code"] for each in after["verdicts"]] == [each["code"] for each in before["verdicts"]]
    (verdict,) = (each for each in after["verdicts"] if each["code"] == missed)
    assert {verdict["verdict"], *verdict["indicators"].values()} == {"不能判定"}
    assert missed in {each["code"] for each in after["frame"]["counties"]}
