"""The same report by other programs: Typst, in our faces, and the print function of Chromium."""

import re
import subprocess
import tempfile
from pathlib import Path

import typst

from reports.document import Block, Document, Finding, Footnote, Heading, Items, Paragraph, Table, Text
from reports.faces import FONTS
from reports.html import TEMPLATES, render_html

PAGE = """#set page(paper: "a4", margin: (top: 37mm, bottom: 35mm, left: 28mm, right: 26mm), numbering: "— 1 —")
#set text(font: ("Report Fangsong", "Report Song"), size: 16pt, lang: "zh")
#set par(justify: true, first-line-indent: 2em, leading: 12pt)
#show heading: set text(font: "Report Hei", weight: "regular")
#show table: set text(size: 9pt, font: "Report Song")
#set table(stroke: (bottom: 0.4pt))
"""


def typst_source(document: Document) -> str:
    """Write a document in Typst's words: title, contents, chapters, annexes; charts are left out."""
    parts = [PAGE, f"#align(center)[#text(27pt, font: \"Report Title Song\")[{_words(document.cover.title)}]]",
             "#pagebreak()", "#outline()", "#pagebreak()"]  # fmt: skip
    parts += [_block(block) for block in document.summary]
    for chapter in document.chapters:
        parts += [f"= {_words(chapter.title)}", *(_block(block) for block in chapter.blocks)]
    for annex in document.annexes:
        parts += ["#pagebreak()", f"#set page(flipped: {str(annex.landscape).lower()})", f"= {_words(annex.title)}"]
        parts += [_block(block) for block in annex.blocks]
    return "\n\n".join(parts)


def by_typst(document: Document) -> bytes:
    made: bytes = typst.compile(  # type: ignore[misc]
        typst_source(document).encode("utf-8"),
        font_paths=[str(FONTS)],
        ignore_system_fonts=True,
        pdf_standards=["a-3a"],
    )
    return made


def by_chromium(document: Document) -> None:
    """Print the page that WeasyPrint is given, with its style and faces; what Chromium cannot do is left out."""
    faces = "".join(
        f"@font-face {{ font-family: '{_family(path)}'; src: url({path.as_uri()}) }}"
        for path in sorted(FONTS.glob("*.?tf"))
    )
    style = (TEMPLATES / "report.css").read_text(encoding="utf-8")
    page = render_html(document).replace("</head>", f"<style>{faces}{style}</style></head>")
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "report.html"
        file.write_text(page, encoding="utf-8")
        subprocess.run(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={folder}/profile",
             f"--print-to-pdf={folder}/report.pdf", file.as_uri()],
            check=True, capture_output=True,
        )  # fmt: skip


def _family(path: Path) -> str:
    """Return a face's name from its file: ReportTitleSong-Regular is Report Title Song."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", path.stem.removesuffix("-Regular"))


def _block(block: Block) -> str:
    if isinstance(block, Heading):
        return f"{'=' * block.level} {_words(block.text)}"
    if isinstance(block, Paragraph):
        return _words(block.text)
    if isinstance(block, Items):
        return "\n".join(f"+ {_words(item)}" for item in block.items)
    if isinstance(block, Finding):
        told = "\n\n".join(
            _words(each) for each in (block.title, block.verdict, block.found, block.certainty, block.meaning)
        )
        return f"#block(stroke: 0.6pt, inset: 8pt)[{told}]"
    if isinstance(block, Table):
        heads = ", ".join(f"[{_words(column.title)}]" for column in block.columns)
        cells = ",\n".join(", ".join(f"[{_words(cell)}]" for cell in row.cells) for row in block.rows)
        return f"#table(columns: {len(block.columns)}, table.header({heads}),\n{cells})"
    return ""


def _words(content: Text) -> str:
    parts = content if isinstance(content, tuple) else (content,)
    return "".join(_part(part) for part in parts)


def _part(part: object) -> str:
    if isinstance(part, Footnote):
        return f"#footnote[{_words(part.content)}]"
    text = part if isinstance(part, str) else str(getattr(part, "text", ""))
    return re.sub(r"([\\#*_$<>@\[\]`~/])", r"\\\1", text)
