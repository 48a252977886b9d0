"""The laid-out report: PDF/A marks, faces, figures, page numbers, the same bytes for the same input."""

import hashlib
import re
import subprocess
import sys
from dataclasses import replace
from io import BytesIO

import pypdfium2
import pytest
from pyhanko.pdf_utils.reader import PdfFileReader

from reports import pdf, verify
from reports.document import (
    Chapter,
    Code,
    Column,
    CommandLine,
    DocumentError,
    Heading,
    Items,
    Paragraph,
    Printed,
    Row,
    Strong,
    Table,
    printed_figures,
)
from reports.html import MOST_OPEN_ENTRIES, ROOM, balanced_lines, render_html, running_title
from tests.unit.reports import sample
from tests.unit.reports.conftest import ATTACHMENTS


@pytest.mark.parametrize("which", ["plain_pdf", "signed_pdf"])
def test_it_is_pdf_a_3a_with_each_attachment_once(which: str, request: pytest.FixtureRequest) -> None:
    root = PdfFileReader(BytesIO(request.getfixturevalue(which))).root
    metadata = root["/Metadata"].data.decode()
    assert re.search(r"pdfaid:part[>=\"]+3", metadata)
    assert re.search(r"pdfaid:conformance[>=\"]+A", metadata)
    assert metadata.count("<rdf:RDF") == 1
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


def test_rare_characters_of_names_have_their_glyphs_in_every_face(caplog: pytest.LogCaptureFixture) -> None:
    document = sample.document(rows=1)
    blocks = (Heading(sample.RARE), Paragraph((sample.RARE, Strong(sample.RARE))), Heading(sample.RARE, 3))
    rare = replace(document, chapters=(Chapter(sample.RARE, blocks),), annexes=())
    content = pdf.build(replace(rare, cover=replace(rare.cover, title=sample.RARE)), {})
    assert not caplog.records  # WeasyPrint warns of every character that is drawn as an empty box
    assert "".join(verify.printed_text(content)).count(sample.RARE) >= 8


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


def test_the_same_input_gives_the_same_bytes_in_another_process(plain_pdf: bytes) -> None:
    program = (
        "import hashlib; from reports import pdf; from tests.unit.reports import sample, conftest; "
        "print(hashlib.sha256(pdf.build(sample.document(), conftest.ATTACHMENTS)).hexdigest())"
    )
    run = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == hashlib.sha256(plain_pdf).hexdigest()


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


def test_lines_hold_28_characters_and_end_at_the_edge_of_the_block(plain_pdf: bytes) -> None:
    page = pypdfium2.PdfDocument(plain_pdf)[3].get_textpage()  # an even page: the block ends 28 mm before the edge
    ends, length = [], 0
    for index in range(page.count_chars()):
        if page.get_text_range(index, 1) in "\r\n":
            ends += [page.get_charbox(index - 1, loose=True)[2]] if length == 28 else []
            length = 0
        else:
            length += 1
    assert len(ends) >= 8
    assert ends == pytest.approx([(210 - 28) / 25.4 * 72] * len(ends), abs=0.5)


def test_a_table_over_several_pages_repeats_its_heads(plain_pdf: bytes) -> None:
    pages = [page for page in verify.printed_text(plain_pdf) if "3501251" in page]
    assert len(pages) >= 3
    assert all("行政村代码" in page for page in pages)


