"""Forms that would cost much or do harm: refused with a code, before the cost; large ones that are fine are taken."""

import io
import zipfile

import pytest

from forms import DefinitionError, check, convert, fill, parse_definition, parse_instance, publishing_complaints
from forms.compiled import compiled
from forms.definition import MAX_NODES
from forms.workbook_sheets import MAX_CELL_LENGTH, MAX_COLUMNS, MAX_ROWS

HEAD = b'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml"><h:head><model><instance>'
TAIL = b"</instance></model></h:head><h:body/></h:html>"
BOMB = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>'
SPREADSHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b'<?xml version="1.0"?>' + BOMB + HEAD + b'<data id="t"><a>&b;</a></data>' + TAIL, "xml.document_type"),
        (
            b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + HEAD + b"<data><a>&a;</a></data>" + TAIL,
            "xml.document_type",
        ),
        (BOMB.decode().encode("utf-16"), "xml.document_type"),
        (b'<?xml version="1.0" encoding="gb18030"?>' + HEAD + TAIL, "xml.encoding"),
        (HEAD + b"<data>" + "中".encode("gbk") + b"</data>" + TAIL, "xml.malformed"),
        (HEAD + b"<data>" + b"<a>" * 300 + b"</a>" * 300 + b"</data>" + TAIL, "xml.too_deep"),
        (HEAD + b"<data>" + b"<a/>" * 2_100_000 + b"</data>" + TAIL, "xml.too_many_elements"),
        (HEAD + b"<data>" + b"<a/>" * (MAX_NODES + 1) + b"</data>" + TAIL, "form.too_many_questions"),
        (HEAD + b"<data>" + b" " * 50_000_000 + b"</data>" + TAIL, "xml.too_large"),
        (HEAD + TAIL, "form.primary_instance_missing"),
        (b"<html/>", "form.model_missing"),
        (b"", "xml.empty"),
    ],
    ids=["bomb", "file", "utf-16", "gb18030", "gbk", "deep", "wide", "many", "large", "hollow", "page", "empty"],
)
def test_xforms_that_are_refused(data: bytes, code: str) -> None:
    with pytest.raises(DefinitionError) as refused:
        parse_definition(data)
    assert refused.value.code == code


def packed(sheet: bytes, strings: bytes = b"") -> bytes:
    """Write the smallest workbook that has a survey sheet of these rows."""
    package = "http://schemas.openxmlformats.org/package/2006"
    kinds = {"workbook": "sheet.main", "sheet1": "worksheet", "sharedStrings": "sharedStrings"}
    types = "".join(
        f'<Override PartName="/xl/{part}.xml"'
        f' ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.{kind}+xml"/>'
        for part, kind in kinds.items()
    )
    link = '<Relationship Id="r{0}" Type="' + RELATIONS + '/{1}" Target="{2}"/>'
    parts = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"><Default Extension="rels"'
        f' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>{types}</Types>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships">'
        f"{link.format(1, 'officeDocument', 'xl/workbook.xml')}</Relationships>",
        "xl/workbook.xml": f'<workbook xmlns="{SPREADSHEET}" xmlns:r="{RELATIONS}"><sheets>'
        '<sheet name="survey" sheetId="1" r:id="r1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">'
        f"{link.format(1, 'worksheet', 'sheet1.xml')}"
        f"{link.format(2, 'sharedStrings', 'sharedStrings.xml')}</Relationships>",
        "xl/sheet1.xml": f'<worksheet xmlns="{SPREADSHEET}"><sheetData>'.encode() + sheet + b"</sheetData></worksheet>",
        "xl/sharedStrings.xml": f'<sst xmlns="{SPREADSHEET}">'.encode() + strings + b"</sst>",
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def row(*texts: bytes) -> bytes:
    return b"<row>" + b"".join(b'<c t="inlineStr"><is><t>%b</t></is></c>' % text for text in texts) + b"</row>"


