"""Chapter 2: how the sample was drawn, and how anybody checks it."""

from collections.abc import Mapping
from typing import Any

from evalsvc.editions.figures import NONE, Figures
from evalsvc.editions.wording import JOINT_METHODS, LEVELS, METHODS
from reports.document import Block, Chapter, Code, Column, Heading, Items, Paragraph, Row, Strong, Table, Text

COMMAND = "evalsvc verify report.pdf --bundle bundle.zip"
COLUMNS: Mapping[str, str] = {
    "county_code": "县",
    "village_kind": "村类别",
    "household_class": "户类别",
    "town_code": "乡镇",
}


def sampling(figures: Figures) -> Chapter:
    """Compose the chapter."""
    return Chapter(
        "抽样设计与核验",
        (
            Heading("抽样设计"),
            *(Paragraph(_stage(stage)) for stage in figures.facts["draw"]["design"]["stages"]),
            _stages(figures),
            Heading("抽取过程"),
            *_process(figures),
            _seals(figures),
            Heading("怎样核验"),
            Items(_checks(), numbered=True),
        ),
    )


def _stage(stage: Mapping[str, Any]) -> Text:
    level = LEVELS.get(stage["name"], stage["name"])
    strata = "、".join(COLUMNS.get(name, name) for name in stage["strata"])
    text = f"{level}一级：{'按' + strata + '分层，' if strata else ''}{METHODS.get(stage['method'], stage['method'])}。"
    if stage["size"]:
        kind, name = next(iter(stage["size"].items()))
        counted = f"{LEVELS.get(name, name)}数" if kind == "count" else name
        text += f"规模为{counted}，规模大的单位入样概率相应较大。"
    return text + _takes(stage["take"], "每层抽取") + _takes(stage["reserves"], "每层另抽备选")


def _takes(take: Mapping[str, Any], words: str) -> str:
    if "total" in take:
        return f"共抽取{take['total']}个，按规则分配到各层。" if take["total"] else ""
    lines = [f"{'、'.join(line['when'].values())}{line['take']}个" for line in take["by"]]
    if not lines and not take["each"]:
        return ""
    return f"{words}{'，'.join([*lines, ('其余' if lines else '') + str(take['each']) + '个'])}。"


def _stages(figures: Figures) -> Table:
    columns = (
        Column("级", share=0.14),
        *(Column(title, "end") for title in ("层（组）", "总体", "抽中", "其中必选", "备选")),
        Column("方差算法", "center"),
    )
    rows = []
    for stage in figures.facts["draw"]["stages"]:
        methods = "、".join(JOINT_METHODS.get(name, name) for name in stage["joint_methods"]) or NONE
        names = ("groups", "population", "taken", "certain", "reserves")
        numbers = (figures.count("draw", "stages", stage["code"], name) for name in names)
        rows.append(Row((LEVELS.get(stage["code"], stage["code"]), *numbers, methods)))
    note = "总体指该级所在各组单位数之和。必选指入样概率等于1的单位。"
    return Table("各级抽取情况", columns, tuple(rows), note=note)


def _process(figures: Figures) -> list[Block]:
    draw = figures.facts["draw"]
    text = (
        f"{draw['committed_at']}（世界时）先公布承诺：方案、抽样框和秘密的哈希值绑在一起，进入公开的链式名单；"
        f"{draw['drawn_at']}揭示秘密并抽取。种子由承诺、秘密和公共随机值算出，每个单位的号码由种子和单位编号算出，"
        "抽中与否完全由号码决定。秘密使被评估县不能预先算出样本，公共随机值使评估机构不能挑选样本。"
    )
    blocks: list[Block] = [Paragraph(text)]
    if draw["public_value"] is None:
        words = (
            "本次抽取没有使用公共随机值，公式中以空文本代替。"
            "因此只能证明抽取之后样本没有改动，不能证明评估机构没有挑选秘密。"
        )
        blocks.append(Paragraph((Strong("无公共随机值。"), words)))
    return blocks


def _seals(figures: Figures) -> Table:
    draw = figures.facts["draw"]
    named = (draw["public_source"], draw["public_round"], draw["public_value"])
    public = NONE if draw["public_value"] is None else " ".join(named)
    rows = (
        ("抽取协议与次序", f"{draw['protocol']}，第{draw['number']}次抽取"),
        ("抽样框哈希", draw["frame_sha256"]),
        ("承诺", draw["commitment"]),
        ("时间戳", "无"),
        ("公共随机值", public),
        ("种子", draw["seed"]),
        ("程序版本", draw["code_version"]),
    )
    columns = (Column("名称", share=0.22), Column("值", share=0.78))
    return Table("抽取凭据", columns, tuple(Row(row) for row in rows), small=True)


def _checks() -> tuple[Text, ...]:
    return (
        "向评估机构索取与本报告同时制作的数据包bundle.zip；里面有抽样框、方案、承诺、抽取清单、问卷、原样答卷、个案判定和分析方案。"
        "答卷含住户的个人信息，数据包只交给有权核验的人，不随报告公布。",
        ("安装公开的程序evalsvc，运行：", Code(COMMAND), "。"),
        (
            "从机构的公开页面下载登记表commitments.jsonl，加上",
            Code("--log commitments.jsonl"),
            "再核：登记表整本重写也会露出来。",
        ),
        "程序先核对签名，再核对数据包每个文件的哈希值与签名文件所载是否一致，并与公开登记表核对规则包、方案、问卷和答卷是否在当时已定，然后从抽样框和种子重抽样本，"
        "从原样答卷重做检查和汇总，重新估计，最后把本报告印出的每个数字与重算结果逐一对照。",
        "任何一个文件改动一个字节，程序都会指出是哪个文件、哪一行、哪一列。",
    )
