"""Guess what a word or sign of a plan, which the format does not have, was meant to be."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from difflib import SequenceMatcher, get_close_matches

FULL_WIDTH: Mapping[str, str] = {
    "：": ":",
    "，": ",",
    "、": ",",
    "；": ";",
    "“": '"',
    "”": '"',
    "‘": "'",
    "’": "'",
    "（": "(",
    "）": ")",
    "【": "[",
    "】": "]",
    "［": "[",
    "］": "]",
    "｛": "{",
    "｝": "}",
    "＝": "=",
    "～": "~",
    "－": "-",
    "＋": "+",
    "\u3000": " ",
}
"""Signs of Chinese input methods, with those of YAML and of the plan's formulas."""
OPERATORS: Mapping[str, str] = {
    **FULL_WIDTH,
    "＝": "==",
    "＞": ">",
    "＜": "<",
    "≥": ">=",
    "≤": "<=",
    "≠": "!=",
    "=": "==",
    "&": "and",
    "|": "or",
    "!": "not",
    "且": "and",
    "并且": "and",
    "和": "and",
    "或": "or",
    "或者": "or",
    "非": "not",
}
"""What other languages and input methods write where a condition has a word or sign of its own."""
ARITHMETIC: Mapping[str, str] = {**FULL_WIDTH, "×": "*", "÷": "/", "−": "-", "＊": "*", "／": "/"}
"""The same of expressions and formulas."""
SYNONYMS: Mapping[str, str] = {
    "stat": "statistic",
    "deff": "design_effect",
    "rake": "raking",
    "filter": "where",
    "subset": "where",
    "condition": "where",
    "group": "by",
    "groupby": "by",
    "domain": "by",
    "name": "id",
    "psu": "cluster",
    "fpc": "population",
    "median": "quantile",
    "percentile": "quantile",
    "frequency": "proportion",
    "percent": "proportion",
    "share": "proportion",
    "rate": "proportion",
    "average": "mean",
    "sum": "total",
    "regression": "glm",
    "logistic": "glm",
    "wilcoxon": "ranktest",
    "jackknife": "jkn",
}
"""Words of the field and of other programs that no spelling leads to the plan's."""
ALIKE = 0.7
"""From here on difflib's likeness of two words is taken for a slip; below it seed is like nested."""


def nearest(word: str, known: Collection[str]) -> str | None:
    """Give the one of the known words that was probably meant."""
    by_small = {each.lower(): each for each in known}
    small = word.strip().lower()
    if small in by_small:
        return by_small[small]
    if SYNONYMS.get(small) in known:
        return SYNONYMS[small]
    alike = get_close_matches(small, list(by_small), n=2, cutoff=ALIKE)
    if not alike or len({SequenceMatcher(None, each, small).ratio() for each in alike}) < len(alike):
        return None  # jk2 is as near to jk1 as to jkn
    return by_small[alike[0]]


def condition_word(word: str) -> str | None:
    """Give what a condition calls a word or sign that it does not have."""
    small = word.lower()
    return small if small != word and small in ("and", "or", "not", "in") else OPERATORS.get(word)
