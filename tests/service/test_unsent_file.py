"""A file of unsent interviews as a stranger's: what no phone makes is refused before anything of it is believed."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from evalsvc.errors import InvalidError
from evalsvc.interviews.unsent.archive import open_archive
from evalsvc.interviews.unsent.contents import ListedContents
from evalsvc.interviews.unsent.locked import LockedContents
from evalsvc.interviews.unsent.opening import LOCKED, read_header
from evalsvc.interviews.unsent.order import in_order
from tests.service.unsent_file import Unsent, header_of, manifest_of, records_of, sha256, zip_of, zip_of_records

PHOTO = ("门口.jpg", b"\xff\xd8\xff")
FIRST, SECOND = Unsent("uuid:one", b"<data>1</data>", (PHOTO,)), Unsent("uuid:two", b"<data>2</data>")
BOTH = (FIRST, SECOND)
HEADER = header_of({"id": "0" * 64}, "person", "evaluation", b"\1" * 384, b"\2" * 12)


def contents_of(archive):
    return ListedContents(open_archive(io.BytesIO(archive)))


def test_the_line_before_the_contents_is_read_as_it_stands():
    line = json.dumps(HEADER).encode()
    file = io.BytesIO(line + b"\nsealed")
    header = read_header(file)
    assert (header.key_id, header.person_id, header.made_at) == ("0" * 64, "person", HEADER["made_at"])
    assert (header.wrapped_key, header.iv, header.line) == (b"\1" * 384, b"\2" * 12, line)
    assert file.read() == b"sealed"


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n",
        b"PK\3\4",
        b"{}\n",
        b"[]\n",
        b"null\nabc",
        b'{"format": "evalsvc-unsent-1"}\n',
        b"[" * 9000 + b"\n",
        b"a" * 1_000_000,
        b"\xff\xfe\n",
        json.dumps(HEADER).encode(),
        *(
            json.dumps(HEADER | changed).encode() + b"\n"
            for changed in (
                {"iv": "AAAA"},
                {"iv": "not base64!"},
                {"wrapped_key": "é"},
                {"format": "evalsvc-unsent-2"},
                {"person_id": "a\0"},
                {"person_id": "\ud800"},
                {"person_id": 1},
                {"made_at": "a" * 10_000},
                {"format": LOCKED},
                {"format": LOCKED, "owner": "", "iv": ""},
                {"format": LOCKED, "owner": 1},
                {"format": ["evalsvc-unsent-1"]},
            )
        ),
    ],
)
def test_what_is_no_such_file_is_told_so(content):
    with pytest.raises(InvalidError, match=r"unsent\.not_one"):
        read_header(io.BytesIO(content))


def test_contents_are_those_of_the_list():
    contents = contents_of(zip_of(BOTH))
    first, second = contents.interviews
    assert (first.instance_id, contents.xml(first)) == ("uuid:one", FIRST.xml)
    photo = contents.file(first, first.files[0])
    assert (photo.name, photo.content_type, photo.content) == (PHOTO[0], "image/jpeg", PHOTO[1])
    assert (second.files, contents.xml(second)) == ((), SECOND.xml)
    assert contents_of(zip_of(())).interviews == ()


def listed(**given):
    rows = manifest_of(BOTH)
    return zip_of(BOTH, [{**rows[0], **given}, rows[1]])


FILES = manifest_of(BOTH)[0]["files"]
OTHERS = {
    "no archive": b"not an archive",
    "nothing": b"",
    "packed": zip_of(BOTH, compression=zipfile.ZIP_DEFLATED),
    "an entry that is not listed": zip_of(BOTH, extra=[("0003/submission.xml", b"x")]),
    "a way out": zip_of(BOTH, extra=[("../../evil", b"x")]),
    "an absolute name": zip_of(BOTH, extra=[("/etc/evil", b"x")]),
    "a list that names a way out": listed(files=[{"name": "../../evil", "sha256": sha256(b"")}]),
    "a file without a name": listed(files=[{"name": " ", "sha256": sha256(b"")}]),
    "a folder that leads out": listed(folder="../1"),
    "a listed file that is missing": listed(files=[*FILES, {"name": "b.jpg", "sha256": "0" * 64}]),
    "a file listed twice": listed(files=FILES * 2),
    "a folder listed twice": listed(folder="0002"),
    "a list that is none": zip_of(BOTH, {"a": 1}),
    "a list of nothing": zip_of(BOTH, [None]),
    "a list without hashes": zip_of(BOTH, [{"folder": "0001"}]),
    "a list with a long text": listed(instance_id="a" * 2000),
    "a list with half a character": listed(instance_id="\ud800"),
    "a list with a control sign": listed(form_id="a\0"),
    "a hash that is none": listed(sha256="ABC"),
    "a list nested without end": zip_of(BOTH, extra=()).replace(b"[{", b"[["),
    "no list": zip_of(()).replace(b"manifest.json", b"manifest.jsan"),
    "something behind": zip_of(BOTH) + b"comment",
}


@pytest.mark.parametrize("archive", OTHERS.values(), ids=OTHERS)
def test_contents_that_no_phone_makes_are_refused(archive):
    with pytest.raises(InvalidError, match=r"unsent\.contents"):
        contents_of(archive)


def test_an_entry_that_begins_otherwise_than_the_directory_says_is_refused_when_it_is_read():
    archive = bytearray(zip_of(BOTH))
    archive[archive.rindex(b"PK\3\4") + 3] = 5
    contents = contents_of(bytes(archive))
    assert contents.xml(contents.interviews[0]) == FIRST.xml
    with pytest.raises(InvalidError, match=r"unsent\.contents"):
        contents.xml(contents.interviews[1])


def test_entries_that_share_their_bytes_are_a_bomb():
    """Many names for one region: more would come out than the file holds."""
    one = replace(SECOND, files=tuple((f"{number}", b"") for number in range(50)))
    archive, start = bytearray(zip_of((one,))), 0
    while (start := archive.find(b"PK\1\2", start)) >= 0:
        archive[start + 20 : start + 28] = (10_000_000).to_bytes(4, "little") * 2
        start += 4
    with pytest.raises(InvalidError, match=r"unsent\.contents"):
        contents_of(bytes(archive))


def test_a_directory_that_would_fill_the_memory_is_never_read():
    size = (400_000_000).to_bytes(4, "little")
    end = b"PK\5\6" + bytes(4) + b"\xff\xff" * 2 + size + bytes(4) + bytes(2)
    for archive in (bytes(400_000) + end, b"PK\6\7" + bytes(16) + end.replace(size, bytes(4))):
        with pytest.raises(InvalidError, match=r"unsent\.contents"):
            contents_of(archive)


def test_names_in_refusals_are_short_and_hold_no_invisible_signs():
    with pytest.raises(InvalidError) as caught:
        contents_of(zip_of(BOTH, extra=[("\x1b[31m" + "a" * 500, b"x")]))
    assert caught.value.details["name"] == "[31m" + "a" * 76


KEY, OWNER = b"k" * 32, "vault-1"


def locked(archive, key=KEY, owner=OWNER):
    return LockedContents(open_archive(io.BytesIO(archive)), key, owner)


def test_records_of_a_locked_vault_are_interviews_with_their_files():
    contents = locked(zip_of_records(records_of(KEY, OWNER, BOTH)))
    first, second = contents.interviews
    assert (first.instance_id, first.form_id, first.version, first.is_draft) == ("uuid:one", "household", "1", False)
    assert (contents.xml(first), contents.xml(second)) == (FIRST.xml, SECOND.xml)
    photo = contents.file(first, first.files[0])
    assert (photo.name, photo.content_type, photo.content) == (PHOTO[0], "image/jpeg", PHOTO[1])
    assert contents.size(first) > len(FIRST.xml) and contents.size(first.files[0]) > len(PHOTO[1])
    assert locked(zip_of_records(records_of(KEY, OWNER, BOTH, state="draft"))).interviews[0].is_draft


def broken(name):
    """Return records of which one was changed, cut, or put in the place of another."""
    one, *rest, other = records_of(KEY, OWNER, BOTH)
    changed = {
        "moved": [one._replace(sealed=other.sealed), *rest, other._replace(sealed=one.sealed)],
        "cut": [one._replace(sealed=one.sealed[:20]), *rest, other],
        "changed": [one._replace(sealed=one.sealed[:-1] + bytes([one.sealed[-1] ^ 1])), *rest, other],
    }
    return zip_of_records(changed[name])


@pytest.mark.parametrize("name", ["moved", "cut", "changed"])
def test_records_that_do_not_open_where_they_lie_are_damage(name):
    with pytest.raises(InvalidError, match=r"unsent\.damaged"):
        locked(broken(name))


def test_records_of_another_vault_or_key_do_not_open():
    archive = zip_of_records(records_of(KEY, OWNER, BOTH))
    for other in ({"key": b"x" * 32}, {"owner": "vault-2"}):
        with pytest.raises(InvalidError, match=r"unsent\.damaged"):
            locked(archive, **other)


RECORDS = records_of(KEY, OWNER, BOTH)
ODD_RECORDS = {
    "a list of another kind": zip_of(BOTH),
    "a record that is not listed": zip_of_records(RECORDS, listed=RECORDS[1:]),
    "a record that is missing": zip_of_records(RECORDS[1:], listed=RECORDS),
    "an interview without its contents": zip_of_records([each for each in RECORDS if each.store != "contents"]),
    "an interview without its file": zip_of_records([each for each in RECORDS if each.store != "files"]),
    "a name that leads out": zip_of_records(records_of(KEY, OWNER, (replace(FIRST, files=(("../a", b""),)),))),
    "a summary that is no object": zip_of_records(records_of(KEY, OWNER, BOTH, summary=b"[]")),
    "a summary without a form": zip_of_records(records_of(KEY, OWNER, BOTH, summary=b'{"instanceId": "a"}')),
    "a summary that is no JSON": zip_of_records(records_of(KEY, OWNER, BOTH, summary=b"[" * 100_000)),
}


@pytest.mark.parametrize("archive", ODD_RECORDS.values(), ids=ODD_RECORDS)
def test_records_that_no_phone_hands_over_are_refused(archive):
    with pytest.raises(InvalidError, match=r"unsent\.contents"):
        locked(archive)


def test_a_file_whose_record_tells_no_type_is_refused_when_it_is_read():
    contents = locked(zip_of_records(records_of(KEY, OWNER, BOTH, head=b"{}")))
    first = contents.interviews[0]
    with pytest.raises(InvalidError, match=r"unsent\.contents"):
        contents.file(first, first.files[0])


def test_what_is_corrected_is_taken_in_before_its_correction():
    def version(instance_id, corrects=""):
        corrected = f"<o:deprecatedID>{corrects}</o:deprecatedID>" if corrects else ""
        meta = f"<o:instanceID>{instance_id}</o:instanceID>{corrected}"
        xml = f'<data id="f" version="1"><o:meta xmlns:o="http://openrosa.org/xforms">{meta}</o:meta></data>'
        return Unsent(instance_id, xml.encode())

    listed = (
        version("c", "b"), version("b", "a"), Unsent("x", b"<no"), version("a"), version("alone", "elsewhere"),
        version("one", "two"), version("two", "one"),
    )  # fmt: skip
    contents = contents_of(zip_of(listed))
    assert [each.instance_id for each in in_order(contents, 10_000)] == ["a", "b", "c", "x", "alone", "two", "one"]
    assert [each.instance_id for each in in_order(contents, 2)] == [each.instance_id for each in listed]
