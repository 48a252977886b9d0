"""Chapter 4: every indicator with its interval, verdict and precision."""

from evalsvc.editions.figures import Figures, tone_of
from evalsvc.editions.wording import as_set
from evalsvc.planning.indicators import COMPOSITE, INDICATORS, Indicator
from evalsvc.words import sentence
from reports.document import (
    Block,
    Chapter,
    Column,
    Heading,
    Inline,
    IntervalChart,
    IntervalRow,
    Paragraph,
    Row,
    Table,
    Text,
    Threshold,
)


def findings(figures: Figures) -> Chapter:
    """Compose the chapter."""
    blocks = [block for each in INDICATORS for block in _indicator(figures, each)]
    return Chapter("指标结果", tuple(blocks))


def _indicator(figures: Figures, indicator: Indicator) -> list[Block]:
    blocks: list[Block] = [
        Heading(indicator.chinese),
        Paragraph(f"{figures.facts['pack']['formulas'][indicator.id]}。"),
        _chart(figures, indicator),
        _results(figures, indicator),
        _precision(figures, indicator),
        *_remarks(figures, indicator),
    ]
    if indicator.id == COMPOSITE and not figures.listed_later:
        blocks.append(Paragraph(_known(figures)))
    if indicator.by_class and any(figures.class_rows(indicator.id, each.code) for each in figures.counties):
        blocks.append(_classes(figures, indicator))
    return [*blocks, *_open_cases(figures, indicator)]


def _chart(figures: Figures, indicator: Indicator) -> IntervalChart:
    rows = []
    for each in figures.counties:
        row = figures.row(indicator.id, each.code) or {"estimate": None, "low": None, "high": None, "verdict": None}
        figure = figures.of(row if "id" in row else None, "interval")
        verdict = row["verdict"] or ""
        rows.append(IntervalRow(each.name, row["estimate"], row["low"], row["high"], tone_of(row), figure, verdict))
    found = figures.facts["pack"]["thresholds"].get(indicator.id)
    line = None if found is None else Threshold(found["value"], f"门槛{figures.threshold(indicator.id)}")
    described = "".join(f"{row.label}{_plain(row)}；" for row in rows)
    return IntervalChart(f"{indicator.chinese}及其置信区间", f"各县{indicator.chinese}：{described}", tuple(rows), line)


def _plain(row: IntervalRow) -> str:
    text = row.figure if isinstance(row.figure, str) else row.figure.text
    return f"{text}，{row.verdict}" if row.verdict else text


def _results(figures: Figures, indicator: Indicator) -> Table:
    level = figures.facts["pack"]["level"]
    columns = [Column("县", share=0.16), Column("估计值", "end"), Column(f"{level * 100:g}%置信区间", "center", 0.3)]
    fields = ["estimate", "interval"]
    if figures.threshold(indicator.id):
        columns += [Column("单侧界", "end"), Column("判定", "center"), Column("只看估计值", "center")]
        fields += ["bound", "verdict", "point_rule"]
    return Table(
        f"各县{indicator.chinese}",
        tuple(columns),
        _rows(figures, indicator, fields),
        _note(figures, indicator),
        small=True,
    )


def _precision(figures: Figures, indicator: Indicator) -> Table:
    columns = (
        Column("县", share=0.16),
        *(Column(title, "end") for title in ("完成访问（户）", "标准误", "有效样本量（户）", "设计效应", "自由度")),
    )
    rows = _rows(figures, indicator, ["n", "se", "n_effective", "deff", "df"])
    note = f"户数为参与估计的完成访问户数。{_missing_effect(figures, indicator)}"
    return Table(f"{indicator.chinese}的精度", columns, rows, note=note, small=True)


def _missing_effect(figures: Figures, indicator: Indicator) -> str:
    """Say why a design effect is missing, where one is."""
    if indicator.id == COMPOSITE:
        return "综合指标由两个率合成，没有单独的设计效应，以“—”表示。"
    found = (figures.row(indicator.id, each.code) for each in figures.counties)
    if any(row is not None and row["deff"] is None and row["estimate"] in (0, 1) for row in found):
        return "估计值为0或100%时，样本本身给不出设计效应，以“—”表示。"
    return ""


