"""Chapter 2: how the sample was drawn, and how anybody checks it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from evalsvc.editions.figures import NONE, Figures
from evalsvc.words import term
from evalsvc.zone import SHANGHAI
from reports.document import Block, Chapter, Column, CommandLine, Heading, Items, Paragraph, Row, Strong, Table, Text

COMMAND = "evalsvc verify report.pdf --bundle bundle.zip"
NAMED = (
    "报告或数据包里任何一个文件改动一个字节，核验都不通过，并指出是哪个文件。answers.csv、fieldwork.csv和cases.csv中与重做结果不同的格，"
    "还指出行和列；公开登记表指出行，抽取清单与重算不同的指出是哪一项，原样答卷指出是哪一份。"
    "报告本身只说签名之后被改过；抽样框、方案、问卷、说明等其他文件，只保证指出文件名。"
)
"""What a check names, no more than it does: of many files it knows the name and two hashes alone."""
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
            *(Paragraph(text) for text in stage_texts(figures.facts["draw"]["design"]["stages"])),
            *(Paragraph(text) for text in _purposive(figures)),
            _stages(figures),
            Heading("抽取过程"),
            *_process(figures),
            _seals(figures),
            Heading("怎样核验"),
            Items(_checks(), numbered=True),
        ),
    )


def stage_texts(stages: Sequence[Mapping[str, Any]]) -> list[str]:
    """Say of each stage within what it draws, how, and how many of which stratum."""
    above = [None, *(term("draw.level", stage["name"]) for stage in stages[:-1])]
    return [_stage(stage, level) for stage, level in zip(stages, above, strict=True)]


def _stage(stage: Mapping[str, Any], above: str | None) -> str:
    level = term("draw.level", stage["name"])
    strata = "、".join(COLUMNS.get(name, name) for name in stage["strata"])
    within = f"在每个抽中的{above}内，" if above else ""
    layers = f"按{strata}分层，" if strata else ""
    text = f"{level}一级：{within}{layers}{term('draw.method', stage['method'])}。"
    if stage["size"]:
        kind, name = next(iter(stage["size"].items()))
        counted = f"{term('draw.level', name)}数" if kind == "count" else name
        text += f"规模为{counted}，规模大的单位入样概率相应较大。"
    counted = "户" if stage["name"] == "household" else "个"
    if stage["listed"] == "later":
        text += f"名单在{above}抽中以后现场列出，每份名单先登记公开哈希，再从中抽取。"
    if stage["unannounced"]:
        text += f"每组中{stage['unannounced']}{counted}不预先通知（暗访）。"
    return text + _takes(stage["take"], "抽取", counted) + _takes(stage["reserves"], "另抽备选户", counted)


def _purposive(figures: Figures) -> list[Text]:
    """Tell which units were chosen: they left the list before the draw."""
    stages = {each["code"]: each for each in figures.facts["draw"]["stages"]}
    return [
        (
            f"指定的{term('draw.level', code)}：",
            figures.count("draw", "stages", code, "purposive"),
            f"个，包括{'、'.join(reasons)}；抽取之前已从名单中取出，没有入样概率，单独报告，推断的总体不含它们。",
        )
        for code, reasons in _reasons(figures).items()
        if stages[code]["purposive"]
    ]


def _reasons(figures: Figures) -> dict[str, list[str]]:
    """Return why units were chosen, by stage."""
    found: dict[str, list[str]] = {}
    for rule in figures.facts["draw"]["design"]["purposive"]:
        found.setdefault(rule["level"], []).append(rule["reason"])
    return found


def _takes(take: Mapping[str, Any], words: str, counted: str) -> str:
    if "each" not in take:
        total = take.get("total", "按精度要求算出的数")
        return f"共{words}{total}{counted}，按规则分配到各层。" if total else ""
    each = take["each"]
    if {line["take"] for line in take["by"]} <= {each}:
        return f"每层{words}{_amount(each, counted)}。" if each else ""
    lines = [f"{'、'.join(line['when'].values())}的层各{_amount(line['take'], counted)}" for line in take["by"]]
    return f"{words}：{'，'.join([*lines, f'其他层各{_amount(each, counted)}'])}。"


def _amount(amount: int | str, counted: str) -> str:
    """Write a number, a share or all."""
    return "全部" if amount == "all" else amount if isinstance(amount, str) else f"{amount}{counted}"


def _stages(figures: Figures) -> Table:
    columns = (
        Column("级", share=0.18),
        *(Column(title, "end") for title in ("层（组）数", "总体", "抽中", "其中必选", "备选")),
        Column("方差算法", "center"),
    )
    rows = []
    for stage in figures.facts["draw"]["stages"]:
        methods = "、".join(term("draw.joint_method", name) for name in stage["joint_methods"]) or NONE
        names = ("groups", "population", "taken", "certain", "reserves")
        numbers = (figures.count("draw", "stages", stage["code"], name) for name in names)
        counted = "户" if stage["code"] == "household" else "个"
        rows.append(Row((f"{term('draw.level', stage['code'])}（{counted}）", *numbers, methods)))
    note = "总体指该级所在各组单位数之和。必选指入样概率等于1的单位。"
    return Table("各级抽取情况", columns, tuple(rows), note=note)


def _process(figures: Figures) -> list[Block]:
    draw = figures.facts["draw"]
    text = (
        f"{local_time(draw['committed_at'])}先公布承诺：方案、抽样框和秘密的哈希值绑在一起，进入公开的链式名单；"
        f"{local_time(draw['drawn_at'])}揭示秘密并抽取（均为北京时间）。种子由承诺、秘密和公共随机值算出，每个单位的号码由种子和单位编号算出，"
        "抽中与否完全由号码决定。秘密使被评估县不能预先算出样本，公共随机值使评估机构不能挑选样本。"
    )
    stamp = draw["time_stamp"]
    if stamp is not None:
        text += f"承诺于{local_time(stamp['at'])}由{stamp['authority']}盖时间戳作证（RFC 3161）。"
    blocks: list[Block] = [Paragraph(text)]
    if draw["public_value"] is None:
        words = (
            "本次抽取没有使用公共随机值，公式中以空文本代替。"
            "因此只能证明抽取之后样本没有改动，不能证明评估机构没有挑选秘密。"
        )
        blocks.append(Paragraph((Strong("无公共随机值。"), words)))
    return blocks


def local_time(text: str) -> str:
    """Write a time of the files as people in China read it."""
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone(SHANGHAI)
    return f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分{at.second:02d}秒"


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
        # No full stop behind it: whoever copies the command would copy that too.
        ("安装公开的程序evalsvc，在放有这两个文件的文件夹中运行：", CommandLine(COMMAND)),
        (
            "从机构的公开页面下载登记表commitments.jsonl，放在同一文件夹，运行下面一行再核；登记表整本重写也会露出来：",
            CommandLine(f"{COMMAND} --log commitments.jsonl"),
        ),
        "程序先核对签名，再核对数据包每个文件的哈希值与签名文件所载是否一致，并与公开登记表核对规则包、方案、问卷和答卷是否在当时已定，然后从抽样框和种子重抽样本，"
        "从原样答卷重做检查和汇总，重新估计，最后把本报告印出的每个数字与重算结果逐一对照。",
        NAMED,
    )
