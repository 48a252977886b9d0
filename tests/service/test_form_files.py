"""Forms with files beside them: uploaded, published, delivered to phones, filled and checked by."""

import hashlib
import io
import json
import zipfile

import pytest
from lxml import etree
from sqlalchemy import select

from evalsvc import files
from evalsvc.draws import log
from evalsvc.draws.queries import draw_by_number, log_lines
from evalsvc.errors import InvalidError
from evalsvc.fieldwork.models import Assignment
from evalsvc.instruments.attached import attached_files
from evalsvc.results.gather import gather
from forms import definition as definitions
from forms.filling import fill
from sampling.hashing import canonical_json

OPENROSA = {"X-OpenRosa-Version": "1.0"}
LIST, MANIFEST = "{http://openrosa.org/xforms/xformsList}", "{http://openrosa.org/xforms/xformsManifest}"
FORM = """
| settings |
| | form_title | form_id | version |
| | 入户问卷（附表） | household | 2026.2-files |
| survey |
| | type | name | label | calculation | parameters | media::image | default |
| | audit | audit | | | track-changes=true | | |
| | background-audio | recording | | | quality=voice-only | | |
| | text | unit_id | 户编号 | | | | |
| | select_one outcome | disposition | 结果 | | | 结果卡片.png | |
| | select_one_from_file wells.geojson | well | 水源点 | | | | |
| | text | crop | 作物 | | | | ${last-saved#crop} |
| | calculate | price | | pulldata('prices', 'price', 'crop', ${crop}) | | | |
| choices |
| | list_name | name | label |
| | outcome | completed | 完成 |
| | outcome | refused | 拒访 |
"""
PRICES = b"crop,price\nrice,2.8\nmaize,2.4\n"
WELLS = (
    '{"type": "FeatureCollection", "features": [{"type": "Feature", "id": "w1", '
    '"properties": {"title": "村口老井"}, "geometry": {"type": "Point", "coordinates": [118.1, 26.2]}}]}'
).encode()
FILES = {"prices.csv": PRICES, "wells.geojson": WELLS, "结果卡片.png": b"\x89PNG small picture"}


def archive(files, folder="附件/"):
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as opened:
        for name, content in files.items():
            opened.writestr(folder + name, content)
    return buffer.getvalue()


def publish(client, field, person, files, text=FORM):
    sent = [(io.BytesIO(content), name) for name, content in files.items()]
    body = {"file": (io.BytesIO(text.encode()), "入户.md"), "files": sent}
    address = f"/api/v1/evaluations/{field.evaluation.code}/instruments"
    return client.post(address, data=body, headers=person.bearer, content_type="multipart/form-data")


def get(client, address):
    return client.get(address.removeprefix("http://localhost:8000"), headers=OPENROSA, buffered=True)


@pytest.fixture
def lead(field, make_person):
    return make_person("lead", evaluation=field.evaluation)


@pytest.fixture
def phone(field):
    return f"/v1/key/{field.enumerators[0].device_token}/evaluations/{field.evaluation.code}"


def listed(client, phone):
    root = etree.fromstring(client.get(f"{phone}/formList?verbose=true", headers=OPENROSA).data)
    return {child.tag.removeprefix(LIST): child.text for child in root[0]}


def test_a_form_with_files_goes_all_the_way(client, field, lead, phone, sign_in):
    assert "manifestUrl" not in listed(client, phone)
    made = publish(client, field, lead, {"附件.zip": archive(FILES)})
    assert made.status_code == 201, made.get_data(as_text=True)
    form = listed(client, phone)
    xform = get(client, form["downloadUrl"]).data
    manifest = etree.fromstring(get(client, form["manifestUrl"]).data)
    loaded = {}
    for media in manifest:
        told = {child.tag.removeprefix(MANIFEST): child.text for child in media}
        answer = get(client, told["downloadUrl"])
        assert answer.status_code == 200 and answer.headers["X-OpenRosa-Version"] == "1.0"
        assert told["hash"] == "md5:" + definitions.hashlib.md5(answer.data).hexdigest()
        again = client.get(
            told["downloadUrl"].removeprefix("http://localhost:8000"),
            headers={**OPENROSA, "If-None-Match": answer.headers["ETag"]},
            buffered=True,
        )
        assert again.status_code == 304
        loaded[told["filename"]] = (answer.data, answer.content_type)
    assert {name: content for name, (content, _) in loaded.items()} == FILES
    assert [kind for _, (_, kind) in sorted(loaded.items())] == [
        "text/csv; charset=utf-8", "application/geo+json", "image/png",
    ]  # fmt: skip
    definition = definitions.parse_definition(xform)
    answers = {"disposition": "completed", "crop": "rice", "well": "w1"}
    for number, (change, kinds) in enumerate(
        [((b"2.8", b"2.8"), []), ((b"2.8", b"28"), ["calculate"]), ((b">w1<", b">w9<"), ["choice"])]
    ):
        given = {**answers, "unit_id": field.opened(field.enumerators[0])[number].unit_id}
        xml = fill(definition, given, instance_id=f"uuid:{number}", data={"prices.csv": PRICES}).replace(*change)
        sent = {"xml_submission_file": (io.BytesIO(xml), "submission.xml", "text/xml")}
        assert client.post(f"{phone}/submission", data=sent, headers=OPENROSA).status_code == 201
        base = f"/api/v1/evaluations/{field.evaluation.code}/interviews"
        row = next(
            each
            for each in client.get(base, headers=field.supervisor.bearer).json["lines"]
            if each["instance_id"] == f"uuid:{number}"
        )
        kept = client.get(f"{base}/{row['id']}", headers=field.supervisor.bearer).json
        assert [each["kind"] for each in kept["complaints"]] == kinds, kept["complaints"]
    sign_in(client, field.supervisor)
    page = client.get(f"/evaluations/{field.evaluation.code}/interviews/{row['id']}").get_data(as_text=True)
    assert "村口老井" not in page and "w9" in page
    before = next(each["id"] for each in client.get(base, headers=field.supervisor.bearer).json["lines"][1:])
    page = client.get(f"/evaluations/{field.evaluation.code}/interviews/{before}").get_data(as_text=True)
    assert "村口老井" in page