NAMED = row(b"type", b"name", b"label")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (packed(NAMED + row(b"text", b"a", b"x" * (MAX_CELL_LENGTH + 1))), "workbook.long_cell"),
        (packed(NAMED + b'<row><c t="s"><v>0</v></c></row>' * 99, b"<si><t>%b</t></si>" % (b"x" * 40_000)),
         "workbook.long_cell"),
        (packed(NAMED + b'<row><c t="s"><v>0</v></c><c t="s"><v>0</v></c></row>' * 900,
                b"<si><t>%b</t></si>" % (b"x" * 32_000)), "workbook.too_much_text"),
        (packed(row(*[b"h%d" % n for n in range(MAX_COLUMNS + 1)])), "workbook.too_many_columns"),
        (packed(NAMED + row(b"note", b"a", b"x") * (MAX_ROWS["survey"] + 1)), "workbook.too_many_rows"),
        (packed(b"<row>" * 2_100_000), "workbook.too_many_tags"),
        (packed(b"<row>" + b" " * 70_000_000), "workbook.unpacks_too_large"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600 + "EncryptedPackage".encode("utf-16-le"), "workbook.locked"),
        (b"| survey |\n| | type | name |\n" + b"| | note | a |\n" * 200_001, "workbook.too_many_rows"),
        (b"| survey |\n| | type | name |\n| | note | %b |\n" % (b"a" * 40_000), "workbook.long_cell"),
    ],
    ids=["cell", "shared cell", "shared text", "columns", "rows", "tags", "blank", "locked", "lines", "text"],
)  # fmt: skip
def test_workbooks_that_are_refused(data: bytes, code: str) -> None:
    conversion = convert(data, "f.xlsx")
    assert conversion.xform is None
    assert [each.code for each in conversion.complaints] == [code]


def test_choices_of_all_questions_are_bounded_together() -> None:
    survey = "".join(f"| | select_one l | q{n} | Q |\n" for n in range(1_001))
    choices = "".join(f"| | l | c{n} | C |\n" for n in range(10_000))
    text = f"| survey |\n| | type | name | label |\n{survey}| choices |\n| | list_name | name | label |\n{choices}"
    (complaint,) = convert(text.encode(), "f.md").complaints
    assert (complaint.code, complaint.row, complaint.column) == ("workbook.too_many_choices", 1002, "type")


def test_a_form_of_two_thousand_questions_in_one_chain_is_taken() -> None:
    rows = "".join(f"| | text | q{n} | Q | {f'${{q{n - 1}}} = 1' if n else ''} |\n" for n in range(2_000))
    xform = convert(f"| survey |\n| | type | name | label | relevant |\n{rows}".encode(), "big.md").xform
    assert xform is not None
    definition = parse_definition(xform)
    assert publishing_complaints(definition) == ()
    sent = fill(definition, {f"q{n}": 1 for n in range(2_000)}, instance_id="uuid:1")
    assert check(definition, parse_instance(sent)) == ()


def test_a_circle_of_a_thousand_questions_is_told_once(xform) -> None:
    nodes = "".join(f"<q{n}/>" for n in range(1_000))
    binds = "".join(f'<bind nodeset="/data/q{n}" calculate="/data/q{(n + 1) % 1000}"/>' for n in range(1_000))
    found = compiled(xform(nodes, binds)).complaints
    assert [each.code for each in found] == ["form.circle"]


def test_an_expression_without_end_is_refused(xform) -> None:
    definition = xform("<a/>", f'<bind nodeset="/data/a" relevant="{"1+" * 60_000}1"/>')
    assert [each.code for each in publishing_complaints(definition) if each.severity == "error"] == [
        "form.expression_deep"
    ]


@pytest.mark.parametrize("name", ["../a.csv", "..", "a\\b.csv", "a\x7f.csv", "a" * 260 + ".csv", "C:a.csv"])
def test_tables_whose_name_leads_elsewhere_are_refused(xform, name: str) -> None:
    definition = xform("<a/>", model=f'<instance id="t" src="jr://file-csv/{name}"/>')
    errors = {each.code for each in publishing_complaints(definition) if each.severity == "error"}
    assert errors == {"form.file_name"}
