"""Corrections: a submission that names the version it corrects takes its place, and nothing of the old one is lost."""

import io
import re
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import select, update

from evalsvc import audit
from evalsvc.audit import AuditRow
from evalsvc.fieldwork.models import Assignment
from evalsvc.interviews.intake.taking import take_in
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.interviews.values import SentFile
from evalsvc.service import Service

OPENROSA = {"X-OpenRosa-Version": "1.0"}
PHOTO, OTHER = b"\xff\xd8\xff the door", b"\xff\xd8\xff another door"


@pytest.fixture
def send(client, field):
    """Send a submission as the first enumerator: send(xml, name=content) gives the answer."""

    def post(xml, person=None, **files):
        token = (person or field.enumerators[0]).device_token
        parts = {"xml_submission_file": (io.BytesIO(xml), "submission.xml", "text/xml")}
        parts |= {f"{name}.jpg": (io.BytesIO(content), f"{name}.jpg", "image/jpeg") for name, content in files.items()}
        url = f"/v1/key/{token}/evaluations/{field.evaluation.code}/submission"
        return client.post(url, data=parts, headers=OPENROSA, content_type="multipart/form-data")

    return post


@pytest.fixture
def unit(field):
    """A household of the first enumerator."""
    return field.opened(field.enumerators[0])[0]


@pytest.fixture
def version(field, unit):
    """Fill a version: version("b", "a", "refused") corrects a."""

    def fill(name, corrects=None, disposition="non_contact", household=None, **given):
        xml = field.submission(household or unit, disposition, instance_id=f"uuid:{name}", **given)
        if corrects is None:
            return xml
        named = f"\\g<0><\\1deprecatedID>uuid:{corrects}</\\1deprecatedID>".encode()
        return re.sub(rb"</(\w+:|)instanceID>", named, xml)

    return fill


@pytest.fixture
def versions(database):
    """Read all versions by name: versions()["b"]."""

    def read():
        with database.reading() as session:
            return {row.instance_id.removeprefix("uuid:"): row for row in session.scalars(select(Interview))}

    return read


@pytest.fixture
def outcome(database, unit):
    """Read the household's outcome and the interview that gave it."""

    def read():
        with database.reading() as session:
            row = session.get_one(Assignment, unit.id)
            return row.disposition, (row.instance_id or "").removeprefix("uuid:")

    return read


def files_of(database, interview):
    with database.reading() as session:
        rows = session.execute(
            select(InterviewFile.name, InterviewFile.size).where(InterviewFile.interview_id == interview.id)
        )
        return {row.name: row.size for row in rows}


def refusals(database):
    with database.reading() as session:
        rows = session.scalars(select(AuditRow).where(AuditRow.action == "interview.refuse"))
        return [row.details["code"] for row in rows]


def test_a_correction_takes_the_place_of_the_version_that_it_names(send, version, versions, outcome, database, store):
    first, second = version("a", disposition="refused"), version("b", "a", "non_contact")
    assert send(first).status_code == 201
    answer = send(second)
    assert answer.status_code == 201, answer.get_data(as_text=True)
    found = versions()
    assert (found["b"].root_id, found["b"].replaces_id) == (found["a"].id, found["a"].id)
    assert found["a"].superseded_at is not None and found["b"].superseded_at is None
    assert (found["a"].state, found["b"].state) == ("has_issues", "corrected")
    assert [store.get(found[name].sha256) for name in "ab"] == [first, second]
    assert outcome() == ("non_contact", "b")
    with database.reading() as session:
        last = session.scalars(select(AuditRow).order_by(AuditRow.sequence.desc())).first()
        assert (last.action, last.details["replaces"]) == ("interview.correct", "uuid:a")
        assert audit.verify(session).breaks == ()


def test_the_same_correction_again_is_a_success_and_another_of_the_same_version_a_conflict(
    send, version, versions, database
):
    assert send(version("a")).status_code == 201
    assert [send(version("b", "a")).status_code for _ in range(2)] == [201, 201]
    assert send(version("c", "a")).status_code == 409
    assert send(version("c", "b")).status_code == 201
    assert send(version("b", "a")).status_code == 201
    assert refusals(database) == ["interview.corrected_not_last"]
    assert {name: row.superseded_at is None for name, row in versions().items()} == {"a": False, "b": False, "c": True}
    assert len({row.root_id for row in versions().values()}) == 1


def test_a_correction_of_what_was_never_received_is_unknown(send, version, versions, database):
    answer = send(version("b", "nowhere"))
    assert answer.status_code == 404
    assert "uuid:nowhere" in answer.get_data(as_text=True)
    assert (versions(), refusals(database)) == ({}, ["interview.corrected_unknown"])


@pytest.mark.parametrize("state", ["approved", "rejected"])
def test_what_was_decided_is_opened_again_before_it_is_corrected(send, version, versions, database, state):
    assert send(version("a")).status_code == 201
    with database.transaction() as session:
        session.execute(update(Interview).values(state=state))
    answer = send(version("b", "a"))
    assert answer.status_code == 409
    assert "督导" in answer.get_data(as_text=True)
    with database.transaction() as session:
        session.execute(update(Interview).values(state="returned"))
    assert send(version("b", "a")).status_code == 201


