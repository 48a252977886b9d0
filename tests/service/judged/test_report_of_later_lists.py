"""A report from households that were listed when their villages were drawn, and the check of an outsider."""

import io
import json
import zipfile

import pytest

from evalsvc.demonstration.reporting import release
from evalsvc.draws import operations as draws
from evalsvc.draws.later.binding import bind_sent
from evalsvc.draws.later.continuing import go_on
from evalsvc.draws.making import carry_out, commit_draw
from evalsvc.draws.queries import draw_by_number, units_above_last
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.evaluations import operations as evaluations
from evalsvc.fieldwork import operations as fieldwork
from evalsvc.fieldwork.beginning import begin
from evalsvc.fieldwork.lists import lists_of, r_archive
from evalsvc.fieldwork.queries import assignments_of_draw
from evalsvc.frames import operations as frames
from evalsvc.frames.reading import check_files
from evalsvc.instruments import operations as instruments
from evalsvc.interviews.intake.taking import take_in
from evalsvc.people.actor import SYSTEM
from evalsvc.results.operations import compute
from evalsvc.service import Service
from evalsvc.verification.run import verify
from reports.verify import embedded, printed_text
from tests import small_world
from tests.small_world.register import household_of

VILLAGES = 16
DESIGN = (
    small_world.DESIGN.replace("village_kind: text,", "village_kind: text, households: integer,")
    .replace("size: {count: household}", "size: {column: households}")
    .replace("    method: equal\n", "    method: equal\n    listed: later\n")
)
MAPPING = small_world.MAPPING.replace("village_kind: text,", "village_kind: text, households: integer,")


def villages_csv() -> str:
    """Write the register of villages; no household is known yet."""
    lines = [
        "county_code,county,remaining_poor_persons,village_code,town,village,village_kind,households,committee,"
        "household_id,household_class,registered,persons"
    ]
    for county, name, remaining in (("350125", "甲县", 60), ("350424", "乙县", 90)):
        for number in range(VILLAGES):
            kind = "脱贫村" if number % 2 else "其他村"
            head = f"{county},{name},{remaining},{county}{number:06d},某镇,第{number}村,{kind},{30 + number}"
            lines.append(f"{head},村委会,,,,")
        lines.append(f"{county},{name},{remaining},{county}900000,某镇,某居委会,其他村,40,居委会,,,,")
    return "\n".join(lines) + "\n"


def list_of(village: str) -> str:
    """List the households of one village, as the small evaluation has them."""
    lines = ["village_code,household_id,household_class,registered,persons"]
    for number in range(30 + int(village[-6:])):
        unit = f"{village}-{number:03d}"
        which, registered, persons = household_of(unit)
        lines.append(f"{village},{unit},{which},{'是' if registered else '否'},{persons}")
    return "\n".join(lines) + "\n"


@pytest.fixture
def service(config, database, store):
    return Service(config, database, store)


@pytest.fixture
def evaluation(database):
    with database.transaction() as session:
        return evaluations.create_evaluation(
            session, SYSTEM, code=small_world.EVALUATION, name="两县退出评估", client="示例委托单位",
            institute="示例评估中心", pack="shifan-jiading-2026-1", simulated=True,
        )  # fmt: skip


@pytest.fixture
def lead(evaluation, make_person):
    return make_person("lead", evaluation=evaluation).actor


@pytest.fixture
def villages(service, lead, evaluation, tmp_path):
    """Draw the villages."""
    path = tmp_path / "villages.csv"
    path.write_text(villages_csv(), encoding="utf-8")
    checked = check_files(path, MAPPING, tmp_path / "villages.parquet")
    with service.database.transaction() as session:
        kept = frames.keep_frame(service.store, checked)
        frame = frames.import_frame(session, lead, evaluation.id, kept).id
    commit_draw(service, lead, evaluation, frame_id=frame, purpose="", design_text=DESIGN)
    carry_out(service, lead, evaluation, number=1, public_value=None)
    with service.database.reading() as session:
        draw = draw_by_number(session, evaluation.id, 1)
        return sorted(units_above_last(session, draw.id))


