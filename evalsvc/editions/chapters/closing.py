"""Chapters 5 to 7: suspected cases, method with its limits, and the words used."""

import json

from evalsvc.editions.figures import Figures
from evalsvc.editions.risk import risk_sentence
from evalsvc.editions.wording import CASE_KINDS, CASE_STATES, GLOSSARY, INTERVALS, as_set
from reports.document import Chapter, Column, Heading, Items, Paragraph, Row, Strong, Table
from reports.faces import missing_characters


def cases(figures: Figures) -> Chapter:
    """Compose the chapter on suspected cases."""
    rule = (
        "入户调查只登记疑点。每个疑似个案由两名不同的评估专家分别判定，提交前看不到对方的意见；"
        "两人一致才有结论，不一致时由第三人判定。管理员不能代判，同一人不能判两次。只有“认定”计入指标，以户认定，全户人口计入。"
    )
    return Chapter("疑似个案", (Heading("认定规则"), Paragraph(rule), Heading("认定结果"), _table(figures)))


def _table(figures: Figures) -> Table:
    columns = [Column("县", share=0.12), Column("类型", share=0.13)]
    for name in CASE_STATES.values():
        columns += [Column("户", "end", group=name), Column("人", "end", group=name)]
    places = [(each.name, ("cases", "counties", each.code, "kinds")) for each in figures.counties]
    rows = [
        _row(figures, name, kind, path)
        for name, path in places
        for kind in CASE_KINDS
        if _exists(figures, path[2], kind)
    ]
    rows += [_row(figures, "合计", kind, ("cases", "all"), strong=True) for kind in CASE_KINDS]
    return Table("疑似个案及其认定", tuple(columns), tuple(rows), small=True)


def _exists(figures: Figures, code: str, kind: str) -> bool:
    county = next(each for each in figures.facts["cases"]["counties"] if each["code"] == code)
    return any(state["households"] for state in county["kinds"][kind].values())


def _row(figures: Figures, place: str, kind: str, path: tuple[str, ...], *, strong: bool = False) -> Row:
    numbers = [
        figures.count(*path, kind, state, counted) for state in CASE_STATES for counted in ("households", "persons")
    ]
    return Row((place, CASE_KINDS[kind], *numbers), strong)


def method(figures: Figures) -> Chapter:
    """Compose the chapter on method and limits."""
    pack = figures.facts["pack"]
    texts = (
        "权数：每户的基本权数为各级入样概率乘积的倒数；同村同类启用了备选户的，入样概率按（主样本＋启用备选）÷总数计算。"
        "合格而未应答的户，其权数由同村同类的应答户分摊；同村同类无人应答的，依次由同县同类村的同类户、同县同类户、"
        "全县应答户分摊。不合格户保留权数、取值为零。",
        "估计：率为两个加权合计之比。以人计的率，分子分母都按户内人口合计。",
        "方差：按抽样设计逐级计算，村为初级抽样单位，村内再计一级；分户类估计时不删除样本，只把类外的户取值为零。",
        f"区间：{INTERVALS.get(pack['interval'], pack['interval'])}法，适合很小或很大的率，不会给出负数或零宽度。"
        f"估计值为0或100%时，有效样本量按计划设计效应折减（以人计{pack['planned_deff']['person']:g}，"
        f"以户计{pack['planned_deff']['household']:g}）。计划设计效应都按户给出：以人计的率，先按各户人口把户数折成"
        "等规模的户数（Kish公式），再除以设计效应；以户计的率，直接用应答户数除以设计效应。权数不等和村内相似的影响都在设计效应里。",
        f"判定：单侧{(1 - pack['alpha']) * 100:g}%置信界在门槛以内为达标；另一侧的界越过门槛为不达标；其余为不能判定。"
        "单侧界的设计效应取实测与计划中较大的，置信区间取实测的，所以区间不含门槛时仍可能不能判定。",
        *(f"多项判定：{as_set(text)}" for text in (risk_sentence(figures.facts),) if text),
    )
    limits = (
        "区间只反映抽样误差，不反映隐瞒、诱导、记忆偏差等非抽样误差。",
        "未应答按同村同类（无人应答时按更大范围内）的应答户推断；未访到的户若与应答户情况不同，结果会有偏差。",
        "各县样本量按判定该县是否达标确定，分户类和分村的数字精度较低。",
        "疑似个案由调查员发现；没有被怀疑的错退、漏评户不在其中。",
        *_particular_limits(figures),
    )
    return Chapter(
        "方法与局限", (Heading("估计方法"), Items(texts, numbered=True), Heading("局限"), Items(limits, numbered=True))
    )


def _particular_limits(figures: Figures) -> list[str]:
    found = []
    if figures.facts["draw"]["public_value"] is None:
        found.append("抽取没有使用公共随机值，见第二章。")
    if figures.facts["evaluation"]["simulated"]:
        found.append("本报告的数据是模拟数据，用于展示方法和核验过程，不能引用为任何地方的实际情况。")
    missing = missing_characters("".join(sorted(set(json.dumps(figures.facts, ensure_ascii=False)))))
    if missing:
        codes = "、".join(f"U+{ord(each):04X}" for each in missing)
        found.append(f"名称中有{len(missing)}个字不在本报告的字库里，印成了空框：{codes}；以内嵌数据中的写法为准。")
    return found


def glossary() -> Chapter:
    """Compose the glossary."""
    words = tuple((Strong(word), f"：{meaning}") for word, meaning in GLOSSARY)
    return Chapter("名词解释", (Items(words, numbered=True),))
