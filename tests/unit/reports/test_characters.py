"""Every character of 通用规范汉字表 in every face that a report is set in, and a visible mark for what none has."""

import logging
from collections.abc import Iterator
from dataclasses import replace

import pypdfium2
import pytest

from reports import pdf
from reports.characters import mark_of, marked, marked_html
from reports.document import Chapter, Code, Column, Heading, Paragraph, Printed, Row, Strong, Table
from reports.faces import FONTS, LAYOUT, missing_characters
from tests.unit.reports import sample
from tests.unit.reports.pdf_checks.reading import actual_texts

STANDARD = (FONTS / "standard_characters.txt").read_text(encoding="utf-8").strip()
RARE = "𰻞"
"""biáng, U+30EDE: no face of ours has it."""


def test_the_standard_characters_have_their_glyphs() -> None:
    assert len(STANDARD) == len(set(STANDARD)) == 8105
    assert missing_characters(STANDARD) == ""


@pytest.mark.parametrize("face", ["Fangsong", "Song", "Title Song", "Hei", "Kai"])
def test_each_face_prints_all_standard_characters_and_they_are_read_back(
    face: str, caplog: pytest.LogCaptureFixture
) -> None:
    html = f"<html lang=\"zh\"><p style=\"font: 10pt 'Report {face}', 'Report Song'\">{STANDARD}</p></html>"
    with LAYOUT, caplog.at_level(logging.WARNING):
        laid_out = pdf.lay_out(html)
    assert "notdef" not in caplog.text
    assert sorted(set(STANDARD) - set("".join(pages_of(laid_out)))) == []


def test_a_character_that_no_face_has_is_marked_wherever_it_stands(caplog: pytest.LogCaptureFixture) -> None:
    blocks = (
        Heading(f"题{RARE}"),
        Paragraph((f"文{RARE}", Strong(f"重{RARE}"), Code(f"码{RARE}"), Printed("name", f"数{RARE}"))),
        Table(f"表{RARE}", (Column(f"栏{RARE}"),), (Row((f"格{RARE}",)),)),
    )
    plain = sample.document(rows=1)
    cover = replace(plain.cover, title=f"封{RARE}", subtitle=f"副{RARE}", number=f"号{RARE}", lead=f"人{RARE}")
    content = pdf.build(replace(plain, cover=cover, chapters=(Chapter(f"章{RARE}", blocks),)), {})
    assert "notdef" not in caplog.text
    text = "".join(pages_of(content))
    assert [before for before in "题文重码数表栏格封副号人章" if f"{before}〔U+30EDE〕" not in text] == []
    assert RARE in actual_texts(content)


def test_a_mark_names_the_character() -> None:
    assert marked(f"王{RARE}") == "王〔U+30EDE〕"
    assert mark_of("\u4e00") == "〔U+4E00〕"
    html = marked_html(f"<{RARE}>")
    assert html == '&lt;<span data-tag="Span" data-actual="&#200414;">〔U+30EDE〕</span>&gt;'
    assert marked_html("王") == "王"


def pages_of(content: bytes) -> Iterator[str]:
    with pypdfium2.PdfDocument(content) as document:
        for page in document:
            yield page.get_textpage().get_text_range().replace("\r\n", "")
