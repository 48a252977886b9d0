"""A report as a Word file for editing: every figure and word is in it, and it says that it is not the report."""

import io
import zipfile
from dataclasses import replace
from xml.etree import ElementTree

import docx
import pytest
from docx.enum.section import WD_ORIENT

from reports.document import Chapter, Footnote, Paragraph, Printed, printed_figures
from reports.templates.make_word_template import TEMPLATE, make
from reports.word import OWN, write_word
from tests.unit.reports import sample

WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"


@pytest.fixture(scope="module")
def data():
    return write_word(sample.document())


@pytest.fixture(scope="module")
def word(data):
    return docx.Document(io.BytesIO(data))


def words_of(data, part="word/document.xml"):
    root = ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(data)).read(part))
    return "\n".join("".join(text.text or "" for text in each.iter(f"{WORD}t")) for each in root.iter(f"{WORD}p"))


def test_the_cover_says_what_the_file_is_not(word):
    assert word.paragraphs[0].text == OWN["zh"]["notice"]
    assert word.core_properties.comments == OWN["zh"]["notice"]
    assert word.core_properties.title == sample.document().cover.title


def test_every_printed_figure_stands_in_the_words_or_is_read_aloud_with_its_chart(data, word):
    printed = printed_figures(sample.document())
    aloud = [each.get("descr") for each in word.element.iter() if each.tag.endswith("}docPr")]
    words = "\n".join([words_of(data), *aloud])
    assert len(printed) > 20
    assert [figure for figure in printed if figure.text not in words] == []


def test_headings_are_numbered_as_on_paper_and_listed_in_the_contents(word):
    headings = [each.text for each in word.paragraphs if each.style.name.startswith("Heading")]
    assert {"一、评估概况", "（一）评估对象", "1．分层"} <= set(headings)
    contents = next(each for each in word.paragraphs if each.style.name == "目录文字")
    assert "一、评估概况" in contents.text and "（一）评估对象" in contents.text
    fields = [each.text for each in contents._p.iter(f"{WORD}instrText")]
    assert [each.split()[0] for each in fields] == ["TOC"]
    footer = [each.text for each in word.sections[0].footer._element.iter(f"{WORD}instrText")]
    assert [each.strip() for each in footer] == ["PAGE"]


def test_tables_repeat_their_heads_and_tear_no_row(word):
    table = word.tables[0]
    head = table.rows[0]._tr.trPr
    assert head.find(f"{WORD}tblHeader") is not None
    assert all(row._tr.trPr.find(f"{WORD}cantSplit") is not None for row in table.rows)
    assert table.rows[-1].cells[1].text == "7,358"
    assert all(run.bold for run in table.rows[-1].cells[1].paragraphs[0].runs)


def test_wide_annexes_lie_on_landscape_pages(word):
    forms = [section.orientation for section in word.sections]
    assert WD_ORIENT.LANDSCAPE in forms and forms[0] == WD_ORIENT.PORTRAIT


def test_charts_are_pictures_with_a_description(word, data):
    pictures = [each for each in zipfile.ZipFile(io.BytesIO(data)).namelist() if each.endswith(".png")]
    described = [each.get("descr") for each in word.element.iter() if each.tag.endswith("}docPr")]
    assert len(pictures) == len(described) == 2
    assert described[0].startswith("脱贫人口错退率")


def test_notes_stand_at_the_foot(data):
    document = sample.document()
    notes = words_of(data, "word/footnotes.xml")
    chapter = Chapter("注", (Paragraph(("文", Footnote(("见", Printed("k", "1.5%"), " <b>")))),))
    more = write_word(replace(document, chapters=(chapter,), annexes=(), summary=()))
    assert "设计效应" in notes
    assert "见1.5% <b>" in words_of(more, "word/footnotes.xml")
    without = write_word(replace(document, chapters=(), annexes=(), summary=()))
    assert "word/footnotes.xml" not in zipfile.ZipFile(io.BytesIO(without)).namelist()


def test_the_same_document_gives_the_same_bytes_and_so_does_the_template(data):
    assert write_word(sample.document()) == data
    assert make() == TEMPLATE.read_bytes()


def test_an_institute_may_give_its_own_template(data):
    own = docx.Document(io.BytesIO(TEMPLATE.read_bytes()))
    own.paragraphs[0].insert_paragraph_before("本院模板 {{ number_of_nothing }}{{ title }}")
    buffer = io.BytesIO()
    own.save(buffer)
    made = docx.Document(io.BytesIO(write_word(sample.document(), buffer.getvalue())))
    assert made.paragraphs[0].text == "本院模板 " + sample.document().cover.title


def test_text_of_a_report_is_no_mark_up_of_the_template():
    document = sample.document()
    cover = replace(document.cover, title="{{ 7 * 7 }} <w:p/> &")
    made = docx.Document(io.BytesIO(write_word(replace(document, cover=cover, chapters=(), annexes=(), summary=()))))
    assert "{{ 7 * 7 }} <w:p/> &" in [each.text for each in made.paragraphs]
