"""Stata's own missing values .a to .e in a written .dta file, in place of the numbers that stood for them.

The writing library cannot take them from a table of numbers. The layout is that of format 118 ("Description of .dta
file format 118", Stata manual [P] file formats .dta): a map of offsets, types of the variables, rows of one width.
"""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np

from forms.dataset.variables import Missing

_LETTERS = {each: "abcde".index(each.value) + 1 for each in Missing}
LABEL_OF = {each: 2_147_483_621 + number for each, number in _LETTERS.items()}
"""The number under which a table of value labels, and a column of long whole numbers, holds .a, .b, …"""
_DOUBLE = {each: (0x7FE << 52) + (number << 40) for each, number in _LETTERS.items()}
_WIDTHS = {65526: 8, 65527: 4, 65528: 4, 65529: 2, 65530: 1, 32768: 8}
"""Bytes of a double, float, long, int, byte, and of a reference to a long text; other types are texts."""
_DOUBLES, _LONGS = 65526, 65528
_ROWS_AT_ONCE = 10_000
_MAP, _TYPES, _DATA = b"<map>", b"<variable_types>", b"<data>"


def mark_missing(path: Path) -> None:
    """Put Stata's missing values where the numbers of `Missing.code` stand."""
    with path.open("r+b") as file:
        head = file.read(4096)
        wide = head[head.index(b"<release>") + 9 :][:3] != b"118"  # 119 counts its variables in four bytes
        start = head.index(b"<K>") + 3
        variables = struct.unpack_from("<I" if wide else "<H", head, start)[0]
        rows = struct.unpack_from("<Q", head, head.index(b"<N>") + 3)[0]
        offsets = struct.unpack_from("<14Q", head, head.index(_MAP) + len(_MAP))
        file.seek(offsets[2] + len(_TYPES))
        types = struct.unpack(f"<{variables}H", file.read(2 * variables))
    layout = np.dtype([(f"v{place}", _type(code)) for place, code in enumerate(types)])
    if rows:
        data = np.memmap(path, layout, "r+", offsets[9] + len(_DATA), (rows,))
        for begin in range(0, rows, _ROWS_AT_ONCE):
            _mark(data[begin : begin + _ROWS_AT_ONCE], types)
        data.flush()


def _type(code: int) -> str:
    if code in (_DOUBLES, _LONGS):
        return "<f8" if code == _DOUBLES else "<i4"
    return f"V{_WIDTHS.get(code, code)}"


def _mark(rows: np.ndarray, types: tuple[int, ...]) -> None:
    for place, code in enumerate(types):
        if code not in (_DOUBLES, _LONGS):
            continue
        column = rows[f"v{place}"]
        for each in Missing:
            found = column == each.code
            if code == _LONGS:
                column[found] = LABEL_OF[each]
            elif found.any():
                column[found] = np.uint64(_DOUBLE[each]).view(np.float64)
