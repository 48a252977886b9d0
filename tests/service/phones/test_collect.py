"""What ODK Collect does, done by a client written from the protocol alone, against a real server over sockets."""

import http.server
import threading
from contextlib import contextmanager

import pytest
from sqlalchemy import select

from evalsvc.interviews.models import Interview, InterviewFile
from tests.openrosa_client.connection import Connection, NoAnswerError
from tests.openrosa_client.documents import message
from tests.openrosa_client.forms import list_forms, load_form
from tests.openrosa_client.multipart import Part, encode, mangled
from tests.openrosa_client.sending import Interview as Finished
from tests.openrosa_client.sending import body, destination, portions, send, send_until_taken
from tests.service.phones.conftest import SUBMISSION_LIMIT

AUDIT = (
    b"event,node,start,end,latitude,longitude,accuracy,old-value,new-value\n"
    b"form start,,1763859000000,,,,,,\n"
    b"question,/data/visit/attempt,1763859001000,1763859009000,25.97,119.21,8.0,,1\n"
    b"end screen,,1763859010000,1763859011000,,,,,\n"
)


def kept(database, store):
    """Return what the service holds: the interviews by instanceID, with the bytes of XML and files."""
    with database.reading() as session:
        rows = session.scalars(select(Interview)).all()
        files = session.scalars(select(InterviewFile)).all()
    return {
        row.instance_id: (
            store.get(row.sha256),
            {file.name: store.get(file.sha256) for file in files if file.interview_id == row.id},
        )
        for row in rows
    }


@pytest.fixture
def household(field):
    """One household that the first enumerator visits."""
    return field.opened(field.enumerators[0])[0]


def test_forms_are_listed_loaded_and_compared_with_their_hashes(phone, field):
    listed = list_forms(phone, deviceID="collect:示例")
    assert [each.form_id for each in listed] == ["household"]
    loaded = load_form(phone, listed[0])
    assert loaded.xform == field.definition.xform
    assert list_forms(phone, formID="elsewhere") == []


def test_an_interview_is_asked_for_by_head_and_kept_bit_for_bit(phone, field, household, database, store):
    xml = field.submission(household, photo_house="门口照片.jpg", instance_id="uuid:one")
    files = (("门口照片.jpg", b"\xff\xd8\xff photo"), ("audit.csv", AUDIT))
    where = destination(phone, "collect:示例")
    assert (where.length > 0, where.length < SUBMISSION_LIMIT) == (True, True)
    outcome = send(phone, Finished(xml, files))
    assert (outcome.sent, outcome.statuses) == (True, (201,))
    assert "问卷已收到" in outcome.message
    assert kept(database, store) == {"uuid:one": (xml, dict(files))}


def test_names_that_a_client_mangled_are_put_together_again(phone, field, household, database, store):
    xml = field.submission(household, photo_house="门口照片.jpg", instance_id="uuid:one")
    assert send(phone, Finished(xml, (("门口照片.jpg", b"photo"),)), named=mangled).sent
    assert kept(database, store) == {"uuid:one": (xml, {"门口照片.jpg": b"photo"})}


def test_many_files_and_a_long_recording_come_in_parts(phone, field, household, database, store):
    xml = field.submission(household, instance_id="uuid:many")
    names = [f"照片-{number:03}.jpg" for number in range(119)]
    files = (*((name, name.encode() * 50) for name in names), ("录音.m4a", b"\x07" * (SUBMISSION_LIMIT - 300_000)))
    length = destination(phone, "x").length
    assert [(len(part), more) for part, more in portions(Finished(xml, files), length)] == [(100, True), (20, False)]
    outcome = send(phone, Finished(xml, (*files, ("audit.csv", AUDIT * 1000))))
    assert (outcome.sent, outcome.statuses) == (True, (201, 201, 201))
    assert kept(database, store) == {"uuid:many": (xml, dict(files) | {"audit.csv": AUDIT * 1000})}


def test_parts_that_fill_the_told_length_to_the_last_byte_are_taken(phone, field, household, database):
    xml = field.submission(household, instance_id="uuid:full")
    length = destination(phone, "x").length
    each = (length - len(xml)) // 100
    files = tuple((f"第{number:02}张照片{'长' * 40}.jpg", bytes([number]) * each) for number in range(100))
    outcome = send(phone, Finished(xml, files))
    assert (outcome.sent, outcome.statuses) == (True, (201,)), outcome


def test_what_broke_off_is_sent_again_whole_and_stands_once(phone, field, household, database, store):
    xml = field.submission(household, instance_id="uuid:again")
    files = tuple((f"{number}.jpg", bytes([number]) * 1000) for number in range(120))
    kind, first = body(xml, files[:100], more=True)
    answer = phone.request("POST", f"{phone.server}/submission", first, {"Content-Type": kind})
    assert "请继续传其余文件" in (message(answer.content) or "")
    assert [each.sent for each in send_until_taken(phone, Finished(xml, files))] == [True]
    again = send(phone, Finished(xml, files))
    assert (again.statuses, "无需再传" in again.message) == ((201, 201), True)
    assert kept(database, store) == {"uuid:again": (xml, dict(files))}


