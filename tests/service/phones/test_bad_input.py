"""What no phone sends: refused over sockets with a sentence, in bounded memory, and nothing of it is kept."""

import socket
import struct
import time
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from sqlalchemy import func, select

from benchmarks.memory import tree_of
from evalsvc.audit import AuditRow
from evalsvc.demonstration.server import free_port
from evalsvc.interviews.models import Interview, InterviewFile
from evalsvc.listening import STALLED_SECONDS, listen
from tests.openrosa_client.documents import message
from tests.openrosa_client.multipart import Part, encode, file_part
from tests.openrosa_client.sending import Interview as Finished
from tests.openrosa_client.sending import body, send
from tests.service.phones.conftest import SUBMISSION_LIMIT

GROWTH = 60_000_000
"""Bytes that the server may take for a request at most; the limit of a submission is 2 MB here."""
REQUEST = "POST {path} HTTP/1.1\r\nHost: x\r\nX-OpenRosa-Version: 1.0\r\nContent-Type: {kind}\r\n{more}\r\n"
MULTIPART = "multipart/form-data; boundary=b"


@pytest.fixture
def xml(field):
    """A good interview, so that only what stands around it is bad."""
    return field.submission(field.opened(field.enumerators[0])[0], instance_id="uuid:one")


@pytest.fixture
def untouched(database, store):
    """Check that nothing was kept: untouched()."""
    before = {path for path in store.directory.rglob("*") if path.is_file()}

    def check() -> None:
        with database.reading() as session:
            rows = [session.scalar(select(func.count()).select_from(table)) for table in (Interview, InterviewFile)]
        assert rows == [0, 0]
        assert {path for path in store.directory.rglob("*") if path.is_file()} <= before

    return check


def most_memory(server):
    """Return the most memory that any process of the server ever held, bytes."""
    peaks = []
    for process in tree_of(server.process):
        status = Path(f"/proc/{process}/status").read_text(encoding="utf-8")
        peaks.append(int(status.split("VmHWM:")[1].split()[0]) * 1024)
    return max(peaks)


def talk(server, address, head, chunks=()):
    """Send raw bytes and return status and sentence of the answer."""
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
        path = urlsplit(address()).path + "/submission"
        try:
            connection.sendall(head.replace("{path}", path).encode())
            for chunk in chunks:
                connection.sendall(chunk)
        except OSError:
            pass  # The server has answered already and hung up.
        answer = b""
        try:
            while piece := connection.recv(65536):
                answer += piece
        except OSError:
            assert answer
    status = int(answer.split(b" ", 2)[1])
    return status, message(answer.partition(b"\r\n\r\n")[2])


def head(kind=MULTIPART, more=""):
    """Write the head of a request."""
    return REQUEST.replace("{kind}", kind).replace("{more}", more + "Connection: close\r\n")


def test_a_gigabyte_is_refused_before_it_is_read(server, address, field, untouched):
    before, began = most_memory(server), time.monotonic()
    status, words = talk(server, address, head(more="Content-Length: 1000000000\r\n"), [b"x" * 1_000_000])
    assert (status, str(SUBMISSION_LIMIT) in words) == (413, True)
    assert time.monotonic() - began < 10
    assert most_memory(server) - before < GROWTH
    untouched()


def test_a_body_that_does_not_tell_its_length_ends_at_the_limit(server, address, field, untouched):
    before = most_memory(server)
    begun = b'--b\r\nContent-Disposition: form-data; name="a.bin"; filename="a.bin"\r\n\r\n'
    chunk = b"%x\r\n%s\r\n" % (100_000, b"x" * 100_000)
    sent = [b"%x\r\n%s\r\n" % (len(begun), begun), *[chunk] * 2000]
    status, words = talk(server, address, head(more="Transfer-Encoding: chunked\r\n"), sent)
    assert (status, str(SUBMISSION_LIMIT) in words) == (413, True)
    assert most_memory(server) - before < GROWTH
    untouched()


def test_hundreds_of_parts_are_refused_by_their_number(phone, xml, server, untouched):
    before = most_memory(server)
    for files in (201, 1200):
        kind, content = body(xml, [(f"{number}.jpg", b"x") for number in range(files)])
        answer = phone.request("POST", f"{phone.server}/submission", content, {"Content-Type": kind})
        words = message(answer.content) or ""
        assert (answer.status, "200" in words, "字节" in words) == (413, True, False), words
    assert most_memory(server) - before < GROWTH
    untouched()


def test_a_part_whose_head_never_ends_is_refused(phone, xml, server, untouched):
    before = most_memory(server)
    kind, content = encode([Part("x" * 1_500_000, b"x", "a.jpg", "image/jpeg"), file_part("a.jpg", b"x")])
    answer = phone.request("POST", f"{phone.server}/submission", content, {"Content-Type": kind})
    assert answer.status in {413, 422} and message(answer.content)
    assert most_memory(server) - before < GROWTH
    untouched()


