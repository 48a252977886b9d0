"""Chinese quotation marks in words that people read: pyxform makes straight ones of them in every cell.

In expressions that is right, for “yes” is no text there; in labels, hints and messages it is bad print.
"""

from __future__ import annotations

from collections.abc import Mapping

WORDS = frozenset({
    "label", "hint", "guidance_hint", "constraint_message", "required_message", "constraint message",
    "required message", "caption",
})  # fmt: skip
"""Columns that hold words, without their language."""
SHEETS = ("survey", "choices")
QUOTES = "“”‘’"
STAND_INS = "\uf8f0\uf8f1\uf8f2\uf8f3"
"""Characters for private use, which no font has and no workbook is known to hold."""
_HIDE, _SHOW = str.maketrans(QUOTES, STAND_INS), str.maketrans(STAND_INS, QUOTES)


def hidden(sheets: Mapping[str, object]) -> dict[str, object]:
    """Put stand-ins for the quotation marks of words, so that the conversion leaves them alone."""
    return {name: _rows(content) if name in SHEETS else content for name, content in sheets.items()}


def shown(xform: str) -> str:
    """Put the quotation marks back."""
    return xform.translate(_SHOW)


def _rows(content: object) -> object:
    if not isinstance(content, list):
        return content
    return [{column: _cell(column, cell) for column, cell in row.items()} for row in content]


def _cell(column: str, cell: object) -> object:
    if not isinstance(cell, str) or column.partition(":")[0].strip().lower() not in WORDS:
        return cell
    return cell.translate(_HIDE)
