"""The protocol's texts, by the facts of its specification."""

import pytest
from lxml import etree

from forms import openrosa
from forms.files import named_files
from forms.instance import parse_instance
from forms.openrosa import ListedForm, MediaFile


def test_the_list_of_forms_has_its_fields_in_the_namespace() -> None:
    form = ListedForm("入户 1", "", "3", "md5:" + "0" * 32, "https://x/f.xml?a=1&b=2", manifest_url="https://x/m")
    plain = ListedForm("g", "G", "1", "md5:" + "1" * 32, "https://x/g.xml", description="about")
    root = etree.fromstring(openrosa.form_list([form, plain]))
    assert root.tag == "{http://openrosa.org/xforms/xformsList}xforms"
    first, second = ([(etree.QName(e).localname, e.text) for e in f] for f in root)
    assert first == [
        ("formID", "入户 1"), ("name", "入户 1"), ("version", "3"), ("hash", "md5:" + "0" * 32),
        ("downloadUrl", "https://x/f.xml?a=1&b=2"), ("manifestUrl", "https://x/m"),
    ]  # fmt: skip
    assert ("descriptionText", "about") in second
    assert "manifestUrl" not in dict(second)


def test_the_manifest_names_files_and_refuses_paths() -> None:
    root = etree.fromstring(openrosa.manifest([MediaFile("村.csv", "md5:0", "https://x/1")]))
    (media,) = root
    assert media.tag == "{http://openrosa.org/xforms/xformsManifest}mediaFile"
    assert [e.text for e in media] == ["村.csv", "md5:0", "https://x/1"]
    with pytest.raises(ValueError, match="passwd"):
        openrosa.manifest([MediaFile("../passwd", "md5:0", "https://x/1")])


def test_the_answer_to_a_submission_holds_any_text() -> None:
    root = etree.fromstring(openrosa.response("未收下 <x> \x00\x1b", nature="error"))
    assert root.tag == "{http://openrosa.org/http/response}OpenRosaResponse"
    assert (root.get("items"), root[0].get("nature"), root[0].text) == ("0", "error", "未收下 <x> ")


def test_headers_and_fields() -> None:
    assert openrosa.headers(10) == {
        "X-OpenRosa-Version": "1.0",
        "X-OpenRosa-Accept-Content-Length": "10",
    }
    assert openrosa.speaks_version("1.0") and not openrosa.speaks_version("2.0") and not openrosa.speaks_version(None)
    assert openrosa.is_incomplete({"*isIncomplete*": "yes"}) and not openrosa.is_incomplete({})
    assert (openrosa.READY, openrosa.RECEIVED) == (204, 201)


@pytest.mark.parametrize(
    ("name", "filename", "expected"),
    [
        ("a.jpg", "a.jpg", "a.jpg"),
        ("a.jpg", None, "a.jpg"),
        ("x", "门前 1.jpg", "门前 1.jpg"),
        ("x", "门前.jpg".encode().decode("latin-1"), "门前.jpg"),
        ("x", "café.jpg", "café.jpg"),
        ("x", "../a", None),
        ("x", "a/b", None),
        ("x", "a\\b", None),
        ("x", "C:a", None),
        ("x", "a\x00b", None),
        ("x", "..", None),
        ("x", " ", None),
        ("", None, None),
        ("x", "长" * 86, None),
    ],
)
def test_names_of_parts(name: str, filename: str | None, expected: str | None) -> None:
    assert openrosa.part_file_name(name, filename) == expected


def test_files_that_a_submission_names(household, completed, filled) -> None:
    instance = parse_instance(filled(household, completed))
    assert [(f.filename, f.path, f.is_audit_log) for f in named_files(household, instance)] == [
        ("门前.jpg", "/data/visit/photo_house", False),
        ("签名.png", "/data/interview/signing/signature", False),
    ]
    logged = parse_instance(filled(household, {**completed, "meta/audit": "audit.csv"}))
    assert [f.filename for f in named_files(household, logged) if f.is_audit_log] == ["audit.csv"]
