"""Rules of ISO 19005-3, 6.2.11, on fonts: whole inside the file, as wide as they say, every sign with its letter."""

import re
from collections import defaultdict
from collections.abc import Iterator
from io import BytesIO
from typing import Any

from fontTools.cffLib import CFFFontSet
from fontTools.pens.basePen import NullPen
from fontTools.ttLib import TTFont
from pikepdf import Array, Name, Pdf, Stream

from tests.unit.reports.pdf_checks.reading import SHOWS_TEXT, fonts, instructions

MOST_OFF = 1.0
"""Thousandths of an em between the width that the file says and that of the font (6.2.11.5)."""


def embedded(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for value in pdf.objects:
        if isinstance(value, Stream) or getattr(value, "get", None) is None or isinstance(value, Array | Name):
            continue
        if value.get("/Type") == Name.FontDescriptor and not _program(value):
            yield f"{value.FontName} is not inside the file"
    for font in fonts(pdf):
        if "/FontDescriptor" not in font.DescendantFonts[0]:
            yield f"{font.BaseFont} has no description"


def identity(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for font in fonts(pdf):
        descendant = font.DescendantFonts[0]
        if font.Encoding != Name("/Identity-H") or "/CIDSystemInfo" not in descendant:
            yield f"{font.BaseFont}: encoding"
        if descendant.Subtype == Name.CIDFontType2 and "/CIDToGIDMap" not in descendant:
            yield f"{font.BaseFont}: no map of glyphs"


def widths(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for font, codes in _used(pdf):
        stated, true = _stated_widths(font.DescendantFonts[0]), _true_widths(font.DescendantFonts[0])
        for code in codes:
            if code not in true or abs(stated.get(code, 1000.0) - true[code]) > MOST_OFF:
                yield f"{font.BaseFont}: glyph {code} says {stated.get(code)}, is {true.get(code)}"


def letters(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for font, codes in _used(pdf):
        if "/ToUnicode" not in font:
            yield f"{font.BaseFont} does not tell its letters"
            continue
        known = _letters(font.ToUnicode.read_bytes().decode("ascii"))
        for code in codes:
            if known.get(code, "\0") in ("", "\0", "\ufeff", "\ufffe"):
                yield f"{font.BaseFont}: glyph {code} has no letter"


def no_notdef(pdf: Pdf, _content: bytes) -> Iterator[str]:
    for font, codes in _used(pdf):
        if 0 in codes:
            yield f"{font.BaseFont} prints an empty box"


def _program(descriptor: Any) -> bytes:
    for name in ("/FontFile2", "/FontFile3", "/FontFile"):
        if name in descriptor:
            return bytes(descriptor[name].read_bytes())
    return b""


def _used(pdf: Pdf) -> list[tuple[Any, set[int]]]:
    """Return every font with the glyphs that pages show by it."""
    found: dict[tuple[int, int], set[int]] = defaultdict(set)
    named = {font.objgen: font for font in fonts(pdf)}
    for page in pdf.pages:
        resources, current = page.obj.Resources, None
        for each in _with_forms(page, resources):
            if each.operator == "Tf":
                current = resources.Font[str(each.operands[0])].objgen
            elif each.operator in SHOWS_TEXT and current in named:
                found[current] |= set(_shown(each.operands))
    return [(named[key], codes) for key, codes in found.items()]


def _with_forms(page: Any, resources: Any) -> Iterator[Any]:
    yield from instructions(page)
    for _, form in resources.get("/XObject", {}).items():
        if form.get("/Subtype") == Name.Form:
            yield from instructions(form)


def _shown(operands: list[Any]) -> Iterator[int]:
    parts = operands[0] if isinstance(operands[0], Array) else [operands[-1]]
    for part in parts:
        if type(part).__name__ in ("String", "Object") or isinstance(part, bytes | str):
            raw = bytes(part)
            yield from (int.from_bytes(raw[place : place + 2], "big") for place in range(0, len(raw), 2))


def _stated_widths(descendant: Any) -> dict[int, float]:
    values, found, place = list(descendant.get("/W", [])), {}, 0
    while place < len(values):
        first = int(values[place])
        if isinstance(values[place + 1], Array):
            found.update({first + number: float(width) for number, width in enumerate(values[place + 1])})
            place += 2
        else:
            found.update({code: float(values[place + 2]) for code in range(first, int(values[place + 1]) + 1)})
            place += 3
    return found


def _true_widths(descendant: Any) -> dict[int, float]:
    """Read the widths from the font's own program."""
    program = _program(descendant.FontDescriptor)
    if program[:4] in (b"OTTO", b"\0\1\0\0", b"true"):
        face = TTFont(BytesIO(program))
        scale = 1000 / face["head"].unitsPerEm
        return {face.getGlyphID(name): width * scale for name, (width, _) in face["hmtx"].metrics.items()}
    fonts_inside = CFFFontSet()
    fonts_inside.decompile(BytesIO(program), None)
    top = fonts_inside[0]
    widths_inside = {}
    for number, name in enumerate(top.charset):
        glyph = top.CharStrings[name]
        glyph.draw(NullPen())  # a glyph knows its width when it has been drawn
        widths_inside[number] = float(glyph.width)
    return widths_inside


def _letters(table: str) -> dict[int, str]:
    """Read a table from glyphs to letters."""
    found = {}
    for part in re.findall(r"beginbfchar(.*?)endbfchar", table, re.DOTALL):
        for code, text in re.findall(r"<([0-9a-fA-F]+)>\s*<([0-9a-fA-F]*)>", part):
            found[int(code, 16)] = bytes.fromhex(text).decode("utf-16-be", "replace")
    for part in re.findall(r"beginbfrange(.*?)endbfrange", table, re.DOTALL):
        for low, high, text in re.findall(r"<(\w+)>\s*<(\w+)>\s*<(\w+)>", part):
            for step in range(int(high, 16) - int(low, 16) + 1):
                found[int(low, 16) + step] = chr(int(text, 16) + step)
    return found


RULES = {
    "6.2.11.3": identity,
    "6.2.11.4": embedded,
    "6.2.11.5": widths,
    "6.2.11.7": letters,
    "6.2.11.8": no_notdef,
}
