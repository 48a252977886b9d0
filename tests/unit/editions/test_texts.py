"""Texts of reports: what they are turned into, and every mistake with its file, its line and what to do."""

import re
import time
from pathlib import Path

import pytest

from evalsvc.editions.chapters.functions import (
    BLOCKS,
    CHARTS_OF_INDICATORS,
    FIELDS,
    NAMES,
    TABLES_OF_COUNTIES,
    TABLES_OF_INDICATORS,
)
from evalsvc.editions.chapters.grammar import LONGEST_TEXT
from evalsvc.editions.report import document_of, printed_of
from evalsvc.errors import InvalidError
from evalsvc.words import catalogue, sentence
from reports.document import CommandLine, Footnote, Heading, Items, Paragraph, Printed, Row, Strong, Table
from tests.unit.editions.printed_words import chapter, told, with_text

LONG = "x" * (LONGEST_TEXT + 1)


def blocks_of(facts, text):
    return chapter(with_text(facts, f"# 试写\n\n{text}\n"), "试写")


def complaints_of(facts, text, name="glossary.md"):
    with pytest.raises(InvalidError) as caught:
        document_of(with_text(facts, text, name))
    assert caught.value.code == "report_text.refused"
    return caught.value.complaints


def test_markdown_becomes_the_blocks_of_a_report(facts):
    heading, paragraph, numbered, plain, table = blocks_of(
        facts,
        "## 一节\n\n第一行\n第二行**要点。**后文`id`[^a]。\n\n1. 甲\n2. 运行：\n   ```\n   evalsvc verify\n   ```\n\n"
        "- 乙\n\n"
        "：名称\n\n| 县 | 数 |\n|---|---:|\n| 甲县 | 三 |\n\n[^a]: 脚注。\n",
    )
    assert heading == Heading("一节", 2)
    assert paragraph.text[0] == "第一行第二行"
    assert paragraph.text[1] == Strong("要点。")
    assert paragraph.text[-2:] == (Footnote(("脚注。",)), "。")
    assert numbered == Items(("甲", ("运行：", CommandLine("evalsvc verify"))), numbered=True)
    assert plain == Items(("乙",))
    assert (table.caption, [each.align for each in table.columns]) == ("名称", ["start", "end"])
    assert table.rows == (Row(("甲县", "三")),)


def test_lines_are_joined_as_each_language_does_it(facts):
    assert told(blocks_of(facts, "一行\n二行\n\ntwo\nlines")) == ["一行二行", "two lines"]


def test_a_line_of_which_nothing_is_left_does_not_end_a_paragraph(facts):
    nothing = "{% if false %}没有{% endif %}"
    text = f"甲\n{{% if false %}}\n没有\n{{% endif %}}\n乙{nothing}\n{nothing}\n丙\n\n丁"
    assert told(blocks_of(facts, text)) == ["甲乙丙", "丁"]


def test_figures_keep_their_keys_and_tables_stand_where_they_are_called(facts):
    code = facts["frame"]["counties"][0]["code"]
    text = (
        "{% for county in counties() %}{% if loop.first %}为**{{ figure(county, 'missed_rate', 'estimate') }}**"
        "{% endif %}{% endfor %}，{{ count('fieldwork', 'all', 'opened') }}户。\n\n{{ table('cases') }}\n"
    )
    paragraph, table = blocks_of(facts, text)
    assert [part.key for part in paragraph.text if isinstance(part, Printed)] == [
        f"missed_rate/{code}/estimate",
        "fieldwork/all/opened",
    ]
    assert isinstance(table, Table)


def test_nothing_of_the_data_is_read_as_markdown_or_as_a_template(facts):
    hostile = "# 标题 **粗** <b>x</b> | a | {{ 1 }} {% if %} [^a] ![](x)"
    facts["evaluation"]["name"] = hostile
    (paragraph,) = blocks_of(facts, "名为{{ evaluation.name }}。")
    assert paragraph == Paragraph(f"名为{hostile}。")


