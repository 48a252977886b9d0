"""Submissions that must not be read, and what is said about them."""

import pytest

from forms import InstanceError, parse_instance
from forms.markup import Limits

GOOD = b'<data id="t" version="1"><a>1</a><meta><instanceID>uuid:1</instanceID></meta></data>'
BOMB = (
    b'<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(f'<!ENTITY {chr(98 + i)} "{f"&{chr(97 + i)};" * 10}">'.encode() for i in range(9))
    + b']><data id="t"><a>&j;</a></data>'
)
EXTERNAL = b'<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><data id="t"><a>&x;</a></data>'
ATTRIBUTES = b'<!DOCTYPE d [<!ATTLIST data id CDATA "t">]><data><a/></data>'


def code_of(data: bytes, limits: Limits | None = None) -> str:
    with pytest.raises(InstanceError) as caught:
        parse_instance(data, limits or Limits())
    return caught.value.code


def test_a_submission_says_what_it_is() -> None:
    instance = parse_instance(GOOD)
    assert (instance.form_id, instance.version, instance.instance_id) == ("t", "1", "uuid:1")
    assert instance.deprecated_id is None


def test_namespaces_make_no_difference() -> None:
    data = b"""<data xmlns="http://www.w3.org/2002/xforms" xmlns:orx="http://openrosa.org/xforms" id="t" version="1">
      <a>1</a><orx:meta><orx:instanceID> uuid:2 </orx:instanceID>
      <orx:deprecatedID>uuid:1</orx:deprecatedID></orx:meta></data>"""
    instance = parse_instance(data)
    assert (instance.instance_id, instance.deprecated_id, instance.root.findtext("a")) == ("uuid:2", "uuid:1", "1")


def test_a_form_may_be_named_by_its_namespace() -> None:
    data = b'<d xmlns="http://example.org/f"><meta><instanceID>x</instanceID></meta></d>'
    assert parse_instance(data).form_id == "http://example.org/f"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "xml.empty"),
        (b"  \n", "xml.empty"),
        (b"not xml", "xml.malformed"),
        (GOOD[:-3], "xml.malformed"),
        (BOMB, "xml.document_type"),
        (EXTERNAL, "xml.document_type"),
        (ATTRIBUTES, "xml.document_type"),
        (EXTERNAL.decode().encode("utf-16"), "xml.document_type"),
        (b'<?xml version="1.0" encoding="gb2312"?>' + GOOD, "xml.encoding"),
        (b'<?xml version="1.0" encoding="UTF-7"?>' + GOOD, "xml.encoding"),
        ('<data id="t"><a>中</a></data>'.encode("gbk"), "xml.malformed"),
        (b"<data id='t'>&undefined;</data>", "xml.malformed"),
        (b"<data id='t'><a>\x00</a></data>", "xml.malformed"),
        (GOOD.replace(b"uuid:1", b" "), "instance.id_missing"),
        (GOOD.replace(b"uuid:1", b"uuid:a&#13;b"), "instance.id_unprintable"),
        (GOOD.replace(b"uuid:1", b"uuid:a&#x2028;b"), "instance.id_unprintable"),
        (b'<data id="t"/>', "instance.id_missing"),
        (GOOD.replace(b"uuid:1", b"u" * 250), "instance.id_too_long"),
        (GOOD.replace(b"<meta>", b"<meta><instanceID>uuid:0</instanceID>"), "instance.id_twice"),
        (GOOD.replace(b'id="t"', b'id="t" encrypted="yes"'), "instance.encrypted"),
        (b'<data xmlns="http://opendatakit.org/submissions" id="t" encrypted="yes"/>', "instance.encrypted"),
    ],
)
def test_what_cannot_be_taken_in_is_refused_with_a_code(data: bytes, code: str) -> None:
    assert code_of(data) == code


def test_all_reasons_come_at_once() -> None:
    with pytest.raises(InstanceError) as caught:
        parse_instance(GOOD.replace(b"uuid:1", b"\t" * 3 + b"u" * 250 + b"&#x2028;u"))
    assert [c.code for c in caught.value.complaints] == ["instance.id_too_long", "instance.id_unprintable"]


def test_without_an_id_the_namespace_or_the_name_of_the_root_says_the_form() -> None:
    assert parse_instance(GOOD.replace(b'id="t"', b"")).form_id == "data"
    assert parse_instance(GOOD.replace(b'id="t"', b'xmlns="http://a.test/b"')).form_id == "http://a.test/b"
    assert parse_instance(GOOD.replace(b'id="t"', b'id=" t "')).form_id == "t"


def test_limits_hold_before_memory_is_spent() -> None:
    wide = b'<data id="t">' + b"<a/>" * 1_000_000 + b"</data>"
    assert code_of(wide) == "xml.too_many_elements"
    assert code_of(GOOD, Limits(max_bytes=10)) == "xml.too_large"
    deep = b'<data id="t">' + b"<a>" * 100 + b"</a>" * 100 + b"</data>"
    assert code_of(deep) == "xml.too_deep"
    assert code_of(b'<data id="t">' + b"<a>" * 5000 + b"</a>" * 5000 + b"</data>") == "xml.too_deep"


def test_utf_16_and_comments_are_read() -> None:
    body = '<data id="t"><a>一<!-- x -->二</a><meta><instanceID>u</instanceID></meta></data>'
    text = '<?xml version="1.0" encoding="utf-16"?>' + body
    assert parse_instance(text.encode("utf-16")).root.findtext("a") == "一二"
