"""Write the details of complaints about plans as people read them: places from 1, Chinese words, rounded numbers."""

import math
import re
from collections.abc import Mapping
from typing import Any

ENTRY = re.compile(r"\[(\d+)\]|(?<=^design\.stages)\.(\d+)(?=\.)|(?<=^design\.two_phase\.stages)\.(\d+)(?=\.)")
STATEMENT = re.compile(r"estimates\[(\d+)\]\.(?!id$)")
EXPECTED = {
    "text": "文字",
    "list of texts": "文字的列表，如 [a, b]",
    "true or false": "true 或 false，不加引号",
    "number": "数，不加引号",
    "whole number": "整数",
    "mapping": "键和值的集合，如 {a: 1}",
    "list": "列表，每项以 - 开头",
    "[number, number]": "[数, 数]",
    "list of numbers from 0, not all of them 0": "不小于 0、不全为 0 的数的列表",
    "degrees: [longitude, latitude], or plane: [x, y]": "degrees: [经度, 纬度]，或 plane: [x, y]",
}
"""The Chinese of what a key should hold."""
STATED = "value"
"""The detail that is told as the plan states it."""
LARGE = 1e5
SIGNS = {">=": ("不小于", "at least"), ">": ("大于", "above"), "<": ("小于", "below"), "-": ("至", "to")}


def readable(details: Mapping[str, Any], plan: Mapping[str, Any], language: str) -> dict[str, Any]:
    """Rewrite the details of one complaint against a plan, of which the values are at hand as they were parsed."""
    english = language == "en"
    told = {name: value if name == STATED else _rounded(value) for name, value in details.items()}
    if isinstance(stated := told.get("place"), str):
        told["place"] = place(stated, plan, language)
    if "range" in told:
        words = [SIGNS[word][english] if word in SIGNS else word for word in str(told["range"]).split()]
        told["range"] = " ".join(words).replace(", ", " and " if english else "、")
    if not english and "expected" in told:
        told["expected"] = EXPECTED.get(str(told["expected"]), told["expected"])
    if told.get("word") == "":
        told["word"] = "end of the text" if english else "结尾"
    for key in ("by", "other"):
        if told.get(key) == "":
            told[key] = "nothing" if english else "无"
    return told


def _rounded(value: object) -> object:
    """Round a computed number to 6 digits, a larger one to whole units."""
    if not isinstance(value, float) or not math.isfinite(value):
        return value
    return float(round(value)) if abs(value) >= LARGE else float(f"{value:.6g}")


def place(stated: str, plan: Mapping[str, Any], language: str) -> str:
    """Name a statement by its id, where it has one, and count all other entries from 1."""
    found = STATEMENT.match(stated)
    if found is not None:
        name = _id(plan, int(found.group(1)))
        if name is not None:
            return f"{name}.{stated[found.end() :]}"
    word = "no. {}" if language == "en" else "第 {} 项"
    return ENTRY.sub(lambda entry: " " + word.format(int(entry.group(entry.lastindex or 0)) + 1), stated)


def _id(plan: Mapping[str, Any], number: int) -> str | None:
    statements = plan.get("estimates")
    statement = statements[number] if isinstance(statements, list) and number < len(statements) else None
    name = statement.get("id") if isinstance(statement, Mapping) else None
    return name if isinstance(name, str) and name else None
