"""Chapter 3: what came of the visits, household by household, in counts."""

from evalsvc.editions.figures import Figures
from evalsvc.editions.wording import CASE_KINDS, OUTCOMES
from reports.document import BarChart, BarRow, Block, Chapter, Column, Heading, Inline, Paragraph, Row, Table

OPENED = ("main", "reserves", "opened")


def fieldwork(figures: Figures) -> Chapter:
    """Compose the chapter."""
    whole = ("fieldwork", "all")
    flow = (
        "共启用",
        figures.count(*whole, "opened"),
        "户：主样本",
        figures.count(*whole, "main"),
        "户，备选户",
        figures.count(*whole, "reserves"),
        "户。完成访问",
        figures.count(*whole, "completed"),
        "户；未访到",
        figures.count(*whole, "non_contact"),
        "户，拒访",
        figures.count(*whole, "refused"),
        "户。应答率（完成访问÷合格户，未加权）为",
        figures.count(*whole, "response_rate"),
        "。",
    )
    rule = (
        "备选户与主样本同时抽出并排好顺序，只有主样本户确实访不到、且原因登记在案时，才按顺序启用同村同类的下一户。"
        "原户不删除，计入未应答；空挂、已故、重复等不合格户留在样本内，取值为零，不当作拒访处理。"
    )
    return Chapter(
        "实地调查",
        (
            Heading("调查结果"),
            Paragraph(flow),
            *_unannounced(figures),
            *_purposive(figures),
            *_review(figures),
            _table(figures),
            _chart(figures),
            Heading("替换规则"),
            Paragraph(rule),
        ),
    )


def _unannounced(figures: Figures) -> list[Block]:
    """Tell of the visits without notice, which are part of the counts above; no estimate rests on who had notice."""
    if "unannounced" not in figures.facts["fieldwork"]:
        return []
    whole = ("fieldwork", "unannounced")
    text = (
        "其中暗访（不预先通知）",
        figures.count(*whole, "opened"),
        "户，完成访问",
        figures.count(*whole, "completed"),
        "户，未访到",
        figures.count(*whole, "non_contact"),
        "户，拒访",
        figures.count(*whole, "refused"),
        "户。哪些村、户暗访由抽签数决定，写在抽取清单里；估计时与其他户同样对待。",
    )
    return [Paragraph(text)]


def _purposive(figures: Figures) -> list[Block]:
    """Tell of the households that were chosen by judgement or by a clue: counts only, for they stand for no other."""
    if "purposive" not in figures.facts["fieldwork"]:
        return []
    whole = ("fieldwork", "purposive")
    parts: list[Inline] = [
        "另按判断或线索指定",
        figures.count(*whole, "opened"),
        "户，完成访问",
        figures.count(*whole, "completed"),
        "户。",
    ]
    for kind, words in CASE_KINDS.items():
        path = ("cases", "purposive", kind)
        parts += [f"{words}：认定", figures.count(*path, "confirmed", "households"), "户、"]
        parts += ["未决", figures.count(*path, "open", "households"), "户。"]
    parts.append("指定的户没有入样概率，不参加任何率的估计，也不计入本报告的其他各表；发现的问题逐户核实。")
    return [Paragraph(tuple(parts))]


def _review(figures: Figures) -> list[Block]:
    """Tell how many interviews were corrected or rejected after they were sent: both change what is estimated from."""
    if "review" not in figures.facts["fieldwork"]:
        return []
    whole = ("fieldwork", "review")
    text = (
        "答卷送达后经过审核：",
        figures.count(*whole, "corrected"),
        "份由调查员更正，以更正后的为准；",
        figures.count(*whole, "rejected"),
        "份被判废，不计入结果。更正前后的各个版本、判废的答卷及其原因代码都在数据包里，判废的情况登记在公开日志中。",
    )
    return [Paragraph(text)]


def _table(figures: Figures) -> Table:
    names = (*OPENED, *OUTCOMES, "response_rate")
    titles = ("主样本", "备选", "合计", *OUTCOMES.values(), "应答率")
    groups = ("启用（户）",) * len(OPENED) + ("调查结果（户）",) * len(OUTCOMES) + ("",)
    columns = (
        Column("县", share=0.12),
        *(Column(title, "end", group=group) for title, group in zip(titles, groups, strict=True)),
    )
    rows = [
        Row((each.name, *(figures.count("fieldwork", "counties", each.code, name) for name in names)))
        for each in figures.counties
    ]
    rows.append(Row(("合计", *(figures.count("fieldwork", "all", name) for name in names)), strong=True))
    return Table("各县调查结果", columns, tuple(rows), small=True)


def _chart(figures: Figures) -> BarChart:
    path = ("fieldwork", "counties")
    by_county = {each["code"]: each for each in figures.facts["fieldwork"]["counties"]}
    rows = tuple(
        BarRow(
            each.name, by_county[each.code]["response_rate"] or 0.0, figures.count(*path, each.code, "response_rate")
        )
        for each in figures.counties
    )
    return BarChart("各县应答率", "每县一条，长度为完成访问户数占合格户数的比例。", rows)