def test_other_bytes_of_the_same_interview_get_a_sentence(phone, field, household):
    assert send(phone, Finished(field.submission(household, instance_id="uuid:one"))).sent
    outcome = send(phone, Finished(field.submission(household, instance_id="uuid:one", attempt=2)))
    assert (outcome.sent, outcome.statuses) == (False, (409,))
    assert "uuid:one" in outcome.message


def edited(xml, instance_id, deprecated_id):
    """Write an edit as a phone does: a new instanceID, and the one that it takes the place of."""
    at = xml.index(b"<instanceID>")
    end = xml.index(b"</instanceID>") + len(b"</instanceID>")
    named = f"<instanceID>{instance_id}</instanceID><deprecatedID>{deprecated_id}</deprecatedID>"
    return xml[:at] + named.encode() + xml[end:]


def test_an_edit_takes_the_place_of_the_version_before_and_keeps_its_files(phone, field, household, database, store):
    photo = ("门口照片.jpg", b"\xff\xd8\xff photo")
    xml = field.submission(household, photo_house=photo[0], instance_id="uuid:one")
    other = edited(field.submission(household, photo_house=photo[0], attempt=2), "uuid:two", "uuid:one")
    unknown = send(phone, Finished(edited(xml, "uuid:x", "uuid:nowhere")))
    assert (unknown.sent, unknown.statuses, "uuid:nowhere" in unknown.message) == (False, (404,), True)
    assert send(phone, Finished(xml, (photo, ("audit.csv", AUDIT)))).sent
    corrected = AUDIT + b"form exit,,1763859020000,,,,,,\n"
    for _ in range(2):
        assert send(phone, Finished(other, (("audit.csv", corrected),))).statuses == (201,)
    late = send(phone, Finished(edited(xml, "uuid:three", "uuid:one")))
    assert (late.sent, late.statuses) == (False, (409,))
    found = kept(database, store)
    assert set(found) == {"uuid:one", "uuid:two"}
    assert (found["uuid:one"][0], found["uuid:two"][0]) == (xml, other)
    assert found["uuid:one"][1] == {photo[0]: photo[1], "audit.csv": AUDIT}
    assert found["uuid:two"][1] == {photo[0]: photo[1], "audit.csv": corrected}


def test_errors_are_told_in_chinese_in_the_body(phone, field, address):
    others = field.opened(field.enumerators[1])[0]
    outcome = send(phone, Finished(field.submission(others)))
    assert outcome.statuses == (403,)
    assert others.unit_id in outcome.message and any("一" <= sign <= "鿿" for sign in outcome.message)
    with Connection(address().replace(field.enumerators[0].device_token, "x" * 43)) as stranger:
        assert send(stranger, Finished(field.submission(others))).message == "Authentication requested"
        refused = stranger.request("GET", f"{stranger.server}/formList")
    assert (refused.status, "令牌" in (message(refused.content) or "")) == (401, True)


@pytest.mark.parametrize("version", [None, "2.0"])
def test_another_version_of_the_protocol_is_400(phone, version):
    headers = {"X-OpenRosa-Version": version or ""}
    answer = phone.request("GET", f"{phone.server}/formList", headers=headers)
    assert (answer.status, "X-OpenRosa-Version" in (message(answer.content) or "")) == (400, True)


def test_a_date_in_any_language_is_taken(address, field, household):
    for written in ("周一, 23 十一月 2026 01:00:00 GMT", "Mon, 23 Nov 2026 01:00:00 GMT", "昨天"):
        with Connection(address(), date=lambda written=written: written) as phone:
            assert send(phone, Finished(field.submission(household, instance_id="uuid:dated"))).sent


def test_xml_comes_exactly_once(phone, field, household):
    xml = field.submission(household)
    part = Part("xml_submission_file", xml, "submission.xml", "text/xml")
    kind, twice = encode([part, part])
    answer = phone.request("POST", f"{phone.server}/submission", twice, {"Content-Type": kind})
    assert (answer.status, "2" in (message(answer.content) or "")) == (422, True)


# The client itself: a check of the server is worth what its client is worth


@contextmanager
def hotspot(status: int, headers: dict[str, str] | None = None):
    """A network's own page, which answers everything with one status."""

    class Page(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_HEAD(self) -> None:
            self.send_response(status)
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Length", "2")
            self.end_headers()
            self.wfile.write(b"ok")

        def log_message(self, *_given: object) -> None:
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_the_client_takes_no_hotspot_for_a_server():
    with hotspot(200) as url, Connection(url) as phone:
        outcome = send(phone, Finished(b"<data/>"))
        assert (outcome.sent, "sign-in page" in outcome.message) == (False, True)
    with hotspot(204) as url, Connection(url) as phone:
        outcome = send(phone, Finished(b"<data/>"))
        assert (outcome.sent, outcome.statuses) == (False, (200,))
    with hotspot(204, {"Location": "http://elsewhere.example/submission"}) as url, Connection(url) as phone:
        assert "different host" in send(phone, Finished(b"<data/>")).message
    with Connection("http://127.0.0.1:9") as phone, pytest.raises(NoAnswerError):
        phone.request("GET", "http://127.0.0.1:9/formList")