def test_wide_annexes_lie_on_landscape_pages(plain_pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(plain_pdf)
    wide = [index for index in range(len(document)) if document[index].get_width() > document[index].get_height()]
    assert wide
    pages = verify.printed_text(plain_pdf)
    assert all("抽样附件" in pages[index] or "3501251" in pages[index] for index in wide)


def test_a_footnote_stands_on_the_page_where_it_is_called(plain_pdf: bytes) -> None:
    (page,) = [text for text in verify.printed_text(plain_pdf) if "设计效应是" in text]
    assert "样本的设计效应[1]" in page


def test_the_hyphens_of_a_command_stand_apart() -> None:
    command = "evalsvc verify report.pdf --bundle bundle.zip"
    text = Paragraph(("这一段的末尾是要逐字照抄的一条命令，中间不能断行：", Code(command), "。"))
    document = replace(sample.document(rows=1), summary=(), chapters=(Chapter("核验", (text,)),), annexes=())
    with pypdfium2.PdfDocument(pdf.build(document, {})) as file:
        words = file[2].get_textpage()
        start = words.get_text_range().index(command)
        _, bottom, right, _ = words.get_charbox(start + command.index("-"))
        left, below, _, _ = words.get_charbox(start + command.index("-") + 1)
    assert left - right > 1
    assert below == bottom


def test_bookmarks_follow_the_chapters(plain_pdf: bytes) -> None:
    document = pypdfium2.PdfDocument(plain_pdf)
    titles = [bookmark.get_title() for bookmark in document.get_toc()]
    assert titles[:3] == ["福建省四县脱贫退出第三方评估报告", "目录", "结论摘要"]
    assert "（一）评估对象" in titles
    assert titles.index("一、评估概况") < titles.index("三、评估结果") < titles.index("附件1 抽样附件")


def test_a_report_of_true_data_carries_no_mark() -> None:
    content = pdf.build(sample.document(rows=1, simulated=False), {})
    assert "模拟数据" not in "".join(verify.printed_text(content))


def test_a_title_breaks_between_words() -> None:
    assert balanced_lines("福建省四县脱贫退出第三方评估报告") == ["福建省四县脱贫退出", "第三方评估报告"]
    bracketed = ["福建四县退出评估（模拟数据）", "第三方评估报告"]
    assert balanced_lines("".join(bracketed)) == bracketed
    assert balanced_lines("四县评估报告") == ["四县评估报告"]
    assert "".join(balanced_lines("字" * 50)) == "字" * 50
    assert max(map(len, balanced_lines("字" * 50))) <= 15


def test_a_long_title_is_shortened_in_the_head_of_the_pages() -> None:
    assert running_title("四县评估报告") == "四县评估报告"
    assert running_title("字" * 30) == "字" * 21 + "…"
    assert running_title("Third-party evaluation of four counties of Fujian").endswith("of four counties of…")
    assert running_title("字" * 30, ROOM) == "字" * 28 + "…"


def test_the_head_of_the_pages_holds_more_where_no_mark_stands_in_its_middle() -> None:
    document = sample.document(rows=1)
    for mark, kept in (("", "字" * 28 + "…"), ("模拟数据", "字" * 21 + "…")):
        html = render_html(replace(document, cover=replace(document.cover, title="字" * 40, mark=mark)))
        assert f'<span class="running-title">{kept}</span>' in html


def test_a_long_list_of_contents_is_set_closer() -> None:
    document = replace(sample.document(rows=1), annexes=(), summary=())
    chapter = Chapter("结果", tuple(Heading(f"第{number}项") for number in range(MOST_OPEN_ENTRIES)))
    open_one = replace(chapter, blocks=chapter.blocks[1:])
    for each, style in ((open_one, "contents"), (chapter, "contents dense")):
        assert f'<section class="{style}" id="contents">' in render_html(replace(document, chapters=(each,)))


def test_a_command_stands_on_a_line_of_its_own() -> None:
    command = "evalsvc verify report.pdf --bundle bundle.zip --log commitments.jsonl"
    chapter = Chapter("核验", (Items(("先下载，再运行：", ("运行：", CommandLine(command))), numbered=True),))
    document = replace(sample.document(rows=1), chapters=(chapter,), annexes=(), summary=())
    reader = pypdfium2.PdfDocument(pdf.build(document, ATTACHMENTS))
    lines = [line.strip() for page in reader for line in page.get_textpage().get_text_range().splitlines()]
    assert command in lines


def test_an_english_report_has_english_words() -> None:
    document = replace(sample.document(rows=1), language="en")
    text = "".join(verify.printed_text(pdf.build(document, {})))
    assert [word for word in ("Contents", "How sure", "Figure 1", "undecided") if word not in text] == []
    assert "目录" not in text


def test_text_cannot_become_markup() -> None:
    document = sample.document(rows=1)
    wild = replace(document, chapters=(Chapter("<h1>章</h1>", (Paragraph(("<b>粗</b>", Printed("<k>", "<1>"))),)),))
    text = "".join(verify.printed_text(pdf.build(wild, {})))
    assert "<b>粗</b><1>" in text
    assert "<h1>章</h1>" in text
