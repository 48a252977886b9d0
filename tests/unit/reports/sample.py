"""A report with invented figures in the shape of a real one, for the tests of this folder."""

from datetime import UTC, datetime

from reports.document import (
    Annex,
    BarChart,
    BarRow,
    Chapter,
    Column,
    Cover,
    Document,
    Fact,
    Finding,
    Footnote,
    Heading,
    IntervalChart,
    IntervalRow,
    Items,
    Paragraph,
    Printed,
    Row,
    Strong,
    Table,
    Threshold,
    Tone,
)
from reports.number_format import interval, percent, whole

RARE = "喆堃昇珺镕祎鄠浉"
COUNTIES = (
    ("永泰县", "350125", 0.0061, 0.0032, 0.0108, Tone.PASS, "达标", 1846, 612, 2.31),
    ("屏南县", "350923", 0.0314, 0.0222, 0.0436, Tone.FAIL, "不达标", 1903, 633, 2.05),
    ("政和县", "350725", 0.0187, 0.0114, 0.0292, Tone.UNDECIDED, "不能判定", 1788, 598, 2.64),
    ("云霄县", "350622", 0.0102, 0.0061, 0.0163, Tone.PASS, "达标", 1821, 605, 1.97),
)


def figure(county: str, indicator: str, field: str, text: str) -> Printed:
    return Printed(f"{indicator}/county_code={county}/{field}", text)


def result_table() -> Table:
    rows = []
    for name, code, rate, low, high, _tone, verdict, persons, households, effect in COUNTIES:
        rows.append(Row((
            name,
            figure(code, "wrong_exit", "n", whole(persons)),
            figure(code, "wrong_exit", "households", whole(households)),
            figure(code, "wrong_exit", "estimate", percent(rate)),
            figure(code, "wrong_exit", "interval", interval(low, high)),
            figure(code, "wrong_exit", "design_effect", f"{effect:.2f}"),
            verdict,
        )))  # fmt: skip
    rows.append(Row(("四县合计", "7,358", "2,448", "1.66%", "1.31%～2.08%", "2.24", "—"), strong=True))
    columns = (
        Column("县", share=0.15), Column("人数", "end", 0.11, "样本"), Column("户数", "end", 0.1, "样本"),
        Column("错退率", "end", 0.13, "估计"), Column("95%置信区间", "center", 0.24, "估计"),
        Column("设计效应", "end", 0.12, "估计"), Column("判定", "center", 0.15),
    )  # fmt: skip
    return Table(
        "脱贫人口错退率（按县）", columns, tuple(rows),
        note="区间按抽样设计计算（村为初级抽样单位，县内按村类型分层）；合计一行不作判定。",
    )  # fmt: skip


def interval_plot() -> IntervalChart:
    rows = tuple(
        IntervalRow(name, rate, low, high, tone, figure(code, "wrong_exit", "estimate", percent(rate)), verdict)
        for name, code, rate, low, high, tone, verdict, *_ in COUNTIES
    )
    return IntervalChart(
        "脱贫人口错退率及95%置信区间（按县）",
        "四县错退率的估计值与置信区间，竖虚线为2%标准：永泰县、云霄县的区间在线左侧，屏南县在右侧，政和县跨线。",
        rows, Threshold(0.02, "标准 <2%"),
    )  # fmt: skip


def findings() -> tuple[Finding, ...]:
    return (
        Finding("永泰县　脱贫人口错退率", "达标", Tone.PASS,
                ("在1,846名脱贫人口中，估计错退率为", figure("350125", "wrong_exit", "estimate", "0.61%"), "。"),
                ("95%置信区间为", figure("350125", "wrong_exit", "interval", "0.32%～1.08%"), "，整个区间低于2%。"),
                "可以认为该县错退率低于2%的标准；若全县重做一次同样的抽样，结论改变的可能很小。"),
        Finding("屏南县　脱贫人口错退率", "不达标", Tone.FAIL,
                ("估计错退率为", figure("350923", "wrong_exit", "estimate", "3.14%"), "。"),
                ("95%置信区间为", figure("350923", "wrong_exit", "interval", "2.22%～4.36%"), "，整个区间不低于2%。"),
                "可以认为该县错退率达不到标准，需逐户核实并整改。"),
        Finding("政和县　脱贫人口错退率", "不能判定", Tone.UNDECIDED,
                ("估计错退率为", figure("350725", "wrong_exit", "estimate", "1.87%"), "，点估计低于2%。"),
                ("95%置信区间为", figure("350725", "wrong_exit", "interval", "1.14%～2.92%"), "，区间跨过2%。"),
                "现有样本既不能说明达标，也不能说明不达标；按点估计的通行规则会判为达标，但把握不足。"),
    )  # fmt: skip


