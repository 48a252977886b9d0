"""A document as a Word file for editing before release, from a template that an institute can replace.

The template holds cover, styles and page numbers (docxtpl fills its places); the body is written by its style names.
What is released is the signed PDF: the file says on its cover that it is not.
"""

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docx.enum.section import WD_ORIENT, WD_SECTION
from docx.shared import Mm
from docxtpl import DocxTemplate

from reports.document import Document, Heading
from reports.html import WORDS, Section, numbered
from reports.word_blocks import Writer, body_of, plain
from reports.word_file import Notes, field_of, settled

TEMPLATE = Path(__file__).parent / "templates" / "word.docx"
PLACE = "\ue000body\ue000"
"""Stands where the body is to come, until it is there."""
OWN = {
    "zh": {
        "notice": "供修改用，不是签发的报告；只有经签名的PDF才是报告。",
        "update": "打开后更新域（Ctrl+A，F9），即得页码。",
    },
    "en": {
        "notice": "For editing; not the signed report. Only the signed PDF is the report.",
        "update": "Update the fields after opening (Ctrl+A, F9) to get the page numbers.",
    },
}


def write_word(document: Document, template: bytes | None = None) -> bytes:
    """Return a document as DOCX; the same document and template give the same bytes.

    Parameters
    ----------
    template : bytes, optional
        An institute's own, with the places and style names of ours.
    """
    filled = DocxTemplate(io.BytesIO(TEMPLATE.read_bytes() if template is None else template))
    filled.render(_places(document), autoescape=True)
    word = filled.docx
    place = next(each for each in word.paragraphs if each.text == PLACE)
    notes = Notes("脚注")
    writer = Writer(word, notes, document.language[:2])
    place._p.getparent().remove(place._p)
    sections = numbered(document)
    parts = [each for each in (sections.summary, *sections.chapters, *sections.annexes) if each is not None]
    _contents(writer, parts, document.language[:2])
    for number, section in enumerate(parts):
        _section(writer, section, first=number == 0)
    notes.attach(word)
    _properties(word, document)
    return settled(word, document.cover.issued_at)


def _places(document: Document) -> dict[str, Any]:
    """Return what the places of the cover are filled with."""
    cover, words = document.cover, WORDS[document.language[:2]]
    facts = [
        {"label": words[name], "text": getattr(cover, name)}
        for name in ("client", "institute", "lead", "reviewer", "number", "date")
        if getattr(cover, name)
    ]
    facts += [{"label": fact.label, "text": plain(fact.text)} for fact in cover.facts]
    named = {name: getattr(cover, name) for name in ("title", "subtitle", "kind", "mark", "mark_explained")}
    return {
        **named,
        "facts": facts,
        "colon": words["colon"],
        "notice": OWN[document.language[:2]]["notice"],
        "body": PLACE,
    }


def _contents(writer: Writer, sections: list[Section], language: str) -> None:
    """Write the contents as a field that the editor fills with page numbers; until then it shows the headings."""
    writer.paragraph(WORDS[language]["contents"], "Title").paragraph_format.page_break_before = True
    entries = "\n".join(_entries(sections))
    field_of(writer.paragraph("", "目录文字"), 'TOC \\o "1-2" \\h \\z \\u', entries)
    writer.paragraph(OWN[language]["update"], "注")


def _entries(sections: list[Section]) -> Iterator[str]:
    for section in sections:
        yield section.label + section.title
        for placed in section.blocks:
            if isinstance(placed.block, Heading) and placed.block.level == 2:
                yield "　　" + placed.label + placed.block.text


def _section(writer: Writer, section: Section, *, first: bool) -> None:
    """Write a section; an annex on landscape pages has a page form of its own."""
    _turn(writer.document, landscape=section.landscape)
    heading = writer.paragraph(section.label + section.title, "Heading 1")
    heading.paragraph_format.page_break_before = first or None
    body_of(writer, section.blocks)


def _turn(document: Any, *, landscape: bool) -> None:
    """Begin pages of the other form where the form changes."""
    last = document.sections[-1]
    if (last.orientation == WD_ORIENT.LANDSCAPE) == landscape:
        return
    new = document.add_section(WD_SECTION.NEW_PAGE)
    new.orientation = WD_ORIENT.LANDSCAPE if landscape else WD_ORIENT.PORTRAIT
    new.page_width, new.page_height = (Mm(297), Mm(210)) if landscape else (Mm(210), Mm(297))
    new.different_first_page_header_footer = False


def _properties(word: Any, document: Document) -> None:
    properties, cover = word.core_properties, document.cover
    properties.title, properties.author, properties.last_modified_by = cover.title, cover.institute, cover.institute
    properties.subject, properties.keywords = f"{cover.subtitle} {cover.number}".strip(), ", ".join(document.keywords)
    properties.comments, properties.language = OWN[document.language[:2]]["notice"], document.language