@pytest.mark.parametrize(
    "name",
    [
        *("../../etc/passwd", "/etc/passwd", "c:a.jpg", "a/b.jpg", "..", "."),
        *("a\x00.jpg", "a\x1b[2J.jpg", "照" * 300 + ".jpg"),
    ],
)
def test_a_name_that_leads_elsewhere_or_hides_is_refused(phone, xml, untouched, name):
    kind, content = body(xml, [(name, b"x")])
    answer = phone.request("POST", f"{phone.server}/submission", content, {"Content-Type": kind})
    assert (answer.status, "文件" in (message(answer.content) or "")) == (422, True), name
    untouched()


@pytest.mark.parametrize("name", ["门口照片 (1).jpg", "😀.jpg", "ñandú.jpg", "a'b&c.jpg", "照" * 60 + ".jpg"])
def test_a_name_that_is_only_odd_is_kept(phone, xml, database, name):
    outcome = send(phone, Finished(xml, ((name, b"x"),)))
    assert outcome.sent, outcome
    with database.reading() as session:
        assert session.scalars(select(InterviewFile.name)).all() == [name]


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("application/json", lambda _content: b"{}"),
        ("text/xml", lambda content: content),
        ("multipart/form-data", lambda content: content),
        ("multipart/form-data; boundary=", lambda content: content),
        ("multipart/form-data; boundary=elsewhere", lambda content: content),
        (None, lambda _content: b""),
        (None, lambda content: content[: len(content) // 2]),
        (None, lambda content: content[:-30]),
        (None, lambda content: content.replace(b"Content-Disposition: form-data;", b"Content-Disposition:", 1)),
        ("application/x-www-form-urlencoded", lambda _content: b"xml_submission_file=%3Ca%2F%3E"),
    ],
)
def test_what_is_no_submission_gets_a_sentence(phone, xml, untouched, kind, change):
    given, content = body(xml, [("a.jpg", b"x" * 1000)])
    headers = {"Content-Type": given if kind is None else kind}
    answer = phone.request("POST", f"{phone.server}/submission", change(content), headers)
    assert (answer.status, bool(message(answer.content))) == (422, True)
    untouched()


def test_a_connection_that_breaks_off_leaves_nothing(server, address, xml, untouched, database):
    kind, content = body(xml, [("a.jpg", b"x" * 1000)])
    parts = urlsplit(server.url)
    for cut in (0, 10, len(content) // 2, len(content) - 40):
        with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
            text = head(kind, f"Content-Length: {len(content)}\r\n")
            connection.sendall(text.replace("{path}", urlsplit(address()).path + "/submission").encode())
            connection.sendall(content[:cut])
            connection.shutdown(socket.SHUT_WR)
            answer = connection.recv(65536)
        assert answer.split(b" ", 2)[1] == b"422"
    with database.reading() as session:
        refused = session.scalars(select(AuditRow.details).where(AuditRow.action == "interview.refuse")).all()
    assert [each["code"] for each in refused] == ["interview.cut_off"] * 4
    untouched()


def test_a_file_that_comes_twice_is_one_and_two_under_one_name_are_refused(phone, xml, database, untouched):
    kind, content = body(xml, [("a.jpg", b"x"), ("a.jpg", b"y")])
    answer = phone.request("POST", f"{phone.server}/submission", content, {"Content-Type": kind})
    assert (answer.status, "a.jpg" in (message(answer.content) or "")) == (422, True)
    untouched()
    kind, content = body(xml, [("a.jpg", b"x"), ("a.jpg", b"x")])
    assert phone.request("POST", f"{phone.server}/submission", content, {"Content-Type": kind}).status == 201
    with database.reading() as session:
        assert session.scalars(select(InterviewFile.name)).all() == ["a.jpg"]


@pytest.mark.parametrize(
    "change",
    [
        lambda xml: xml.replace(b"<unit_id>", b"<unit_id>" + b"x" * 1_500_000, 1),
        lambda xml: xml.replace(b"<unit_id>", b"<a>" * 200_000 + b"<unit_id>", 1),
        lambda xml: b'<!DOCTYPE a [<!ENTITY b "' + b"c" * 100_000 + b'">]>' + xml,
        lambda _xml: b'<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]><a>&b;</a>',
    ],
)
def test_xml_made_to_hurt_is_refused_in_bounded_memory(phone, xml, server, untouched, change):
    before, began = most_memory(server), time.monotonic()
    outcome = send(phone, Finished(change(xml)))
    assert (outcome.sent, outcome.statuses[0] in {404, 413, 422}, bool(outcome.message)) == (False, True, True), outcome
    assert "passwd" not in outcome.message and "root:" not in outcome.message
    assert most_memory(server) - before < GROWTH
    assert time.monotonic() - began < 20
    untouched()


def test_connections_that_stall_give_their_threads_back():
    address = listen(f"127.0.0.1:{free_port()}")
    with (
        socket.socket(fileno=int(address.removeprefix("fd://"))) as listener,
        socket.create_connection(listener.getsockname()),
    ):
        taken, _ = listener.accept()
        with taken:
            for wait in (socket.SO_RCVTIMEO, socket.SO_SNDTIMEO):
                assert struct.unpack("@ll", taken.getsockopt(socket.SOL_SOCKET, wait, 16)) == (STALLED_SECONDS, 0)
