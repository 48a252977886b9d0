"""The fixed words of a report: names of what is counted, and the glossary."""

import re
from collections.abc import Mapping

OUTCOMES: Mapping[str, str] = {
    "completed": "完成访问",
    "non_contact": "未访到",
    "refused": "拒访",
    "ineligible_vacant": "空挂",
    "ineligible_deceased": "已故",
    "ineligible_duplicate": "重复",
}
CASE_KINDS: Mapping[str, str] = {"wrong_exit": "疑似错退", "missed": "疑似漏评", "wrong_entry": "疑似错评"}
CASE_STATES: Mapping[str, str] = {"confirmed": "认定", "excluded": "排除", "open": "未决"}
INTERVALS: Mapping[str, str] = {
    "korn-graubard": "Korn–Graubard",
    "beta": "Beta",
    "wilson": "Wilson（t）",
    "logit": "logit",
    "clopper-pearson": "Clopper–Pearson（有效样本量）",
    "jeffreys": "Jeffreys",
}
MEANINGS: Mapping[str, str] = {
    "达标": "把抽样误差算进去，仍可以说达到了门槛。",
    "不达标": "把抽样误差算进去，仍可以说没有达到门槛。",
    "不能判定": "判定所用的范围跨过门槛：既不能说达到，也不能说没有达到。这不是“基本达标”，需要更多样本或更多证据。",
}
GLOSSARY: tuple[tuple[str, str], ...] = (
    ("估计值", "用样本按入样概率加权得出的全县数值，不是样本里的简单比例。"),
    ("95%置信区间", "按同样方法重复抽样，一百次里约有九十五次，算出的区间会包含全县真实值。区间越窄，把握越大。"),
    ("单侧界", "只向门槛一侧取的置信界。判定只看它，不看估计值。"),
    ("有效样本量", "在精度上相当于多少户的简单随机抽样。同村、同户的情况相似，所以它通常小于户数。"),
    ("设计效应", "与同样户数的简单随机抽样相比，方差扩大的倍数。"),
    ("自由度", "抽中村数减去村层数。它越小，区间越宽。"),
    ("错退", "建档立卡退出户的收入没有稳定超过标准，或者没有稳定实现“两不愁三保障”。以户认定，全户人口计入。"),
    ("漏评", "没有建档立卡，但实际符合识别标准的户。以户认定，全户人口计入。"),
    ("错评", "已经建档立卡，但实际不符合识别标准的户。只计入识别准确率，以户认定，全户人口计入。"),
    ("监测户", "抽样框中户类别为监测户的户，即因有返贫或致贫风险而列入动态监测的户；其中有的建档立卡，有的没有。"),
    ("空挂", "名册上有这一户，村里实际没有这户人家居住。留在样本内，取值为零，不当作拒访。"),
    ("备选户", "与主样本同时抽出、排好顺序的户。主样本户访不到时按顺序启用，原户保留记录；备选户用自己的权重。"),
    ("承诺", "抽取之前公布的一串哈希值，绑定抽样方案、抽样框和一个秘密。改动其中任何一点，哈希值都会不同。"),
    ("种子", "由承诺、秘密和公共随机值算出的一串字符，决定抽中哪些村和户。有了它，任何人都能重抽一遍。"),
)
_CHINESE = "\u3000-\u303f\u4e00-\u9fff\uff00-\uffef"
_GAPS = re.compile(rf"(?<=[{_CHINESE}]) +(?=[!-~])|(?<=[!-~]) +(?=[{_CHINESE}])|(?<=[0-9]) +(?=%)")


def as_set(text: str) -> str:
    """Leave out the spaces between Chinese and western signs that screens show and print does not."""
    return _GAPS.sub("", text)
