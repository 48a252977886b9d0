"""The first pages: what was found, how sure it is, and what it means, county by county."""

from collections.abc import Mapping
from typing import Any

from evalsvc.editions.facts import UNDECIDED
from evalsvc.editions.figures import TONES, County, Figures
from evalsvc.editions.wording import MEANINGS
from evalsvc.planning.indicators import INDICATORS, Indicator
from evalsvc.words import sentence
from reports.document import Block, Column, Finding, Inline, Paragraph, Row, Strong, Table, Text


def judged_indicators(figures: Figures) -> tuple[Indicator, ...]:
    """Return the indicators that the rule pack has a threshold for."""
    return tuple(each for each in INDICATORS if each.id in figures.facts["pack"]["thresholds"])


def summary_blocks(figures: Figures) -> tuple[Block, ...]:
    """Compose the summary."""
    return (
        *_warnings(figures),
        Paragraph(_basis(figures)),
        _overview(figures),
        *(_finding(figures, county) for county in figures.counties),
    )


def _warnings(figures: Figures) -> tuple[Block, ...]:
    facts, found = figures.facts, []
    if facts["evaluation"]["simulated"]:
        words = "本报告的住户名册和访谈答案是模拟数据，由程序生成，不反映任何真实家庭，也不对任何县作出评价。"
        found.append(Paragraph((Strong("模拟数据。"), words)))
    if any(kind["open"]["households"] for kind in facts["cases"]["all"].values()):
        text: list[Inline] = [Strong("有未决个案。"), "本报告发布时尚有疑似个案没有两名专家一致的认定："]
        text += _open_cases(figures)
        text += ["表中估计值只计已认定的个案；若未决个案全部认定，结果见第四章各指标的“未决个案的影响”。"]
        found.append(Paragraph(tuple(text)))
    return tuple(found)


def _open_cases(figures: Figures) -> list[Inline]:
    parts: list[Inline] = []
    for kind, name in (("wrong_exit", "疑似错退"), ("missed", "疑似漏评"), ("wrong_entry", "疑似错评")):
        if figures.facts["cases"]["all"][kind]["open"]["households"]:
            path = ("cases", "all", kind, "open")
            parts += [name, figures.count(*path, "households"), "户", figures.count(*path, "persons"), "人；"]
    return parts


def _basis(figures: Figures) -> Text:
    pack = figures.facts["pack"]
    listed = "、".join(f"{each.chinese}{figures.threshold(each.id)}" for each in judged_indicators(figures))
    return (
        f"判定依据为规则包“{pack['title']}”（{pack['note']}）：{listed}。",
        f"每项指标按单侧{_level(1 - pack['alpha'])}置信界作出“达标、不达标、不能判定”三种判定；",
        "任何一项不达标，该县即为不达标；没有不达标而有不能判定的，该县为不能判定。",
        "未决个案全部计入与均不计入时全县判定不同的，该县为不能判定。",
    )


def _level(level: float) -> str:
    return f"{level * 100:g}%"


def _overview(figures: Figures) -> Table:
    judged = judged_indicators(figures)
    columns = [Column("县", share=0.14)]
    for each in judged:
        columns += [Column("估计值", "end", group=each.chinese), Column("判定", "center", group=each.chinese)]
    rows = []
    for county in figures.counties:
        cells: list[Text] = [county.name]
        for each in judged:
            row = figures.row(each.id, county.code)
            cells += [figures.of(row, "estimate"), figures.of(row, "verdict")]
        rows.append(Row(tuple(cells)))
    return Table(
        "各县指标与判定一览", tuple(columns), tuple(rows), small=True, note="估计值须与第四章的置信区间一并阅读。"
    )


def _finding(figures: Figures, county: County) -> Finding:
    judged = next(each for each in figures.facts["verdicts"] if each["code"] == county.code)
    verdict = judged["verdict"]
    return Finding(
        title=county.name,
        verdict=verdict,
        tone=TONES[verdict],
        found=_found(figures, county),
        certainty=_certainty(figures, county),
        meaning=_meaning(figures, county, judged),
    )


def _found(figures: Figures, county: County) -> Text:
    parts: list[Inline] = []
    for each in judged_indicators(figures):
        row = figures.row(each.id, county.code)
        parts += ["；" if parts else "", f"{each.chinese}估计为", figures.of(row, "estimate")]
    return (*parts, "。")


def _certainty(figures: Figures, county: County) -> Text:
    level = _level(figures.facts["pack"]["level"])
    parts: list[Inline] = [f"{level}置信区间："]
    for number, each in enumerate(judged_indicators(figures)):
        row = figures.row(each.id, county.code)
        parts += ["；" if number else "", each.chinese, figures.of(row, "interval")]
    fieldwork = ("fieldwork", "counties", county.code)
    parts += [
        "。完成访问",
        figures.count(*fieldwork, "completed"),
        "户，应答率",
        figures.count(*fieldwork, "response_rate"),
    ]
    return (*parts, "。")


def _meaning(figures: Figures, county: County, judged: Mapping[str, Any]) -> Text:
    if judged["open_cases_decide"]:
        return (sentence("edition.open_cases_decide", {}), *_undecided(figures, county, judged["indicators"]))
    return (MEANINGS[judged["verdict"]], *_undecided(figures, county, judged["indicators"]))


def _undecided(figures: Figures, county: County, verdicts: Mapping[str, str]) -> list[Inline]:
    """Name the indicators that were missed or left open, and what the rule of the estimate alone would say."""
    parts: list[Inline] = []
    for wanted in ("不达标", "不能判定"):
        names = [each.chinese for each in judged_indicators(figures) if verdicts.get(each.id) == wanted]
        if names:
            parts.append(f"{wanted}的指标：{'、'.join(names)}。")
    parts += undecided_although_clear(figures, county)
    differing: list[Inline] = []
    for each in judged_indicators(figures):
        row = figures.row(each.id, county.code)
        if row is not None and verdicts.get(each.id) == "不能判定":
            differing += ["；" if differing else "", each.chinese, "为", figures.of(row, "point_rule")]
    if differing:
        parts += ["若按只看估计值的通行规则，", *differing, "，但这样判没有计入抽样误差。"]
    return parts


def undecided_although_clear(figures: Figures, county: County) -> list[Inline]:
    """Explain every indicator whose interval leaves the threshold out and whose verdict is open all the same."""
    parts: list[Inline] = []
    for each in judged_indicators(figures):
        row = figures.row(each.id, county.code)
        side = None if row is None or row["verdict"] != UNDECIDED else figures.clear_side(each.id, row)
        if side is not None:
            parts.append(f"{each.chinese}的置信区间不含门槛，但判定的设计效应取实测与计划中较大的，")
            # The rows hold the bound on the side of passing only.
            parts += ["单侧界为", figures.of(row, "bound")] if side == "passes" else ["另一侧的单侧界还在门槛之内"]
            parts.append("，因此不能判定。")
    return parts
