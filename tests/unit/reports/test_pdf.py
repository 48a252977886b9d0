"""The laid-out report: PDF/A marks, faces, figures, page numbers, the same bytes for the same input."""

import re
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pytest
from fontTools.ttLib import TTFont
from pyhanko.pdf_utils.reader import PdfFileReader

from reports import pdf, verify
from reports.document import Column, DocumentError, Printed, Row, Table, printed_figures
from reports.faces import FONTS
from tests.unit.reports import sample
from tests.unit.reports.conftest import ATTACHMENTS


def test_it_is_pdf_a_3a_with_each_attachment_once(plain_pdf: bytes) -> None:
    root = PdfFileReader(BytesIO(plain_pdf)).root
    metadata = root["/Metadata"].data.decode()
    assert re.search(r"pdfaid:part[>=\"]+3", metadata)
    assert re.search(r"pdfaid:conformance[>=\"]+A", metadata)
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "zh-CN"
    assert len(root["/AF"]) == len(ATTACHMENTS)
    assert root["/OutputIntents"]


def test_every_face_is_embedded_and_is_ours(plain_pdf: bytes) -> None:
    reader = PdfFileReader(BytesIO(plain_pdf))
    names = set()
    for page in map(reader.root["/Pages"]["/Kids"].__getitem__, range(reader.root["/Pages"]["/Count"])):
        for font in map(page["/Resources"]["/Font"].__getitem__, page["/Resources"]["/Font"]):
            descendant = font["/DescendantFonts"][0]
            names.add(str(descendant["/BaseFont"]).split("+")[-1])
            assert {"/FontFile2", "/FontFile3"} & set(descendant["/FontDescriptor"])
    assert names
    assert all(name.startswith("Report") for name in names)


def test_rare_characters_of_names_have_their_glyphs() -> None:
    known = TTFont(FONTS / "ReportSong-Regular.otf").getBestCmap()
    assert [sign for sign in sample.RARE if ord(sign) not in known] == []


def test_the_standard_characters_have_their_glyphs() -> None:
    known = TTFont(FONTS / "ReportSong-Regular.otf").getBestCmap()
    standard = (FONTS / "standard_characters.txt").read_text(encoding="utf-8").strip()
    assert len(standard) == 8105
    # Noto Serif CJK of 2022 lacks these of 通用规范汉字表; reports.md names them.
    assert [sign for sign in standard if ord(sign) not in known] == []


def test_the_words_can_be_read_back(plain_pdf: bytes) -> None:
    text = "".join(verify.printed_text(plain_pdf)).replace("\n", "").replace("\r", "")
    assert sample.RARE in text
    assert "模拟数据" in text
    assert "不能判定" in text


def test_every_printed_figure_stands_on_the_pages(plain_pdf: bytes) -> None:
    printed = printed_figures(sample.document())
    assert len(printed) >= 20
    assert verify.check_printed(verify.printed_text(plain_pdf), printed) == ()


def test_a_figure_that_is_not_on_the_pages_is_named(plain_pdf: bytes) -> None:
    wrong = Printed("wrong_exit/county_code=350125/estimate", "0.62%")
    part = Printed("part", "61%")  # stands on the pages only inside 0.61%
    assert verify.check_printed(verify.printed_text(plain_pdf), [wrong, part]) == (wrong, part)


def test_the_contents_give_the_right_pages(plain_pdf: bytes) -> None:
    pages = [re.sub(r"\s", "", page) for page in verify.printed_text(plain_pdf)]
    entries = dict(re.findall(r"([一二三四]、[^.…·]+?)[.…·]*(\d+)", pages[1]))
    assert set(entries) >= {"一、评估概况", "三、评估结果"}
    for title, number in entries.items():
        assert title in pages[int(number) - 1], title


def test_each_page_says_that_the_data_are_simulated(plain_pdf: bytes) -> None:
    pages = [re.sub(r"\s", "", page) for page in verify.printed_text(plain_pdf)]
    assert all("模拟数据" in page for page in pages)


def test_the_same_input_gives_the_same_bytes() -> None:
    program = (
        "import hashlib; from reports import pdf; from tests.unit.reports import sample, conftest; "
        "print(hashlib.sha256(pdf.build(sample.document(), conftest.ATTACHMENTS)).hexdigest())"
    )
    runs = [subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True) for _ in "ab"]
    assert runs[0].stdout == runs[1].stdout


def test_a_time_without_zone_is_refused() -> None:
    document = sample.document()
    naive = replace(document, cover=replace(document.cover, issued_at=document.cover.issued_at.replace(tzinfo=None)))
    with pytest.raises(DocumentError, match=r"reports\.time_without_zone"):
        pdf.build(naive, {})


def test_a_row_that_does_not_fit_is_refused() -> None:
    with pytest.raises(DocumentError, match=r"reports\.row_length"):
        Table("表", (Column("县"), Column("率")), (Row(("只有一格",)),))


def test_one_key_has_one_text() -> None:
    document = sample.document()
    twice = replace(document, keywords=(Printed("a", "1"), Printed("a", "2")))  # type: ignore[arg-type]
    with pytest.raises(DocumentError, match=r"reports\.key_twice"):
        printed_figures(twice)
