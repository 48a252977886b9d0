"""Interviews that a phone could not send: a sealed file is imported once and whole, or refused with a sentence."""

import io
import json
import tracemalloc
from dataclasses import replace

import pytest
from sqlalchemy import select

from evalsvc.audit import AuditRow
from evalsvc.cli import main
from evalsvc.errors import InvalidError, TooLargeError
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.interviews.unsent.importing import import_unsent
from evalsvc.people import operations as people
from evalsvc.people.actor import SYSTEM
from evalsvc.people.queries import person_record
from evalsvc.service import Service
from tests.service.review_steps import all_rows
from tests.service.test_interviews import PHOTO, address, post
from tests.service.unsent_file import Unsent, manifest_of, sealed, sealed_locked, zip_of


@pytest.fixture(autouse=True)
def short_keys(monkeypatch):
    """Make keys of 2048 bits, which takes a fifth of the time; test_phone.py looks at the real ones."""
    monkeypatch.setattr("evalsvc.interviews.unsent.keys.BITS", 2048)


@pytest.fixture
def service(config, database, store):
    return Service(config, database, store)


@pytest.fixture
def key(client, field):
    return client.get(f"{address(field)}/device").json["unsent_key"]


@pytest.fixture
def interviews(field):
    """Two interviews, one with a photo."""
    first, second = field.opened(field.enumerators[0])[:2]
    return (
        Unsent("uuid:one", field.submission(first, instance_id="uuid:one", photo_house=PHOTO[0]), (PHOTO[:2],)),
        Unsent("uuid:two", field.submission(second, instance_id="uuid:two")),
    )


@pytest.fixture
def seal(key, field):
    """Seal an archive for the evaluation: seal(archive, …changes of the header)."""

    def make(archive, **changed):
        given = {"person_id": field.enumerators[0].id, "evaluation_id": field.evaluation.id} | changed
        return sealed(key, given.pop("person_id"), given.pop("evaluation_id"), archive, **given)

    return make


@pytest.fixture
def take(service, field):
    """Import bytes as the supervisor; return what became of each interview."""

    def take(content, actor=None):
        return import_unsent(service, actor or field.supervisor.actor, field.evaluation, io.BytesIO(content))

    return take


def refusal(take, content):
    with pytest.raises((InvalidError, TooLargeError)) as caught:
        take(content)
    return caught.value.code


def test_interviews_come_in_as_if_they_had_been_sent(take, seal, interviews, field, database, store):
    imported = take(seal(zip_of(interviews)))
    assert [(each.instance_id, each.outcome) for each in imported] == [("uuid:one", "new"), ("uuid:two", "new")]
    rows = {row.instance_id: row for row in all_rows(database, Interview)}
    assert {row.enumerator_id for row in rows.values()} == {field.enumerators[0].id}
    assert {row.received_from for row in rows.values()} == {field.supervisor.actor.identifier}
    assert store.get(rows["uuid:one"].sha256) == interviews[0].xml
    (photo,) = all_rows(database, InterviewFile)
    assert (photo.name, photo.content_type, store.get(photo.sha256)) == (PHOTO[0], "image/jpeg", PHOTO[1])


def test_the_trail_names_who_brought_the_file_and_each_interview(take, seal, interviews, field, database):
    take(seal(zip_of(interviews)))
    with database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action.startswith("interview."))).all()
    brought = [row for row in rows if row.action != "interview.make_unsent_key"]
    assert [row.action for row in brought] == ["interview.import_unsent", "interview.receive", "interview.receive"]
    assert {row.actor for row in brought} == {field.supervisor.actor.identifier}
    assert brought[0].subject == field.evaluation.id
    assert brought[0].details["person"] == field.enumerators[0].id and brought[0].details["interviews"] == 2


def test_a_second_import_adds_nothing_but_files_that_were_missing(take, seal, interviews, database):
    without = (replace(interviews[0], files=()), interviews[1])
    take(seal(zip_of(without)))
    again = take(seal(zip_of(interviews)))
    assert [(each.outcome, each.code) for each in again] == [
        ("here", "unsent.files_added"), ("here", "interview.here_already"),
    ]  # fmt: skip
    assert {each.code for each in take(seal(zip_of(interviews)))} == {"interview.here_already"}
    assert len(all_rows(database, Interview)) == 2


def test_what_the_phone_sent_meanwhile_is_here_already(client, take, seal, interviews, field):
    assert post(client, field, interviews[1].xml).status_code == 201
    assert [each.outcome for each in take(seal(zip_of(interviews)))] == ["new", "here"]


def test_one_that_is_refused_takes_no_other_with_it(take, seal, interviews, field, database):
    reserve = field.closed(field.enumerators[0])[0]
    bad = Unsent("uuid:bad", field.submission(reserve, instance_id="uuid:bad"))
    unreadable = Unsent("uuid:no", b"<data")
    imported = take(seal(zip_of((bad, unreadable, *interviews))))
    assert [each.code for each in imported[:2]] == ["interview.unknown_assignment", "interview.unreadable"]
    assert [each.outcome for each in imported] == ["refused", "refused", "new", "new"]
    assert len(all_rows(database, Interview)) == 2