@pytest.mark.parametrize(
    ("text", "code", "row"),
    [
        ("# 甲\n\n{% if true %}\n没有结束\n", "syntax", 3),
        ("# 甲\n\n{{ evaluation.name \n", "syntax", 3),
        ("# 甲\n\n\n{{ evaluaton.name }}", "unknown_name", 4),
        ("# 甲\n{% if false %}\n{{ nothing }}\n{% endif %}", "unknown_name", 3),
        ("# 甲\n\n{{ evaluation.nam }}", "unknown_field", 3),
        ("# 甲\n\n一行\n{{ table('ovrview') }}", "unknown_block", 4),
        ("# 甲\n\n{{ table('results') }}", "unknown_block", 3),
        ("# 甲\n\n{{ chart('overview') }}", "unknown_block", 3),
        ("# 甲\n\n{{ count('fieldwork', 'all', 'completd') }}", "unknown_count", 3),
        ("# 甲\n\n{{ count('edition', 'institute') }}", "unknown_count", 3),
        ("# 甲\n\n{{ figure('000000', 'missed_rate', 'estimate') }}", "unknown_county", 3),
        ("# 甲\n\n{{ figure(counties(), 'missed_rate', 'low') }}", "unknown_figure", 3),
        ("# 甲\n\n{{ table('results', 'missing_rate') }}", "unknown_indicator", 3),
        ("# 甲\n\n{% for each in judged(counties(), 'good') %}{% endfor %}", "unknown_verdict", 3),
        ("# 甲\n\n{{ number('fieldwork', 'all', 'opened') }}", "not_printable", 3),
        ("# 甲\n\n{{ counties() }}", "not_printable", 3),
        ("# 甲\n\n{% for each in 'abc' %}{% endfor %}", "no_list", 3),
        ("# 甲\n\n{{ count() }}", "unknown_count", 3),
        ("# 甲\n\n{{ figure() }}", "not_rendered", 3),
        ("# 甲\n\n{{ 1 + 1 }}", "not_allowed", 3),
        ("# 甲\n\n{{ evaluation.name | upper }}", "not_allowed", 3),
        ("# 甲\n\n{% set count = 1 %}", "taken_name", 3),
        ("# 甲\n\n\U000f0001", "private_sign", 3),
        ("没有标题", "no_title", 1),
        ("# 甲\n\n正文\n\n# 乙\n", "heading_level", 5),
        ("# 甲\n\n##### 太深\n", "heading_level", 3),
        ("# 甲\n\n见{{ table('cases') }}。", "block_in_line", 3),
        ("# 甲\n\n- {{ table('cases') }}", "block_in_line", 3),
        ("# 甲\n\n{% for each in counties() %}\n{{ finding(each) }}\n\n- 一\n- 二\n\n{% endfor %}", "finding", 4),
        ("# 甲\n\n## {{ count('fieldwork', 'all', 'opened') }}户", "not_plain", 3),
        ("# 甲\n\n| 县 |\n|---|\n| 甲 |", "table_caption", 3),
        ("# 甲\n\n正文\n<b>粗</b>", "markdown", 4),
        ("# 甲\n\n<script>alert(1)</script>", "markdown", 3),
        ("# 甲\n\n![图](a.png)", "markdown", 3),
        ("# 甲\n\n[名](http://example.org)", "markdown", 3),
        ("# 甲\n\n> 引用", "markdown", 3),
        ("# 甲\n\n---", "markdown", 3),
        ("# 甲\n\n- 一\n  - 二", "markdown", 4),
        (LONG, "long", 1),
    ],
)
def test_every_mistake_is_told_with_its_line_and_what_to_do(facts, text, code, row):
    (found,) = complaints_of(facts, text)
    assert (found.code, found.row, found.file) == (f"report_text.{code}", row, "zh/shared/glossary.md")
    for language in ("zh", "en"):
        words = sentence(found.code, found.details, language)
        assert (
            "glossary.md" in words
            and "%(" not in words
            and "—" not in words.replace("相近的是：—", "").replace("near to it is —", "")
        )