def _remarks(figures: Figures, indicator: Indicator) -> list[Block]:
    """Say in words what the rows remark, and why figures are missing."""
    return [
        Paragraph(f"备注（{'、'.join(names)}）：{as_set(sentence(code, {}, 'zh'))}")
        for code, names in figures.remarks(indicator.id).items()
    ]


def _rows(figures: Figures, indicator: Indicator, fields: list[str]) -> tuple[Row, ...]:
    return tuple(
        Row((each.name, *(figures.of(figures.row(indicator.id, each.code), name) for name in fields)))
        for each in figures.counties
    )


def _note(figures: Figures, indicator: Indicator) -> Text:
    if not figures.threshold(indicator.id):
        return "本指标不设门槛，只报告，不判定。"
    pack = figures.facts["pack"]
    return (
        f"门槛{figures.threshold(indicator.id)}；单侧界的置信水平为{(1 - pack['alpha']) * 100:g}%，"
        f"设计效应不低于计划值{pack['planned_deff'][indicator.unit]:g}。“只看估计值”是不计抽样误差的通行判法，列出以便对照。"
    )


def _known(figures: Figures) -> Text:
    parts: list[Inline] = ["已知数："]
    for number, each in enumerate(figures.counties):
        path = ("frame", "counties", each.code)
        parts += [
            "；" if number else "",
            f"{each.name}未脱贫",
            figures.count(*path, "remaining"),
            "人、脱贫",
            figures.count(*path, "exited"),
            "人、非建档立卡",
            figures.count(*path, "not_registered"),
            "人",
        ]
    return (*parts, "。错退率与漏评率来自同一批村，其协方差已计入。")


def _classes(figures: Figures, indicator: Indicator) -> Table:
    columns = (
        Column("县", share=0.14),
        Column("户类别", share=0.15),
        Column("户数（户）", "end", 0.12),
        Column("估计值", "end", 0.13),
        Column("置信区间", "center", 0.26),
        Column("有效样本量（户）", "end", 0.2),
    )
    rows = []
    for each in figures.counties:
        for row in figures.class_rows(indicator.id, each.code):
            cells = (figures.of(row, name) for name in ("n", "estimate", "interval", "n_effective"))
            rows.append(Row((each.name, list(row["domain"].values())[1], *cells)))
    note = "分户类只报告、不判定；户数少的类区间很宽，不宜单独引用。"
    return Table(f"{indicator.chinese}（按户类别）", columns, tuple(rows), note=note, small=True)


def _open_cases(figures: Figures, indicator: Indicator) -> list[Block]:
    """Show the range that open cases leave: none counted, all counted."""
    rows = []
    for each in figures.counties:
        row, other = figures.row(indicator.id, each.code), figures.row(indicator.id, each.code, open_for=True)
        if other is not None:
            rows.append(
                Row(
                    (
                        each.name,
                        *(figures.of(row, name) for name in ("estimate", "verdict")),
                        *(figures.of(other, name) for name in ("estimate", "interval", "verdict")),
                    )
                )
            )
    if not rows or not _any_open(figures):
        return []
    columns = (
        Column("县", share=0.14),
        Column("估计值", "end", group="未决个案均不计入"),
        Column("判定", "center", group="未决个案均不计入"),
        Column("估计值", "end", group="未决个案全部计入"),
        Column("置信区间", "center", 0.26, group="未决个案全部计入"),
        Column("判定", "center", group="未决个案全部计入"),
    )
    return [Table(f"未决个案的影响：{indicator.chinese}", columns, tuple(rows), small=True)]


def _any_open(figures: Figures) -> bool:
    return any(kind["open"]["households"] for kind in figures.facts["cases"]["all"].values())