def test_bytes_that_differ_from_their_hash_are_refused(take, seal, interviews):
    for changed in ({"sha256": "0" * 64}, {"files": [{"name": PHOTO[0], "sha256": "0" * 64}]}):
        manifest = manifest_of(interviews)
        manifest[0].update(changed)
        assert take(seal(zip_of(interviews, manifest)))[0].code == "unsent.other_bytes"


def test_many_files_come_in_parts_as_from_a_phone(seal, interviews, field, database, store, config):
    """Three files of 40,000 bytes under a limit of 100,000 take two parts."""
    files = tuple((f"{number}.jpg", bytes([number]) * 40_000) for number in range(3))
    one = replace(interviews[1], files=files)
    service = Service(replace(config, submission_limit=100_000), database, store)
    content = io.BytesIO(seal(zip_of((one,))))
    (told,) = import_unsent(service, field.supervisor.actor, field.evaluation, content)
    assert told.outcome == "new"
    assert {row.name for row in all_rows(database, InterviewFile)} == {"0.jpg", "1.jpg", "2.jpg"}
    large = replace(one, instance_id="uuid:large", files=(("a.jpg", b"a" * 100_001),))
    content = io.BytesIO(seal(zip_of((large,))))
    (told,) = import_unsent(service, field.supervisor.actor, field.evaluation, content)
    assert (told.outcome, told.code) == ("refused", "unsent.file_too_large")


def test_a_file_of_somebody_else_is_refused(take, seal, interviews, make_person, make_evaluation, field):
    archive = zip_of(interviews)
    expert = make_person("expert", evaluation=field.evaluation)
    assert refusal(take, seal(archive, person_id=expert.id)) == "unsent.not_an_enumerator"
    assert refusal(take, seal(archive, person_id="nobody")) == "unsent.not_an_enumerator"
    other = make_evaluation("other")
    assert refusal(take, seal(archive, evaluation_id=other.id)) == "unsent.other_evaluation"
    assert refusal(take, seal(archive, key_id="0" * 64)) == "unsent.other_key"
    # The other enumerator's household: taken in nobody else's name.
    imported = take(seal(archive, person_id=field.enumerators[1].id))
    assert {each.code for each in imported} == {"interview.not_assigned_to_you"}


def test_a_key_of_an_earlier_secret_key_is_told_apart(seal, interviews, field, database, store, config):
    service = Service(replace(config, secret_key="another secret key of thirty-two characters"), database, store)
    with pytest.raises(InvalidError, match="key_lost"):
        import_unsent(service, SYSTEM, field.evaluation, io.BytesIO(seal(zip_of(interviews))))


def test_every_cut_and_every_changed_byte_is_noticed(take, seal, interviews, database):
    content = seal(zip_of(interviews[1:]))
    start = content.index(b"\n") + 1
    for end in (start, start + 1, start + 16, start + 17, len(content) - 16, len(content) - 1):
        assert refusal(take, content[:end]) == "unsent.damaged"
    for place in (start, start + 100, len(content) - 17, len(content) - 1):
        changed = bytearray(content)
        changed[place] ^= 1
        assert refusal(take, bytes(changed)) == "unsent.damaged"
    assert refusal(take, content + b"x") == "unsent.damaged"
    moved = content.replace(b"2026-03-01T08:00:00Z", b"2027-03-01T08:00:00Z", 1)
    assert refusal(take, moved) == "unsent.damaged"
    assert all_rows(database, Interview) == []


@pytest.mark.parametrize("wrapped", ["AAAA", "A" * 512])
def test_a_key_that_does_not_open_is_damage(take, seal, interviews, wrapped):
    assert refusal(take, seal(zip_of(interviews), wrapped_key=wrapped)) == "unsent.damaged"


def test_a_large_file_is_imported_in_bounded_memory(seal, interviews, field, service, tmp_path):
    files = tuple((f"{number}.jpg", bytes([number]) * 1_000_000) for number in range(60))
    one = replace(interviews[1], files=files)
    path = tmp_path / "large"
    path.write_bytes(seal(zip_of((one,))))
    tracemalloc.start()
    with path.open("rb") as file:
        (told,) = import_unsent(service, field.supervisor.actor, field.evaluation, file)
    _now, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert told.outcome == "new"
    assert most < 3 * service.config.submission_limit


def test_a_file_larger_than_an_upload_may_be_is_refused_unread(field, service):
    small = Service(replace(service.config, upload_limit=200_000), service.database, service.store)
    with pytest.raises(TooLargeError, match="too_large"):
        import_unsent(small, SYSTEM, field.evaluation, io.BytesIO(bytes(200_001)))