def bind(service, lead, evaluation, folder, villages):
    paths = [folder / f"{village}.csv" for village in villages]
    for village, path in zip(villages, paths, strict=True):
        path.write_text(list_of(village), encoding="utf-8")
    return bind_sent(service, lead, evaluation, number=1, sources=paths, mapping_text="")


@pytest.fixture
def form(service, evaluation, lead):
    with service.database.transaction() as session:
        kept = instruments.keep_form(service.store, small_world.FORM.encode(), "small.md")
        return instruments.publish(session, lead, evaluation.id, kept).id


def visit(service, evaluation, lead, supervisor, enumerator, instrument):
    """Give the households out and visit them all."""
    begin(service, lead, evaluation, number=1, instrument_id=instrument)
    with service.database.transaction() as session:
        draw = draw_by_number(session, evaluation.id, 1)
        rows = assignments_of_draw(session, draw.id)
        given = {row.parent for row in rows}
        fieldwork.assign_enumerator(session, supervisor, evaluation.id, given, enumerator.person_id)
    for row in rows:
        if row.opened_at:
            _instance, xml = small_world.interview_of(row.unit_id, small_world.outcome_of(row.unit_id))
            take_in(service, enumerator, evaluation.id, xml)
    return draw


def test_a_report_from_lists_made_later_is_verified_to_the_last_figure(
    service, evaluation, lead, villages, form, make_person, tmp_path, client, sign_in
):
    supervisor, enumerator = (make_person(role, evaluation=evaluation).actor for role in ("supervisor", "enumerator"))
    with service.database.reading() as session, pytest.raises(ConflictError, match="lists_awaited"):
        r_archive(session, service.store, draw_by_number(session, evaluation.id, 1))
    half = len(villages) // 2
    for part in (villages[:half], villages[half:]):
        assert bind(service, lead, evaluation, tmp_path, part) == tuple(part)
        with pytest.raises(InvalidError, match="lists_missing"):
            visit(service, evaluation, lead, supervisor, enumerator, form)
        go_on(service, lead, evaluation, number=1)
    draw = visit(service, evaluation, lead, supervisor, enumerator, form)
    with service.database.reading() as session:
        assert len(lists_of(session, service.store, evaluation, draw).lists) == 1
        archive = zipfile.ZipFile(io.BytesIO(r_archive(session, service.store, draw)))
        assert archive.read("sample.csv").decode().count("\n") > 100
    with service.database.transaction() as session:
        draws.publish(session, lead, evaluation, 1)
        compute(session, service.store, lead, evaluation)
    edition = release(service, evaluation, lead, make_person("reviewer", evaluation=evaluation).actor)
    sign_in(client, make_person("auditor", evaluation=evaluation))
    page = client.get(f"/evaluations/{evaluation.code}/results")
    assert page.status_code == 200 and "综合指标不能计算" in page.get_data(as_text=True)
    pdf, bundle = service.store.get(edition.pdf_sha256), service.store.get(edition.bundle_sha256)
    outcome = verify(pdf, bundle)
    assert [(step.name, step.complaints) for step in outcome.steps if step.state != "ok"] == []
    assert len(outcome.figures) > 200 and outcome.unequal == 0
    content = zipfile.ZipFile(io.BytesIO(bundle))
    manifest, facts = json.loads(content.read("draw-manifest.json")), json.loads(embedded(pdf)["edition.json"])
    assert manifest["continues"] and sorted(each["parent"] for each in manifest["frames"][-12:]) == villages
    assert [each["villages"] for each in facts["frame"]["counties"]] == [VILLAGES, VILLAGES]
    assert not any("composite" in row["id"] for row in facts["estimates"])
    text = "".join("".join(page.split()) for page in printed_text(pdf))
    assert "综合指标不能计算" in text and "先登记公开哈希" in text and "不是全县总数" in text
