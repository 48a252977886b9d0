"""The unit in which a number is asked: the form's own mark, else what the question's words end in."""

from __future__ import annotations

import re

from forms.structure import EVALSVC, Node

UNITS = (
    "万元", "元", "平方米", "公里", "千米", "米", "亩", "公顷", "公斤", "斤", "吨", "升", "千瓦时", "周岁", "岁", "年",
    "个月", "天", "小时", "分钟", "次", "人", "户", "%", "％", "yuan", "metres", "kilometres", "km", "kg", "hectares",
    "mu", "minutes", "hours", "days", "months", "years", "persons", "households",
)  # fmt: skip
"""What is known to be a unit: other words in brackets explain something."""
_ONE = "|".join(map(re.escape, UNITS))
_ENDINGS = (
    re.compile(rf"[（(](?:[^（）()]*[，,、]\s*)?({_ONE})[）)]\s*\Z"),
    re.compile(rf"(?:多少|几)({_ONE})(?:[（(][^（）()]*[）)])?\s*\Z"),
    re.compile(rf"\bin ({_ONE})\Z"),
)


def unit_of(node: Node) -> str:
    """Name the unit of a number; empty where the question names none."""
    mark = node.attributes.get(EVALSVC + "unit", "").strip()
    found = (ending.search(text) for text in node.labels.values() for ending in _ENDINGS)
    return mark or next((each[1] for each in found if each), "")