def wide_table(rows: int = 60) -> Table:
    columns = (
        Column("行政村代码", share=0.13), Column("乡镇", share=0.12), Column("村", share=0.13),
        Column("村类型", share=0.1),
        Column("户数", "end", 0.08), Column("入样概率", "end", 0.12), Column("随机票（SHA-256前13位）", "center", 0.2),
        Column("抽中户", "end", 0.06), Column("备选户", "end", 0.06),
    )  # fmt: skip
    body = tuple(
        Row((f"3501251{index:05d}", "示例镇", f"示例{index}村", "脱贫村" if index % 3 else "其他",
             whole(180 + index * 7),
             f"{0.05 + index / 1000:.4f}", f"{index * 977:013x}", "8", "3"))
        for index in range(1, rows + 1)
    )  # fmt: skip
    return Table("抽中村名单", columns, body, note="随机票由公开的种子算出，任何人可以复算。", small=True)


PROSE = (
    "本次评估在四个县抽取一百二十个行政村、二千四百四十八户，逐户入户访谈。每一户的入样概率事先确定，因此可以由样本推断全县，"
    "并说明推断的误差有多大。抽样用的随机种子由事先公布的承诺与公开随机数共同确定，评估机构与被评估县都不能左右抽中的是谁。"
)


def document(*, rows: int = 60, simulated: bool = True) -> Document:
    cover = Cover(
        title="福建省四县脱贫退出第三方评估报告", subtitle="示范评估（2026年第一轮）", institute="示例评估研究院",
        client="示例委托单位", number="SLPG-2026-001", date="2026年3月20日", lead=f"张示例（{RARE}）",
        issued_at=datetime(2026, 3, 20, 2, 30, tzinfo=UTC),
        facts=(Fact("抽样框哈希", "9f2c" * 16), Fact("规则包", "示范假定 2026.1")),
        reviewer="李示例", mark="模拟数据　示范" if simulated else "",
        mark_explained="住户登记与访谈答案由程序模拟，行政村名单为真实公开名单；结论不涉及任何真实住户。"
        if simulated else "",
    )  # fmt: skip
    note = Footnote(("设计效应是与同样人数的简单随机抽样相比，方差扩大的倍数。",))
    return Document(
        cover=cover,
        summary=(Paragraph(("本次评估的标准是：", Strong("错退率低于2%"), "。三种结论的含义见第二章。")), *findings()),
        chapters=(
            Chapter("评估概况", (
                Heading("评估对象"), Paragraph(PROSE), Paragraph(("样本的设计效应", note, "在2左右。", PROSE)),
                Heading("组织实施"), Paragraph(PROSE),
                Items(("两名调查员一组，分工提问与核对；", "当晚由组长复核，疑似个案逐户上报；",
                       "每份答卷原样保存并记录哈希值。"), True),
            )),
            Chapter("评估方法", (
                Heading("抽样设计"), Paragraph(PROSE), Heading("分层", 3), Paragraph(PROSE),
                Heading("样本量", 3), Paragraph(PROSE), Heading("计数规则", 4), Paragraph(PROSE), Heading("判定规则"),
                Paragraph("区间整个低于标准为达标，整个不低于标准为不达标，跨过标准为不能判定。"),
            )),
            Chapter("评估结果", (
                Heading("错退率"), Paragraph(PROSE), interval_plot(), result_table(),
                Heading("群众认可度"),
                BarChart("群众认可度（按县）", "四县认可度的估计值，都在九成以上。", tuple(
                    BarRow(name, value, Printed(f"recognition/county_code={code}/estimate", percent(value)))
                    for (name, code, *_), value in zip(COUNTIES, (0.9312, 0.9077, 0.9541, 0.9468), strict=True)
                )),
                Paragraph(PROSE),
            )),
            Chapter("存在问题与建议", (Paragraph(PROSE), Items((f"姓名用字示例：{RARE}。", PROSE)))),
        ),
        annexes=(
            Annex("抽样附件", (Paragraph("下表列出抽中的行政村。"), wide_table(rows)), landscape=True),
            Annex("名词解释", (Paragraph((Strong("错退"), "：已退出的建档立卡人口未稳定达到退出标准。")),)),
        ),
        keywords=("第三方评估", "错退率"),
    )  # fmt: skip