def test_supervisors_import_on_the_page_and_are_told_of_each(client, field, sign_in, csrf_of, seal, interviews):
    base = f"/evaluations/{field.evaluation.code}/interviews"
    sign_in(client, field.supervisor)
    assert "导入手机没能提交的访谈" in client.get(base).get_data(as_text=True)

    def posted(content):
        data = {"csrf_token": csrf_of(client)} | (
            {} if content is None else {"file": (io.BytesIO(content), "a.sealed")}
        )
        return client.post(f"{base}/unsent", data=data, content_type="multipart/form-data")

    answer = posted(seal(zip_of(interviews)))
    assert answer.status_code == 200
    page = answer.get_data(as_text=True)
    assert "新收下 2 份" in page and "uuid:one" in page
    assert "已有 2 份" in posted(seal(zip_of(interviews))).get_data(as_text=True)
    refused = posted(b"x")
    assert refused.status_code == 422 and "这不是手机导出的" in refused.get_data(as_text=True)
    assert "没有选文件" in posted(None).get_data(as_text=True)


@pytest.mark.parametrize(("role", "status"), [("supervisor", 200), ("lead", 200), ("expert", 403), ("enumerator", 403)])
def test_programs_of_supervisors_and_leads_import(client, field, make_person, seal, interviews, role, status):
    person = make_person(role, evaluation=field.evaluation)
    url = f"/api/v1/evaluations/{field.evaluation.code}/interviews/unsent"
    data = {"file": (io.BytesIO(seal(zip_of(interviews))), "a")}
    answer = client.post(url, data=data, headers=person.bearer, content_type="multipart/form-data")
    assert answer.status_code == status
    if status == 200:
        assert (answer.json["new"], answer.json["here"], answer.json["refused"]) == (2, 0, 0)
        assert answer.json["interviews"][0]["outcome"] == "new" and answer.json["interviews"][0]["message"]


def run(*arguments):
    with pytest.raises(SystemExit) as ended:
        main.main(["interviews", "import", *map(str, arguments)])
    return ended.value.code


def test_the_command_imports_and_fails_where_one_was_refused(
    service, seal, interviews, field, tmp_path, monkeypatch, capsys
):
    monkeypatch.setattr("evalsvc.service.migrate.require_current", lambda _engine: None)
    for name in ("secret_key", "database_url", "store_directory"):
        monkeypatch.setenv(f"EVALSVC_{name.upper()}", str(getattr(service.config, name)))
    path = tmp_path / "unsent"
    path.write_bytes(seal(zip_of(interviews)))
    assert run(path, "--json") == 0
    assert json.loads(capsys.readouterr().out)["new"] == 2
    reserve = field.closed(field.enumerators[0])[0]
    bad = Unsent("uuid:bad", field.submission(reserve, instance_id="uuid:bad"))
    path.write_bytes(seal(zip_of((bad, *interviews))))
    assert run(path) == 1
    told = capsys.readouterr()
    assert "uuid:bad" in told.out and "没有收下 1 份" in told.err
    path.write_bytes(b"nothing")
    assert run(path) == 1


def test_a_locked_phone_hands_over_what_was_finished(take, key, interviews, field, database, store):
    file = sealed_locked(key, field.enumerators[0].id, field.evaluation.id, interviews)
    assert [each.outcome for each in take(file)] == ["new", "new"]
    rows = {row.instance_id: row for row in all_rows(database, Interview)}
    assert store.get(rows["uuid:one"].sha256) == interviews[0].xml
    (photo,) = all_rows(database, InterviewFile)
    assert (photo.name, store.get(photo.sha256)) == (PHOTO[0], PHOTO[1])
    assert {each.outcome for each in take(file)} == {"here"}
    drafts = sealed_locked(key, field.enumerators[0].id, field.evaluation.id, interviews, state="draft")
    assert {each.code for each in take(drafts)} == {"unsent.draft"}
    assert refusal(take, file[: len(file) // 2]) == "unsent.contents"


def test_a_correction_comes_in_after_what_it_corrects(take, seal, interviews, field):
    unit = field.opened(field.enumerators[0])[1]
    xml = field.submission(unit, attempt=2, instance_id="uuid:three", deprecated_id="uuid:two")
    imported = take(seal(zip_of((Unsent("uuid:three", xml), *interviews))))
    assert [(each.instance_id, each.outcome) for each in imported] == [
        ("uuid:two", "new"), ("uuid:three", "new"), ("uuid:one", "new"),
    ]  # fmt: skip


def test_who_left_the_field_meanwhile_has_their_interviews_imported(take, seal, interviews, field, database):
    """Somebody whose account was closed still holds the role; what they collected is not lost."""
    with database.transaction() as session:
        people.set_active(session, SYSTEM, field.enumerators[0].id, active=False)
        assert not person_record(session, field.enumerators[0].id).active
    assert {each.outcome for each in take(seal(zip_of(interviews)))} == {"new"}