@pytest.mark.parametrize(("missing", "status"), [("prices.csv", 422), ("wells.geojson", 422), ("结果卡片.png", 201)])
def test_tables_that_are_missing_forbid_publishing_and_pictures_do_not(client, field, lead, missing, status):
    answer = publish(client, field, lead, {name: content for name, content in FILES.items() if name != missing})
    assert answer.status_code == status
    if status == 422:
        assert [(each["code"], each["details"]["filename"]) for each in answer.json["complaints"]] == [
            ("form.file_missing", missing)
        ]


def test_a_table_that_cannot_be_read_is_named(client, field, lead):
    answer = publish(client, field, lead, {**FILES, "prices.csv": "作物,价\n".encode("gbk")})
    assert answer.status_code == 422
    assert "prices.csv" in answer.json["complaints"][0]["message"]


def test_the_public_log_names_a_form_with_its_files_and_the_bundle_lists_them(client, database, store, field, lead):
    made = publish(client, field, lead, {"附件.zip": archive(FILES)}).json
    hashes = {name: hashlib.sha256(content).hexdigest() for name, content in FILES.items()}
    written = canonical_json({"xform": made["xform_sha256"], "files": hashes})
    with database.transaction() as session:
        line = next(each for each in reversed(log_lines(session)) if each.kind == log.FORM)
        for row in session.scalars(select(Assignment)):
            row.instrument_id = made["id"]
    assert (line.subject, line.sha256) == (
        "fujian-demo/form/household/2026.2-files",
        hashlib.sha256(written).hexdigest(),
    )
    with database.reading() as session:
        draw = draw_by_number(session, field.evaluation.id, 1)
        gathered = gather(session, store, field.evaluation, draw)
    assert json.loads(gathered.tables[files.FORM_FILES]) == {"instrument.xml": hashes}
    tables = {name for name in gathered.kept if files.is_form_table(name)}
    assert tables == {files.form_table_name(hashes[name]) for name in FILES if not name.endswith(".png")}


def test_files_of_other_evaluations_and_names_are_unknown(client, field, lead, phone, make_evaluation, make_person):
    identifier = publish(client, field, lead, FILES).json["id"]
    assert client.get(f"{phone}/files/{identifier}/prices.csv", headers=OPENROSA, buffered=True).data == PRICES
    for name in ("nothing.csv", "..%2Fprices.csv", "%2e%2e"):
        assert client.get(f"{phone}/files/{identifier}/{name}", headers=OPENROSA).status_code == 404
    other = make_evaluation("another")
    token = make_person("enumerator", evaluation=other).device_token
    address = f"/v1/key/{token}/evaluations/another/files/{identifier}/prices.csv"
    assert client.get(address, headers=OPENROSA).status_code == 404


def refused(*given):
    with pytest.raises(InvalidError) as caught:
        attached_files(given)
    return [each.code for each in caught.value.complaints]


def test_archives_are_unpacked_by_name_alone():
    both = [("a.zip", archive({"x.csv": b"1", "图.png": b"2"}, "表/里/")), ("y.csv", b"3")]
    assert attached_files(both) == {"x.csv": b"1", "图.png": b"2", "y.csv": b"3"}
    junk = archive({"__MACOSX/x.csv": b"1", ".DS_Store": b"2", "x.csv": b"3"}, "")
    assert attached_files([("a.zip", junk)]) == {"x.csv": b"3"}


def test_names_that_windows_wrote_are_read():
    data = archive({"AAAA.csv": b"1"}, "")
    assert attached_files([("a.zip", data.replace(b"AAAA", "户口".encode("gbk")))]) == {"户口.csv": b"1"}


@pytest.mark.parametrize("name", ["../x.csv", "/etc/x.csv", "a/../../x.csv", "..\\x.csv", "C:\\x.csv"])
def test_paths_that_lead_out_are_refused(name):
    assert refused(("a.zip", archive({name: b"1"}, ""))) == ["instrument.archive_path"]


def test_bombs_are_refused_before_they_are_unpacked(monkeypatch):
    monkeypatch.setattr("evalsvc.instruments.attached.MOST_BYTES", 1_000_000)
    assert refused(("a.zip", archive({"x.csv": b"0" * 1_000_001}))) == ["instrument.files_large"]
    # An archive that tells a smaller size than it has is damaged.
    bomb = archive({"x.csv": b"0" * 900_000}, "").replace((900_000).to_bytes(4, "little"), (9).to_bytes(4, "little"))
    assert refused(("a.zip", bomb)) == ["instrument.archive_damaged"]
    assert refused(("a.zip", archive({f"{n}.csv": b"" for n in range(501)}))) == ["instrument.files_many"]
    assert refused(("a.zip", b"PK nothing")) == ["instrument.archive_damaged"]


def test_two_files_of_one_name_and_bad_names_are_refused():
    assert refused(("a.csv", b"1"), ("a.zip", archive({"a.csv": b"2"}))) == ["instrument.file_twice"]
    assert refused((" ", b"1"), ('a"b.csv', b"2")) == ["instrument.file_name"] * 2
    locked = archive({"a.csv": b"1"}, "")
    at = locked.index(b"PK\x01\x02") + 8
    assert refused(("a.zip", locked[:at] + b"\x01" + locked[at + 1 :])) == ["instrument.archive_locked"]
