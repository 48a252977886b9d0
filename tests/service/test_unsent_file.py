"""A file of unsent interviews as a stranger's: what no phone makes is refused before anything of it is believed."""

import io
import json
import zipfile
from dataclasses import replace

import pytest

from evalsvc.errors import InvalidError
from evalsvc.interviews.unsent.contents import open_contents
from evalsvc.interviews.unsent.opening import read_header
from tests.service.unsent_file import Unsent, header_of, manifest_of, sha256, zip_of

PHOTO = ("门口.jpg", b"\xff\xd8\xff")
FIRST, SECOND = Unsent("uuid:one", b"<data>1</data>", (PHOTO,)), Unsent("uuid:two", b"<data>2</data>")
BOTH = (FIRST, SECOND)
HEADER = header_of({"id": "0" * 64}, "person", "evaluation", b"\1" * 384, b"\2" * 12)


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
            )
        ),
    ],
)
def test_what_is_no_such_file_is_told_so(content):
    with pytest.raises(InvalidError, match=r"unsent\.not_one"):
        read_header(io.BytesIO(content))


def test_contents_are_those_of_the_list():
    contents = open_contents(io.BytesIO(zip_of(BOTH)))
    first, second = contents.interviews
    assert (first.instance_id, contents.read(first.xml_name)) == ("uuid:one", FIRST.xml)
    assert contents.read(first.file_name(first.files[0])) == PHOTO[1]
    assert (second.files, contents.read(second.xml_name)) == ((), SECOND.xml)
    assert open_contents(io.BytesIO(zip_of(()))).interviews == ()


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
        open_contents(io.BytesIO(archive))


def test_an_entry_that_begins_otherwise_than_the_directory_says_is_refused_when_it_is_read():
    archive = bytearray(zip_of(BOTH))
    archive[archive.rindex(b"PK\3\4") + 3] = 5
    contents = open_contents(io.BytesIO(bytes(archive)))
    assert contents.read("0001/submission.xml") == FIRST.xml
    with pytest.raises(InvalidError, match=r"unsent\.contents"):
        contents.read("0002/submission.xml")


def test_entries_that_share_their_bytes_are_a_bomb():
    """Many names for one region: more would come out than the file holds."""
    one = replace(SECOND, files=tuple((f"{number}", b"") for number in range(50)))
    archive, start = bytearray(zip_of((one,))), 0
    while (start := archive.find(b"PK\1\2", start)) >= 0:
        archive[start + 20 : start + 28] = (10_000_000).to_bytes(4, "little") * 2
        start += 4
    with pytest.raises(InvalidError, match=r"unsent\.contents"):
        open_contents(io.BytesIO(bytes(archive)))


def test_a_directory_that_would_fill_the_memory_is_never_read():
    size = (400_000_000).to_bytes(4, "little")
    end = b"PK\5\6" + bytes(4) + b"\xff\xff" * 2 + size + bytes(4) + bytes(2)
    for archive in (bytes(400_000) + end, b"PK\6\7" + bytes(16) + end.replace(size, bytes(4))):
        with pytest.raises(InvalidError, match=r"unsent\.contents"):
            open_contents(io.BytesIO(archive))


def test_names_in_refusals_are_short_and_hold_no_invisible_signs():
    with pytest.raises(InvalidError) as caught:
        open_contents(io.BytesIO(zip_of(BOTH, extra=[("\x1b[31m" + "a" * 500, b"x")])))
    assert caught.value.details["name"] == "[31m" + "a" * 76
