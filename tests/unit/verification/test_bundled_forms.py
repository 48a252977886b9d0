"""Forms of a bundle that look values up in tables: the check repeats with the tables, or says which is missing."""

import hashlib
import json

from evalsvc import files
from evalsvc.verification.bundled_forms import read_forms
from forms.check import check_by
from forms.instance import parse_instance
from forms.workbook import convert

FORM = """
| settings |
| | form_title | form_id | version |
| | 附表问卷 | looked-up | 1 |
| survey |
| | type | name | label | calculation |
| | text | crop | 作物 | |
| | calculate | price | | pulldata('prices', 'price', 'crop', ${crop}) |
"""
PRICES = b"crop,price\nrice,2.8\n"
DIGEST = hashlib.sha256(PRICES).hexdigest()
META = b"<meta><instanceID>uuid:1</instanceID></meta>"
XML = b"<data id='looked-up' version='1'><crop>rice</crop><price>2.8</price>" + META + b"</data>"


def content(**changed):
    form = convert(FORM.encode(), "form.md").xform
    named = json.dumps({"instrument.xml": {"prices.csv": DIGEST}}).encode()
    return {"instrument.xml": form, files.FORM_FILES: named, files.form_table_name(DIGEST): PRICES, **changed}


def found(bundle):
    read = read_forms(bundle, {name: "" for name in bundle})
    (form,) = read.by_version().values()
    codes = [each.code for each in read.complaints]
    return codes, [each.code for each in check_by(form, parse_instance(XML))]


def test_answers_are_checked_with_the_tables_of_their_form():
    assert found(content()) == ([], [])
    other = PRICES.replace(b"2.8", b"9.9")
    digest = hashlib.sha256(other).hexdigest()
    named = json.dumps({"instrument.xml": {"prices.csv": digest}}).encode()
    changed = content(**{files.FORM_FILES: named, files.form_table_name(digest): other})
    assert found(changed) == ([], ["check.other_value"])


def test_media_are_named_and_not_in_the_bundle():
    named = json.dumps({"instrument.xml": {"prices.csv": DIGEST, "旁白.mp3": "0f" * 32}}).encode()
    assert found(content(**{files.FORM_FILES: named})) == ([], [])


def test_a_table_that_is_missing_or_another_is_told():
    bundle = content()
    del bundle[files.form_table_name(DIGEST)]
    assert found(bundle) == (["verification.file_missing"], ["check.data_missing"])
    assert found(content(**{files.form_table_name(DIGEST): b"crop,price\n"}))[0] == ["verification.file_changed"]
    for damaged in (b"not json", b"[1]", b"[" * 100_000):
        assert found(content(**{files.FORM_FILES: damaged}))[0] == ["verification.not_json"]


def test_only_hashes_are_names_of_tables():
    assert files.is_form_table(files.form_table_name("0f" * 32))
    for name in ("form-tables/", "form-tables/../x", "form-tables/" + "0f" * 31, "form-tables/" + "0F" * 32 + "/a"):
        assert not files.is_form_table(name)
