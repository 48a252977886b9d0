"""Printed figures in words: whatever a report prints has a name in both languages."""

import re

from evalsvc.verification.figure_names import grouped, named
from evalsvc.verification.outcome import FigureCheck
from evalsvc.verification.run import verify

PLACES = {"350125": "永泰县", "350125101211": "村洋村"}


def name_of(key: str, language: str = "zh") -> tuple[str, str]:
    found = named(FigureCheck(key, "1", None), PLACES, language)
    return found.group, found.name


def test_indicators_are_named_with_place_class_and_quantity() -> None:
    assert name_of("wrong_exit_rate/350125/bound") == ("错退率", "永泰县 · 单侧界")
    assert name_of("recognition_by_class/350125,监测户/interval") == ("群众认可度", "永泰县 · 监测户 · 置信区间")
    assert name_of("composite_open_for_350125/350125/verdict") == ("综合贫困发生率", "永泰县 · 未决个案全部计入 · 判定")
    assert name_of("wrong_exit_rate/350125/n", "en") == ("Wrong-exit rate", "永泰县 · households")


def test_counts_are_named_by_chapter() -> None:
    assert name_of("frame/counties/350125/villages") == ("抽样框", "永泰县 · 村数")
    assert name_of("cases/counties/350125/kinds/missed/excluded/persons") == ("疑似个案", "永泰县 · 漏评 · 排除 · 人数")
    assert name_of("villages/350125101211/probability") == ("各村情况", "村洋村 · 入样概率")
    assert name_of("nobody/knows") == ("nobody", "knows")


def test_every_figure_of_a_report_is_in_words(issued) -> None:
    found = verify(issued.pdf, None)
    for language, foreign in (("zh", r"[a-z]{3}"), ("en", r"_")):
        names = [named(each, found.places, language) for each in found.figures]
        assert names and not [each for each in names if re.search(foreign, each.group + each.name)]
    assert sum(len(group.figures) for group in grouped(names)) == len(found.figures)