def test_mistakes_of_all_texts_are_told_at_once(facts):
    wrong = with_text(with_text(facts, "# 甲\n{{ a }}\n{{ b }}"), "# 乙\n{{ c }}", "cases.md")
    with pytest.raises(InvalidError) as caught:
        document_of(wrong)
    assert [(each.file, each.row) for each in caught.value.complaints] == [
        ("zh/general/cases.md", 2), ("zh/shared/glossary.md", 2), ("zh/shared/glossary.md", 3)
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    [
        "{{ evaluation.__class__ }}",
        "{{ counties.__globals__ }}",
        "{{ evaluation.name.format }}",
        "{{ ''.__class__.__mro__ }}",
        "{{ evaluation['__class__'] }}",
        "{{ loop.__class__ }}",
        "{% for each in counties() %}{{ loop.cycle }}{% endfor %}",
        "{{ counties().append('x') }}",
        "{{ self }}",
        "{{ range(10) }}",
        "{{ lipsum() }}",
        "{{ cycler }}",
        "{{ counted(counties()) }}",
        "{% set counted = 1 %}",
        "{% include 'a' %}",
        "{% import 'a' as a %}",
        "{% extends 'a' %}",
        "{% block a %}{% endblock %}",
        "{% macro a() %}{{ a() }}{% endmacro %}",
        "{% call a() %}{% endcall %}",
        "{% filter upper %}a{% endfilter %}",
        "{% with a = 1 %}{% endwith %}",
        "{% set a %}x{% endset %}",
        "{% for a in [[1]] recursive %}{{ loop(a) }}{% endfor %}",
        "{{ 'a' * 1000000000 }}",
        "{{ 9 ** 9 ** 9 }}",
        "{{ 'a' ~ 'b' }}",
        "{{ [1, 2][0:1] }}",
        "{{ {'a': 1} }}",
        "{{ count(*counties()) }}",
        "{{ count(**draw) }}",
        "{{ evaluation is defined }}",
        "{{ evaluation | attr('__class__') }}",
    ],
)
def test_no_text_reaches_python_or_computes(facts, text):
    assert complaints_of(facts, f"# 甲\n\n{text}")[0].row == 3


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{% for a in indicators() %}" * 6 + "x" + "{% endfor %}" * 6, "many_turns"),
        ("{% for a in indicators() %}" * 4 + "长" * 200 + "{% endfor %}" * 4, "much_output"),
        ("{% for a in indicators() %}" * 4 + "{{ edition.number }}" * 20 + "{% endfor %}" * 4, "many_marks"),
        ("{% for a in indicators() %}" * 4 + "\n{{ table('cases') }}\n" + "{% endfor %}" * 4, "many_cells"),
        ("{% for a in indicators() %}" * 4 + "\n## 节\n" + "{% endfor %}" * 4, "many_headings"),
        ("{% for a in indicators() %}" * 4 + "\n- 一\n- 二\n" + "{% endfor %}" * 4, "many_blocks"),
        ("{% for a in indicators() %}" * 3 + "注[^a]" + "{% endfor %}" * 3 + "\n\n[^a]: 脚注\n", "many_notes"),
        ("{% if true %}" * 13 + "{% endif %}" * 13, "too_deep"),
        ("{{ " + "(" * 5000 + "1" + ")" * 5000 + " }}", "syntax"),
        ("{{ " + "not " * 5000 + "1 }}", "syntax"),
        ("{{ " + "1" * 5000 + " }}", "syntax"),
        ("{% for a in [" + "1," * 15000 + "] %}{% for b in indicators() %}x{% endfor %}{% endfor %}", "many_turns"),
        ("> " * 10_000, "markdown"),
        ("- " * 10_000, "markdown"),
        ("[" * 20_000, None),
        ("**a" * 10_000, None),
        ("`a" * 15_000, None),
        ("[^1]" * 8_000, None),
        ("|" * 30_000, None),
    ],
)
def test_bombs_end_soon(facts, text, code):
    begun = time.process_time()
    if code is None:
        assert document_of(with_text(facts, f"# 甲\n\n{text}")).chapters
    else:
        assert complaints_of(facts, f"# 甲\n\n{text}")[0].code == f"report_text.{code}"
    assert time.process_time() - begun < 20


def test_every_block_that_can_be_named_can_be_placed(facts):
    code = facts["frame"]["counties"][0]["code"]
    given = {**dict.fromkeys(TABLES_OF_COUNTIES, code), **dict.fromkeys(TABLES_OF_INDICATORS, "missed_rate")}
    given |= dict.fromkeys(CHARTS_OF_INDICATORS, "missed_rate")
    for place, names in BLOCKS.items():
        for name in sorted(names):
            of = f", '{given[name]}'" if name in given else ""
            blocks = blocks_of(facts, f"文字\n\n{{{{ {place}('{name}'{of}) }}}}")
            assert len(blocks) == (1 if name == "dossier" else 2), name


def test_every_code_of_a_fault_has_its_words():
    code = "".join(path.read_text(encoding="utf-8") for path in Path("evalsvc/editions").rglob("*.py"))
    used = set(re.findall(r'"(report_text\.\w+)"', code))
    assert len(used) > 30
    assert used <= set(catalogue())
    assert {each for each in catalogue() if each.startswith("report_text.")} - used <= {"report_text.other"}


def test_authors_are_told_of_every_name_and_every_block():
    told_of = Path("docs/report-texts.md").read_text(encoding="utf-8")
    words = set(re.findall(r"`(\w+)", told_of))
    assert NAMES | frozenset().union(*BLOCKS.values()) | FIELDS <= words


def test_the_printed_figures_do_not_hang_on_the_words(facts):
    before = printed_of(facts)
    assert printed_of(with_text(facts, "# 名词解释\n\n别的话。")) == before
    assert len(before) > 400