def test_a_correction_tells_of_the_same_household(send, version, field, database):
    assert send(version("a")).status_code == 201
    elsewhere = field.opened(field.enumerators[0])[1]
    assert send(version("b", "a", household=elsewhere)).status_code == 409
    assert refusals(database) == ["interview.corrected_other"]


def test_a_correction_comes_from_the_enumerator_of_the_household(send, version, field, database, unit):
    assert send(version("a")).status_code == 201
    other = field.enumerators[1]
    assert send(version("b", "a"), other).status_code == 403
    with database.transaction() as session:
        session.execute(update(Assignment).where(Assignment.id == unit.id).values(enumerator_id=other.id))
    assert send(version("b", "a"), other).status_code == 201


def test_files_that_are_named_and_did_not_come_anew_are_those_of_the_version_before(send, version, versions, database):
    assert send(version("a", photo_house="door.jpg"), door=PHOTO).status_code == 201
    assert send(version("b", "a", photo_house="door.jpg")).status_code == 201
    assert send(version("c", "b")).status_code == 201
    assert [files_of(database, versions()[name]) for name in "abc"] == [{"door.jpg": len(PHOTO)}] * 2 + [{}]


def test_a_later_part_of_a_correction_may_bring_a_file_anew(send, version, versions, database):
    assert send(version("a", photo_house="door.jpg"), door=PHOTO).status_code == 201
    assert send(version("b", "a", photo_house="door.jpg")).status_code == 201
    assert send(version("b", "a", photo_house="door.jpg"), door=OTHER).status_code == 201
    assert send(version("b", "a", photo_house="door.jpg"), door=PHOTO + OTHER).status_code == 409
    assert [files_of(database, versions()[name]) for name in "ab"] == [
        {"door.jpg": len(PHOTO)},
        {"door.jpg": len(OTHER)},
    ]


def test_a_file_that_comes_late_to_a_first_version_reaches_its_corrections(send, version, versions, database):
    for name, corrects in (("a", None), ("b", "a"), ("c", "b")):
        assert send(version(name, corrects, photo_house="door.jpg")).status_code == 201
    assert send(version("a", photo_house="door.jpg"), door=PHOTO).status_code == 201
    assert [files_of(database, versions()[name]) for name in "abc"] == [{"door.jpg": len(PHOTO)}] * 3


def test_a_correction_stands_in_the_place_of_its_first_version_where_two_visits_are_alike(
    send, version, versions, outcome
):
    assert send(version("a")).status_code == 201
    assert send(version("x")).status_code == 201
    assert outcome() == ("non_contact", "a")
    assert send(version("b", "a")).status_code == 201
    assert outcome() == ("non_contact", "b")
    assert send(version("c", "b", "refused")).status_code == 201
    assert outcome() == ("refused", "c")
    assert send(version("y", "x", "ineligible_vacant")).status_code == 201
    assert outcome() == ("ineligible_vacant", "y")
    assert send(version("d", "c")).status_code == 201
    assert outcome() == ("ineligible_vacant", "y")
    assert [each["code"] for each in versions()["d"].complaints] == ["interview.not_counted"]


def test_a_correction_that_got_less_far_leaves_the_outcome_to_who_did_not_count(send, version, versions, outcome):
    assert send(version("a", disposition="ineligible_vacant", ineligible_basis="村委会书面证明")).status_code == 201
    assert send(version("x", disposition="ineligible_vacant", ineligible_basis="村委会书面证明")).status_code == 201
    assert (versions()["x"].state, len(versions()["x"].complaints)) == ("has_issues", 1)
    assert send(version("b", "a")).status_code == 201
    assert outcome() == ("ineligible_vacant", "x")
    assert (versions()["x"].state, versions()["x"].complaints) == ("received", [])
    assert [each["code"] for each in versions()["b"].complaints] == ["interview.not_counted"]


@pytest.mark.parametrize("rivals", [6])
def test_of_two_corrections_at_once_one_is_taken(send, version, versions, field, config, database, store, rivals):
    assert send(version("a")).status_code == 201
    service, barrier = Service(config, database, store), threading.Barrier(rivals)

    def correct(number):
        barrier.wait()
        try:
            xml = version(f"b{number}", "a")
            return take_in(service, field.enumerators[0].actor, field.evaluation.id, xml).is_new
        except Exception as error:
            return getattr(error, "code", repr(error))

    with ThreadPoolExecutor(rivals) as pool:
        found = sorted(map(str, pool.map(correct, range(rivals))))
    assert found == ["True"] + ["interview.corrected_not_last"] * (rivals - 1)
    assert sum(row.superseded_at is None for row in versions().values()) == 1


def test_a_correction_and_late_files_of_the_first_version_at_once(
    send, version, versions, field, config, database, store
):
    xml, file = version("a", photo_house="door.jpg"), SentFile("door.jpg", "image/jpeg", PHOTO)
    assert send(xml).status_code == 201
    service, barrier = Service(config, database, store), threading.Barrier(2)
    sent = [(xml, (file,)), (version("b", "a", photo_house="door.jpg"), ())]

    def arrive(one):
        barrier.wait()
        return take_in(service, field.enumerators[0].actor, field.evaluation.id, *one)

    with ThreadPoolExecutor(2) as pool:
        assert len(list(pool.map(arrive, sent))) == 2
    assert [files_of(database, versions()[name]) for name in "ab"] == [{"door.jpg": len(PHOTO)}] * 2
