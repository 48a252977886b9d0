"""An institute's own look, letters, the word across previews, and what is refused of a look."""

import struct
import zlib
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from benchmarks import report_samples
from reports import pdf, verify
from reports.document import DocumentError, Foreign, Paragraph
from reports.embedding import Embedded
from reports.errors import ReportError
from reports.looks import LEAST_CONTRAST, MOST_BYTES, Logo, Look, contrast_on_white
from reports.signing.places import has_place
from reports.signing.roles import ROLES
from tests.unit.reports.pdf_checks.reading import filespecs, nodes, opened, xmp

SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9">%b</svg>'


def png(width: int, height: int) -> bytes:
    def chunk(name: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    rows = zlib.compress(b"\0" + b"\x20\x50\x60" * width) if height == 1 else b""
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", rows) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    "content",
    [
        SVG % b"<script>alert(1)</script>",
        SVG % b'<image href="https://example.org/a.png"/>',
        SVG % b"<text>A</text>",
        SVG % b'<rect width="9" height="9" fill="url(https://example.org/a#b)"/>',
        SVG % b'<rect width="9" height="9" onload="alert(1)"/>',
        b'<!DOCTYPE svg [<!ENTITY a "b">]>' + SVG % b"",
        b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        SVG % b"<g>",
        SVG % (b"<g/>" * 3001),
        b"GIF89a",
        png(5000, 1),
        b"\x89PNG\r\n\x1a\n",
        b" " * (MOST_BYTES + 1),
    ],
)
def test_a_sign_that_reaches_outside_or_is_too_large_is_refused(content: bytes) -> None:
    with pytest.raises(ReportError, match=r"reports\.logo"):
        Logo(content, "示例")


def test_a_sign_needs_words_to_be_read_in_its_place() -> None:
    with pytest.raises(ReportError, match=r"reports\.logo"):
        Logo(SVG % b"", " ")


@pytest.mark.parametrize(
    "given",
    [{"accent": "red"}, {"accent": "#ffff00"}, {"accent": "#1d3f72; }"}, {"heading_face": "comic"}, {"cover": "right"},
     {"running": "字" * 41}],
)  # fmt: skip
def test_a_look_that_cannot_be_read_is_refused(given: dict[str, str]) -> None:
    with pytest.raises(ReportError, match=r"reports\.look"):
        Look(**given)


def test_contrast_is_that_of_wcag() -> None:
    assert contrast_on_white("#ffffff") == pytest.approx(1)
    assert contrast_on_white("#000000") == pytest.approx(21)
    assert contrast_on_white("#767676") == pytest.approx(4.54, abs=0.01)
    assert contrast_on_white(Look().accent) > LEAST_CONTRAST


@pytest.mark.parametrize("logo", [report_samples.LOGO, Logo(png(3, 1), "示例标志")])
def test_the_sign_of_the_institute_stands_on_the_cover_and_is_told(logo: Logo) -> None:
    content = pdf.build(report_samples.report(look=Look(logo=logo, running="示例院文件"), rows=1), {})
    with opened(content) as file:
        assert logo.alternative in [str(node.Alt) for node in nodes(file) if "/Alt" in node]
    pages = verify.printed_text(content)
    assert all("示例院文件" in page for page in pages[1:])


def test_the_colour_of_one_institute_does_not_stay_for_the_next() -> None:
    green, blue = (report_samples.report(look=Look(accent=accent), rows=1) for accent in ("#14505c", "#1d3f72"))
    first = pdf.build(green, {})
    assert pdf.build(blue, {}) != first
    assert pdf.build(green, {}) == first


@pytest.mark.parametrize("look", [None, report_samples.LOOK])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_letter_has_no_contents_but_its_salutation_and_the_places_of_signatures(
    look: Look | None, language: str
) -> None:
    content = pdf.build(report_samples.letter(language, look), {})
    text = "".join(verify.printed_text(content))
    known = report_samples.WORDS[language]
    assert f"{known['to']}{'：' if language == 'zh' else ':'}" in text
    assert known["date"] in text
    assert "目录" not in text
    assert "Contents" not in text
    reader = PdfFileReader(BytesIO(content))
    assert all(has_place(reader, role) for role in ROLES)


@pytest.mark.parametrize("look", [None, report_samples.LOOK])
def test_a_report_of_any_look_has_the_places_of_signatures(look: Look | None) -> None:
    reader = PdfFileReader(BytesIO(pdf.build(report_samples.report(look=look, rows=1), {})))
    assert all(has_place(reader, role) for role in ROLES)


def test_the_word_of_a_preview_lies_across_every_page_and_is_not_read_aloud() -> None:
    plain = report_samples.report(rows=20)
    content = pdf.build(replace(plain, cover=replace(plain.cover, across="预览")), {})
    with pypdfium2.PdfDocument(content) as document:
        assert all("预" in page.get_textpage().get_text_range() for page in document)


def test_words_of_another_language_are_told_to_be() -> None:
    plain = report_samples.report(rows=1)
    chapter = replace(plain.chapters[0], blocks=(Paragraph(("意向", Foreign("household", "en"), "。")),))
    with opened(pdf.build(replace(plain, chapters=(chapter,)), {})) as file:
        assert [str(node.Lang) for node in nodes(file) if "/Lang" in node] == ["en"]


def test_each_file_has_its_type_its_relation_and_its_words(plain_pdf: bytes) -> None:
    files = {
        "results.csv": Embedded("县,率\n".encode(), "text/csv", "印出的各项结果"),
        "edition.json": b"{}",
        "same.json": Embedded(b"{}", "application/json", "同样的内容", "Source"),
    }
    with opened(pdf.build(report_samples.report(rows=1), files)) as file:
        found = {
            str(each.UF): (str(each.EF.F.Subtype), str(each.AFRelationship), str(each.Desc)) for each in filespecs(file)
        }
    assert found == {
        "results.csv": ("/text/csv", "/Data", "印出的各项结果"),
        "edition.json": ("/application/json", "/Data", "edition.json"),
        "same.json": ("/application/json", "/Source", "同样的内容"),
    }


def test_a_file_of_no_known_type_or_relation_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"reports\.attachment_type"):
        pdf.build(report_samples.report(rows=1), {"results.bin": b""})
    with pytest.raises(DocumentError, match=r"reports\.attachment_relationship"):
        Embedded(b"", "text/csv", "结果", "Friend")


def test_signing_keeps_what_the_file_says_of_itself(plain_pdf: bytes, signed_pdf: bytes) -> None:
    with opened(plain_pdf) as before, opened(signed_pdf) as after:
        assert xmp(after) == xmp(before)
        assert xmp(after).count("<rdf:RDF") == 1
        assert "<rdf:li>zh-CN</rdf:li>" in xmp(after)
