"""Make word.docx, the template of files for editing: styles by GB/T 9704, the cover's places, page numbers.

`python -m reports.templates.make_word_template`; the same script gives the same bytes. An institute may give its own
template with the same places and style names.
"""

from pathlib import Path
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from docx.styles.style import ParagraphStyle

from reports.word_file import field_of, settled

TEMPLATE = Path(__file__).with_name("word.docx")
WESTERN = "Times New Roman"
SONG, HEI, KAI, FANG, TITLE = "宋体", "黑体", "楷体", "仿宋", "方正小标宋简体"
LEFT = WD_ALIGN_PARAGRAPH.LEFT
LINE = 28.0
"""Points from line to line: 22 lines on a page."""
TABLE_TEXT, SMALL_TEXT = "表格文字", "表格小字"


def make() -> bytes:
    """Return the template."""
    document = Document()
    package = document.part.package
    for key in [key for key, each in package.rels.items() if each.reltype.endswith("/thumbnail")]:
        package.rels.pop(key)  # a picture of the library's own template
    _page(document)
    _styles(document)
    _cover(document)
    _footer(document)
    update = OxmlElement("w:updateFields")
    update.set(qn("w:val"), "true")
    document.settings.element.append(update)
    return settled(document)


def _page(document: Any) -> None:
    """Set A4 with the text block of the standard, 156 x 225 mm."""
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.top_margin, section.bottom_margin = Mm(37), Mm(35)
    section.left_margin, section.right_margin = Mm(28), Mm(26)
    section.footer_distance = Mm(24)
    section.different_first_page_header_footer = True


def _styles(document: Any) -> None:
    normal = _style(document, "Normal", FANG, 16)
    normal.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY
    normal.paragraph_format.line_spacing = Pt(LINE)
    normal.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.JUSTIFY
    normal.paragraph_format.space_after = Pt(0)
    normal.paragraph_format.widow_control = True
    title = _style(document, "Title", TITLE, 22, centred=True, line=34)
    for border in title.element.pPr.findall(qn("w:pBdr")):  # the library's own template rules it off
        title.element.pPr.remove(border)
    for level, face in ((1, HEI), (2, KAI), (3, FANG), (4, FANG)):
        heading = _style(document, f"Heading {level}", face, 16, line=LINE, indent=2)
        heading.font.bold = level == 3
        heading.paragraph_format.keep_with_next = True
        heading.paragraph_format.space_before = heading.paragraph_format.space_after = Pt(0)
    _style(document, "正文缩进", FANG, 16, base="Normal", indent=2)
    _style(document, "Caption", HEI, 12, centred=True, line=20).paragraph_format.keep_with_next = True
    _style(document, "图题", HEI, 12, centred=True, line=20, base="Normal")
    _style(document, "图", FANG, 12, centred=True, line=None, base="Normal").paragraph_format.keep_with_next = True
    _style(document, "目录文字", FANG, 14, line=24, base="Normal").paragraph_format.alignment = LEFT
    _style(document, TABLE_TEXT, FANG, 10.5, line=16, base="Normal").paragraph_format.alignment = LEFT
    _style(document, SMALL_TEXT, FANG, 9, line=13, base="Normal").paragraph_format.alignment = LEFT
    _style(document, "注", KAI, 10.5, line=17, base="Normal")
    _style(document, "结论标题", HEI, 16, line=LINE, base="Normal").paragraph_format.keep_with_next = True
    _style(document, "提示", HEI, 14, centred=True, line=24, base="Normal").font.color.rgb = RGBColor(0x9D, 0x1C, 0x1C)
    _style(document, "封面文字", FANG, 16, centred=True, line=LINE, base="Normal")
    _style(document, "脚注", FANG, 9, line=13, base="Normal")
    document.styles["Table Grid"].font.size = Pt(10.5)


def _style(
    document: Any, name: str, face: str, size: float, *, centred: bool = False, line: float | None = LINE,
    base: str = "", indent: int = 0,
) -> ParagraphStyle:  # fmt: skip
    """Set a style: its face for Chinese, its size, its line; `indent` counts characters."""
    known = name in [each.name for each in document.styles]
    style: ParagraphStyle = document.styles[name] if known else document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if base and name != base:
        style.base_style = document.styles[base]
    style.font.name, style.font.size = WESTERN, Pt(size)
    style.font.color.rgb = RGBColor(0, 0, 0)
    style.font.bold = style.font.italic = False
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for old in [key for key in fonts.attrib if "Theme" in key]:
        del fonts.attrib[old]
    fonts.set(qn("w:eastAsia"), face)
    fonts.set(qn("w:hAnsi"), WESTERN)
    form = style.paragraph_format
    if centred:
        form.alignment = WD_ALIGN_PARAGRAPH.CENTER
    form.line_spacing_rule = WD_LINE_SPACING.SINGLE if line is None else WD_LINE_SPACING.EXACTLY
    if line is not None:
        form.line_spacing = Pt(line)
    form.first_line_indent = Pt(size * indent) if indent else Pt(0)
    return style


def _cover(document: Any) -> None:
    """Write the places that the document fills; what follows the mark `{{ body }}` is the report itself."""
    for style, text in (
        ("提示", "{{ notice }}"),
        ("封面文字", ""),
        ("封面文字", "{{ kind }}"),
        ("Title", "{{ title }}"),
        ("封面文字", "{{ subtitle }}"),
        ("提示", "{{ mark }}"),
        ("封面文字", "{{ mark_explained }}"),
        ("封面文字", ""),
        ("封面文字", "{%p for fact in facts %}"),
        ("封面文字", "{{ fact.label }}{{ colon }}{{ fact.text }}"),
        ("封面文字", "{%p endfor %}"),
        ("Normal", "{{ body }}"),
    ):
        document.add_paragraph(text, style=style)


def _footer(document: Any) -> None:
    """Number the pages by the field of the editor, with dashes; the cover has no number."""
    paragraph = document.sections[0].footer.paragraphs[0]
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    paragraph.add_run("— ")
    field_of(paragraph, "PAGE", "1")
    paragraph.add_run(" —")


if __name__ == "__main__":
    TEMPLATE.write_bytes(make())
