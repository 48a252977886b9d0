"""What a report says in words: times, strata, units, missing design effects."""

import pytest

from evalsvc.editions.chapters.annexes import stratum_in_county
from evalsvc.editions.chapters.findings import findings
from evalsvc.editions.chapters.sampling import local_time, stage_texts
from evalsvc.editions.figures import Figures
from evalsvc.editions.wording import GLOSSARY, as_set
from evalsvc.planning.indicators import COMPOSITE, INDICATORS
from reports.document import Table

CODES = ("350125", "350424")
NO_RESERVES = {"each": 0, "by": []}


def stage(name, strata, take, reserves=NO_RESERVES):
    own = {"name": name, "strata": strata, "method": "equal", "size": None, "unannounced": 0, "listed": "frame"}
    return {**own, "take": take, "reserves": reserves}


def test_times_are_written_as_people_in_china_read_them():
    assert local_time("2026-11-22T17:04:05Z") == "2026年11月23日1时04分05秒"


def test_a_stage_says_within_what_it_draws_and_how_many_of_which_stratum():
    villages = {"each": 6, "by": [{"when": {"village_kind": "脱贫村"}, "take": 14}]}
    first, second = stage_texts(
        [
            stage("village", ["county_code", "village_kind"], villages),
            stage("household", ["household_class"], {"each": 8, "by": []}, {"each": 3, "by": []}),
        ]
    )
    assert first == "行政村一级：按县、村类别分层，等概率抽取。抽取：脱贫村的层各14个，其他层各6个。"
    assert second == "农户一级：在每个抽中的行政村内，按户类别分层，等概率抽取。每层抽取8户。每层另抽备选户3户。"


def test_exceptions_that_are_none_are_not_told():
    take = {"each": 14, "by": [{"when": {"village_kind": "脱贫村"}, "take": 14}]}
    assert stage_texts([stage("village", ["village_kind"], take)])[0].endswith("每层抽取14个。")


@pytest.mark.parametrize(
    ("stratum", "written"), [("350125/脱贫村", "脱贫村"), ("脱贫村", "脱贫村"), ("350125", "全县"), ("", "全县")]
)
def test_strata_leave_out_the_county_that_stands_beside_them(stratum, written):
    assert stratum_in_county(stratum, "350125") == written


def test_words_that_a_report_counts_are_explained():
    assert {"错退", "漏评", "错评", "监测户", "空挂"} <= {word for word, _ in GLOSSARY}


def notes_on_precision(estimate, deff):
    blank = ("low", "high", "se", "bound", "n", "n_effective", "df", "reason")
    rows = [
        {
            "id": f"{each.id}_{code}" if each.id == COMPOSITE else each.id,
            "domain": {"county_code": code},
            "verdict": None,
            "flags": [],
            **dict.fromkeys(blank),
            "estimate": estimate,
            "deff": None if each.id == COMPOSITE else deff,
        }
        for each in INDICATORS
        for code in CODES
    ]
    frame = [{"code": code, "name": code, "remaining": 1, "exited": 2, "not_registered": 3} for code in CODES]
    pack = {
        "thresholds": {},
        "formulas": {each.id: each.chinese for each in INDICATORS},
        "level": 0.95,
        "alpha": 0.05,
        "decimals": 2,
    }
    cases = {"all": {"wrong_exit": {"open": {"households": 0}}}}
    draw = {"design": {"stages": []}}
    figures = Figures({"pack": pack, "estimates": rows, "frame": {"counties": frame}, "cases": cases, "draw": draw})
    blocks = findings(figures).blocks
    titles = {f"{each.chinese}的精度": each.id for each in INDICATORS}
    return {
        titles[block.caption]: block.note for block in blocks if isinstance(block, Table) and block.caption in titles
    }


@pytest.mark.parametrize(("estimate", "deff", "told"), [(0.0, None, True), (1.0, None, True), (0.3, 1.4, False)])
def test_a_missing_design_effect_is_explained_by_its_own_reason(estimate, deff, told):
    notes = notes_on_precision(estimate, deff)
    assert "没有单独的设计效应" in notes[COMPOSITE]
    assert all("估计值为0或100%" not in text for name, text in notes.items() if name == COMPOSITE)
    assert all(("估计值为0或100%" in text) == told for name, text in notes.items() if name != COMPOSITE)


def test_sentences_of_the_screen_are_set_without_the_spaces_of_the_screen():
    assert as_set("样本比率为 0 或 100 %，lonely_psu 规定为 remove 时") == "样本比率为0或100%，lonely_psu规定为remove时"
    assert as_set("16 项判定（4 个县×4 项指标）各按 5% 计") == "16项判定（4个县×4项指标）各按5%计"
    assert as_set("at most two words") == "at most two words"
