"""Chapter 1: who was judged, on whose behalf, and by which rules."""

from evalsvc.editions.figures import Figures
from evalsvc.planning.indicators import INDICATORS
from evalsvc.words import term
from reports.document import Block, Chapter, Column, Heading, Items, Paragraph, Row, Table, Text


def basics(figures: Figures) -> Chapter:
    """Compose the chapter."""
    facts = figures.facts
    evaluation, edition = facts["evaluation"], facts["edition"]
    commissioned = (
        f"受{evaluation['client']}委托，{edition['institute']}对{'、'.join(each.name for each in figures.counties)}"
        f"开展“{evaluation['name']}”。项目负责人为{edition['lead']}。各县单独评判，不排名，不作县与县之间的推断。"
    )
    return Chapter(
        "评估基本情况",
        (
            Heading("委托与对象"),
            Paragraph(commissioned),
            _population(figures),
            *_excluded(figures),
            Heading("判定依据"),
            Paragraph(_pack(figures)),
            _thresholds(figures),
            Heading("指标与公式"),
            Items(tuple(_formulas(figures)), numbered=True),
        ),
    )


def _population(figures: Figures) -> Table:
    columns = (
        Column("县", share=0.13),
        Column("村（个）", "end"),
        Column("户数（户）", "end"),
        *(Column(title, "end", group="人口（人）") for title in ("脱贫", "非建档立卡", "未脱贫", "农村合计")),
    )
    names = ("villages", "households", "exited", "not_registered", "remaining", "persons")
    rows = tuple(
        Row((each.name, *(figures.count("frame", "counties", each.code, name) for name in names)))
        for each in figures.counties
    )
    note = "均由抽样框逐户汇总，是已知数，没有抽样误差。脱贫人口指名册中建档立卡且已退出的人口。"
    if figures.listed_later:
        note = "村数为抽样框全部的村。户的名单在抽中的村列出：户数和人口只含这些村（未脱贫为全县），不是全县总数。"
    return Table("评估对象（抽样框）", columns, rows, note=note, small=True)


def _excluded(figures: Figures) -> list[Block]:
    found: list[Block] = []
    for each in figures.facts["frame"]["excluded"]:
        level = term("draw.level", each["level"])
        count = figures.count("frame", "excluded", each["code"], "units")
        words = f"按方案规定，{'、'.join(each['values'])}不参加抽取（{level}一级），共"
        found.append(Paragraph((words, count, f"个；理由：{each['reason']}。")))
    return found


def _pack(figures: Figures) -> Text:
    pack = figures.facts["pack"]
    return (
        f"门槛、口径和取舍规则取自规则包“{pack['title']}”。{pack['note']}。"
        "估计值与门槛比较时不作四舍五入，只在印刷时保留"
        f"{pack['decimals']}位小数（百分数）。"
    )


def _thresholds(figures: Figures) -> Table:
    columns = (Column("指标", share=0.3), Column("计量单位", "center"), Column("门槛", "center"))
    units = {"person": "人", "household": "户"}
    rows = tuple(
        Row((each.chinese, units[each.unit], figures.threshold(each.id) or "不设门槛，只报告")) for each in INDICATORS
    )
    return Table("指标与门槛", columns, rows)


def _formulas(figures: Figures) -> list[str]:
    formulas = figures.facts["pack"]["formulas"]
    texts = [f"{formulas[each.id]}。" for each in INDICATORS]
    if figures.facts["pack"]["readings"]:
        texts.append("识别准确率的算法各地不一，没有统一规定；本报告采用上面印出的口径，由规则包选定。")
    return texts
