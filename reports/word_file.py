"""Parts of a Word file that the library leaves to its users: fields, footnotes, and bytes that do not change."""

import io
from datetime import UTC, datetime
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import OxmlElement
from docx.oxml.ns import nsdecls, qn
from markupsafe import escape

from reports.office_file import EPOCH, repacked

NOTES_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml.footnotes+xml"
SEPARATORS = (
    '<w:footnote w:type="separator" w:id="-1"><w:p><w:r><w:separator/></w:r></w:p></w:footnote>'
    '<w:footnote w:type="continuationSeparator" w:id="0"><w:p><w:r><w:continuationSeparator/></w:r></w:p></w:footnote>'
)


def field_of(paragraph: Any, instruction: str, shown: str) -> None:
    """Add a field (PAGE, TOC ...) and what it shows until the editor computes it."""
    for kind, text in (("begin", ""), ("instruction", instruction), ("separate", ""), ("shown", shown), ("end", "")):
        run = paragraph.add_run()
        if kind == "shown":
            run.text = text
        elif kind == "instruction":
            element = OxmlElement("w:instrText")
            element.set(qn("xml:space"), "preserve")
            element.text = f" {text} "
            run._r.append(element)
        else:
            element = OxmlElement("w:fldChar")
            element.set(qn("w:fldCharType"), kind)
            run._r.append(element)


class Notes:
    """The footnotes of a document, numbered in the order in which they are called."""

    def __init__(self, style: str) -> None:
        self._style = style
        self._notes: list[str] = []

    def call(self, paragraph: Any, text: str) -> None:
        """Put the number of a new note at the end of a paragraph."""
        self._notes.append(text)
        run = paragraph.add_run()
        run.font.superscript = True
        reference = OxmlElement("w:footnoteReference")
        reference.set(qn("w:id"), str(len(self._notes)))
        run._r.append(reference)

    def attach(self, document: Any) -> None:
        """Put the notes into the document; without any nothing is added."""
        if not self._notes:
            return
        notes = "".join(_note(number, text, self._style) for number, text in enumerate(self._notes, start=1))
        content = f"<w:footnotes {nsdecls('w')}>{SEPARATORS}{notes}</w:footnotes>"
        head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
        part = Part(PackURI("/word/footnotes.xml"), NOTES_TYPE, (head + content).encode(), document.part.package)
        document.part.relate_to(part, RELATIONSHIP_TYPE.FOOTNOTES)


def _note(number: int, text: str, style: str) -> str:
    return (
        f'<w:footnote w:id="{number}"><w:p><w:pPr><w:pStyle w:val="{style}"/></w:pPr>'
        '<w:r><w:rPr><w:vertAlign w:val="superscript"/></w:rPr><w:footnoteRef/></w:r>'
        f'<w:r><w:t xml:space="preserve"> {escape(text)}</w:t></w:r></w:p></w:footnote>'
    )


def settled(document: Any, at: datetime = EPOCH) -> bytes:
    """Save a document so that the same content gives the same bytes: its own times are those given."""
    properties = document.core_properties
    properties.created = properties.modified = properties.last_printed = at.astimezone(UTC).replace(tzinfo=None)
    properties.revision = 1
    buffer = io.BytesIO()
    document.save(buffer)
    return repacked(buffer.getvalue(), at)
