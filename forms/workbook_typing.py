"""Slips of the keyboard in a workbook: signs of Chinese width where half-width ones count, and words for yes and no."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import replace

from pyxform import aliases
from pyxform.xls2json_backends import DefinitionData

from forms.complaint import Complaint
from forms.workbook_quotes import QUOTES
from forms.workbook_sheets import FIRST_ROW

_EXPRESSIONS = frozenset({
    "relevant", "relevance", "constraint", "calculation", "calculate", "required", "read_only", "readonly",
    "choice_filter", "repeat_count", "trigger", "parameters",
})  # fmt: skip
_NAMES = {"survey": frozenset({"type", "name"}), "choices": frozenset({"list_name"})}
_TRUTHS = frozenset({"required", "read_only", "readonly", "disabled"})
_LITERAL = re.compile(r"'[^']*'|\"[^\"]*\"|“[^”]*”|‘[^’]*’")
_CURLY = re.compile(f"[{QUOTES}]")
_WIDE = re.compile("[！-～　\u00a0]")
_WIDE_REFERENCE = re.compile(r"[$＄]\s*[{｛]\s*[^{}｛｝]*[}｝]")
_BLANKS = {"　": "U+3000", "\u00a0": "U+00A0"}
SLIPS = frozenset({"workbook.full_width", "workbook.wide_blank", "workbook.yes_or_no"})
"""A cell with one of these has no other fault that counts."""
YES = frozenset({"是", "对", "真", "必填", "必答", "需要", "√", "✓", "✔", "y", "Y"})
NO = frozenset({"否", "不", "不是", "假", "选填", "选答", "不需要", "×", "n", "N"})


def typing_faults(sheets: DefinitionData) -> Iterator[Complaint]:
    """Name the cells with signs that mean nothing to clients, and those whose yes or no they do not know."""
    for name in _NAMES:
        for number, row in enumerate(getattr(sheets, name) or (), start=FIRST_ROW):
            for header, text in row.items():
                yield from _cell_faults(name, number, header, text)


def _cell_faults(sheet: str, number: int, header: str, text: str) -> Iterator[Complaint]:
    column = str(header).lower().replace(" ", "_").removeprefix("bind::")
    if sheet == "survey" and column in _TRUTHS and text.strip() in YES | NO and text.strip() not in aliases.yes_no:
        meant = "yes" if text.strip() in YES else "no"
        yield _fault("workbook.yes_or_no", sheet, number, header, {"value": text.strip(), "meant": meant})
        return
    found = dict.fromkeys(_wide_signs(sheet, column, text))
    wide = [sign for sign in found if sign not in _BLANKS]
    if wide:
        half = (unicodedata.normalize("NFKC", sign) for sign in wide)
        yield _fault("workbook.full_width", sheet, number, header, {"signs": " ".join(wide), "meant": " ".join(half)})
    if sheet == "survey" and column in _EXPRESSIONS and (curly := dict.fromkeys(_CURLY.findall(text))):
        told = _fault("workbook.curly_quotes", sheet, number, header, {"signs": " ".join(curly)})
        yield replace(told, severity="warning")
    if len(wide) < len(found):
        blanks = ", ".join(_BLANKS[sign] for sign in found if sign in _BLANKS)
        yield _fault("workbook.wide_blank", sheet, number, header, {"signs": blanks})


def _wide_signs(sheet: str, column: str, text: str) -> list[str]:
    """Give the signs of Chinese width where they are no words for people."""
    if column in _NAMES[sheet]:
        return _WIDE.findall(text)
    if sheet == "survey" and column in _EXPRESSIONS:
        return _WIDE.findall(_LITERAL.sub("", text))
    return [sign for reference in _WIDE_REFERENCE.findall(text) for sign in _WIDE.findall(reference)]


def _fault(code: str, sheet: str, row: int, column: str, details: Mapping[str, str]) -> Complaint:
    return Complaint("form", code, "", {**details, "row": row}, sheet, row, column)
