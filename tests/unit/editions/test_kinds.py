"""The seven kinds of reports: each lays out, says in its first lines what was found, and names nobody."""

import copy
import json
from itertools import product

import pytest

from evalsvc.editions.chapters.kinds import CASES, COUNTY, FOLDERS, LETTER, OF_ONE_COUNTY, QUALITY, SAMPLE
from evalsvc.editions.chapters.texts import kinds_shipped
from evalsvc.editions.facts import Head
from evalsvc.editions.figures import Figures, key_of
from evalsvc.editions.printing import edition_bytes, preview, with_texts
from evalsvc.editions.report import document_of, printed_of
from evalsvc.errors import InvalidError
from evalsvc.planning.indicators import INDICATORS
from reports.document import Finding, Foreign, Table, walk
from reports.pdf import build
from reports.verify import printed_text
from tests import small_world
from tests.small_world.report import HEAD, composed
from tests.unit.editions.printed_words import of_kind, told, words_of

VERDICTS = {"zh": "不能判定", "en": "undecided"}


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    return small_world.make_world(tmp_path_factory.mktemp("world"))


def head_of(kind, language="zh"):
    scope = "350125" if kind in OF_ONE_COUNTY else ""
    return Head(1, kind, HEAD.issued_at, HEAD.institute, HEAD.lead, HEAD.reviewer, None, language, scope, "2026-04-20")


@pytest.fixture(scope="module")
def facts_of(world):
    made = {}

    def found(kind, language="zh"):
        if (kind, language) not in made:
            facts = json.loads(json.dumps(composed(world, head_of(kind, language))[0]))
            made[kind, language] = with_texts(facts, None)
        return copy.deepcopy(made[kind, language])

    return found


@pytest.mark.parametrize(("kind", "language"), kinds_shipped())
def test_every_kind_lays_out_and_prints_its_figures(facts_of, kind, language):
    facts = facts_of(kind, language)
    pages = "".join(printed_text(build(document_of(facts), {})))
    figures = printed_of(facts)
    assert len(figures) >= 40
    assert all(each["text"].replace(" ", "") in "".join(pages.split()) for each in figures)
    assert json.loads(edition_bytes(facts))["texts"]["kind"] == FOLDERS[kind]


def test_each_kind_is_written_in_chinese_and_two_in_english():
    assert {kind for kind, language in kinds_shipped() if language == "zh"} == set(FOLDERS)
    assert {kind for kind, language in kinds_shipped() if language == "en"} == {"总报告", COUNTY}


def undecided(facts):
    for each in facts["verdicts"]:
        each |= {"verdict": "不能判定", "open_cases_decide": False}
        each["indicators"] = dict.fromkeys(each["indicators"], "不能判定")
    for row in facts["estimates"]:
        row["verdict"] = None if row["verdict"] is None else "不能判定"
        row["flags"] = []
    return facts


@pytest.mark.parametrize(
    ("kind", "language"), [each for each in kinds_shipped() if each[0] in ("总报告", COUNTY, LETTER)]
)
def test_an_undecided_verdict_is_called_undecided_everywhere(facts_of, kind, language):
    document = document_of(undecided(facts_of(kind, language)))
    for finding in walk(document, Finding):
        assert (finding.verdict, finding.tone.value) == (VERDICTS[language], "undecided")
    cells = [words_of(cell) for table in walk(document, Table) for row in table.rows for cell in row.cells]
    assert VERDICTS[language] in cells
    assert not {"达标", "不达标", "met", "not met"} & set(cells)
    if kind in OF_ONE_COUNTY and language == "zh":
        first = told(document.summary or document.chapters[0].blocks)
        assert any("不能判定" in text for text in first)
        assert not any(text.startswith(("结论：达标", "结论：不达标", "全县达标", "全县不达标")) for text in first)


@pytest.mark.parametrize("kind", sorted(set(FOLDERS) - {LETTER}))
def test_the_first_lines_say_what_was_found_how_sure_it_is_and_what_it_means(facts_of, kind):
    blocks = document_of(facts_of(kind)).summary
    said = told(blocks)
    by_findings = any(isinstance(each, Finding) for each in blocks)
    begun = ("查到什么。" if kind not in (SAMPLE, QUALITY) else "做了什么。", "有多大把握。", "说明什么。")
    assert by_findings or all(any(text.startswith(each) for text in said) for each in begun)


