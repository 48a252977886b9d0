"""What a report says in words: times, strata, units, missing design effects."""

import pytest

from evalsvc.editions.chapters.labels import local_time
from evalsvc.editions.chapters.tables.sample import stratum_in_county
from evalsvc.editions.wording import as_set
from evalsvc.planning.indicators import COMPOSITE, INDICATORS
from reports.document import Table
from tests.unit.editions.printed_words import chapter, told

NO_RESERVES = {"each": 0, "by": []}


def stage(name, strata, take, reserves=NO_RESERVES):
    own = {"name": name, "strata": strata, "method": "equal", "size": None, "unannounced": 0, "listed": "frame"}
    return {**own, "take": take, "reserves": reserves}


def stage_texts(facts, stages):
    facts["draw"]["design"]["stages"] = stages
    return [text for text in told(chapter(facts, "抽样设计与核验")) if "一级：" in text]


@pytest.mark.parametrize(
    ("language", "written"),
    [("zh", "2026年11月23日1时04分05秒"), ("en", "01:04:05 on 23 November 2026")],
)
def test_times_are_written_as_people_in_china_read_them(language, written):
    assert local_time("2026-11-22T17:04:05Z", language) == written


def test_a_stage_says_within_what_it_draws_and_how_many_of_which_stratum(facts):
    villages = {"each": 6, "by": [{"when": {"village_kind": "脱贫村"}, "take": 14}]}
    first, second = stage_texts(
        facts,
        [
            stage("village", ["county_code", "village_kind"], villages),
            stage("household", ["household_class"], {"each": 8, "by": []}, {"each": 3, "by": []}),
        ],
    )
    assert first == "行政村一级：按县、村类别分层，等概率抽取。抽取：脱贫村的层各14个，其他层各6个。"
    assert second == "农户一级：在每个抽中的行政村内，按户类别分层，等概率抽取。每层抽取8户。每层另抽备选户3户。"


def test_exceptions_that_are_none_are_not_told(facts):
    take = {"each": 14, "by": [{"when": {"village_kind": "脱贫村"}, "take": 14}]}
    assert stage_texts(facts, [stage("village", ["village_kind"], take)])[0].endswith("每层抽取14个。")


@pytest.mark.parametrize(("stratum", "written"), [("350125/脱贫村", "脱贫村"), ("脱贫村", "脱贫村"), ("350125", "")])
def test_strata_leave_out_the_county_that_stands_beside_them(stratum, written):
    assert stratum_in_county(stratum, "350125", "zh") == written


def test_words_that_a_report_counts_are_explained(facts):
    explained = {text.split("：")[0] for text in told(chapter(facts, "名词解释"))}
    assert {"错退", "漏评", "错评", "监测户", "空挂"} <= explained


@pytest.mark.parametrize(("estimate", "deff", "explained"), [(0.0, None, True), (1.0, None, True), (0.3, 1.4, False)])
def test_a_missing_design_effect_is_explained_by_its_own_reason(facts, estimate, deff, explained):
    for row in facts["estimates"]:
        row["estimate"], row["deff"] = estimate, None if row["id"].startswith(COMPOSITE) else deff
    titles = {f"{each.chinese}的精度": each.id for each in INDICATORS}
    blocks = [each for each in chapter(facts, "指标结果") if isinstance(each, Table)]
    notes = {titles[each.caption]: each.note for each in blocks if each.caption in titles}
    assert "没有单独的设计效应" in notes[COMPOSITE]
    assert "估计值为0或100%" not in notes.pop(COMPOSITE)
    assert [("估计值为0或100%" in text) == explained for text in notes.values()] == [True] * len(notes)


def test_sentences_of_the_screen_are_set_without_the_spaces_of_the_screen():
    assert as_set("样本比率为 0 或 100 %，lonely_psu 规定为 remove 时") == "样本比率为0或100%，lonely_psu规定为remove时"
    assert as_set("16 项判定（4 个县×4 项指标）各按 5% 计") == "16项判定（4个县×4项指标）各按5%计"
    assert as_set("at most two words") == "at most two words"