def test_a_report_of_one_county_holds_nothing_of_another(facts_of):
    for kind in sorted(OF_ONE_COUNTY):
        facts = facts_of(kind)
        assert [each["code"] for each in facts["frame"]["counties"]] == ["350125"]
        assert facts["fieldwork"]["all"] == {
            name: value for name, value in facts["fieldwork"]["counties"][0].items() if name != "code"
        }
        assert "350424" not in json.dumps({name: each for name, each in facts.items() if name != "draw"})


def test_the_case_file_names_nobody(facts_of, world):
    facts = facts_of(CASES)
    text = json.dumps(facts, ensure_ascii=False)
    listed = [case for county in facts["dossier"] for case in county["cases"]]
    assert len(listed) == len(world.cases) > 5
    for case in world.cases:
        assert case.unit_id not in text and case.instance_id not in text and case.case_id not in text
    for judgement in world.judgements:
        assert judgement.judge not in text and judgement.reason not in text
    assert "dossier" not in facts_of("总报告")


def test_what_is_free_words_in_a_form_is_not_printed(facts_of, world, tmp_path):
    case = world.cases[0]
    changed = type(case)(**{**vars(case), "standard": "张三家的房子"})
    other = type(world)(**{**vars(world), "cases": (changed, *world.cases[1:])})
    facts = composed(other, head_of(CASES))[0]
    assert "张三" not in json.dumps(facts, ensure_ascii=False)


@pytest.mark.parametrize("scope", ["", "000000"])
def test_a_letter_needs_a_judged_county(facts, scope):
    with pytest.raises(InvalidError) as caught:
        with_texts({**facts, "edition": {**facts["edition"], "kind": LETTER, "scope": scope}}, None)
    assert caught.value.code == "report_text.no_scope"


def test_a_language_that_a_kind_is_not_written_in_is_refused(facts):
    with pytest.raises(InvalidError) as caught:
        of_kind(facts, LETTER, "en", "350125")
    assert caught.value.code == "report_text.no_kind"


def test_a_preview_is_marked_on_every_page(facts):
    edition = edition_bytes(facts)
    pages = printed_text(preview(edition, None, COUNTY, "350125"))
    assert len(pages) > 5
    # A chart that lies over the word parts its two signs where the text is copied.
    assert all({"预", "览"} <= set(page) for page in pages[1:])
    assert "甲县" in pages[0] and "分县报告" in "".join(pages[0].split())


def test_the_general_report_prints_every_estimate_and_every_count(facts):
    """What the chapters printed when they were written in Python, and what a text could leave out unnoticed."""
    keys, figures = {each["key"] for each in printed_of(facts)}, Figures(facts)
    given = ("estimate", "interval", "n", "se", "n_effective", "deff", "df")
    for indicator, county in product(INDICATORS, figures.counties):
        judged = ("bound", "verdict", "point_rule") if indicator in figures.judged else ()
        row = figures.row(indicator.id, county.code)
        assert {key_of(row, field) for field in (*given, *judged)} <= keys
        for each in figures.class_rows(indicator.id, county.code):
            assert {key_of(each, field) for field in ("n", "estimate", "interval", "n_effective")} <= keys
        counted = figures.row(indicator.id, county.code, open_for=True)
        assert counted is None or {key_of(counted, field) for field in ("estimate", "interval", "verdict")} <= keys
    villages = {f"villages/{each['code']}/{name}" for each in facts["villages"] for name in ("opened", "completed")}
    counties = {f"frame/counties/{each['code']}/persons" for each in facts["frame"]["counties"]}
    cases = {f"cases/all/{kind}/{state}/persons" for kind in facts["cases"]["all"] for state in ("confirmed", "open")}
    assert villages | counties | cases <= keys


def test_chinese_names_in_an_english_report_say_that_they_are_chinese(facts_of):
    document = document_of(facts_of("总报告", "en"))
    foreign = {each.text for each in walk(document, Foreign)}
    assert {small_world.ABOUT.client, "甲县, 乙县"} <= foreign
    assert not any(True for _ in walk(document_of(facts_of("总报告")), Foreign))


@pytest.mark.parametrize("head", [{"kind": "反馈函"}, {"language": "en"}, {"kind": "别的"}])
def test_texts_of_another_kind_or_language_are_refused(facts, head):
    with pytest.raises(InvalidError) as caught:
        document_of({**facts, "edition": {**facts["edition"], **head}})
    assert [each.code for each in caught.value.complaints] == ["report_text.other_kind"]
