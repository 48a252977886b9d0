"""See that a parsed document holds plain values: what JSON can hold, in text that every file can hold."""

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sampling.errors import Complaint, complain

MOST_NESTED = 60
"""Levels of nesting; the deepest of ours has ten."""
LARGEST = 2**53 - 1
"""The largest integer that RFC 8785 writes: beyond, programs read different numbers from the same digits."""


@dataclass
class PlainValues:
    """Bring the texts of a document into NFC, and list what no document of ours holds.

    YAML reads more than JSON does, and both have ways to write text that cannot be stored: half of a character pair,
    U+0000. A text written by numbers of characters need not be in NFC.
    """

    file: str
    complaints: list[Complaint] = field(default_factory=list)

    def of(self, value: Any, place: str = "", depth: int = 0) -> Any:
        """Give a value with its texts in NFC; what stands deeper than anything of ours is complained about."""
        if depth > MOST_NESTED:
            if not any(each.code == "document.too_deep" for each in self.complaints):
                self._complain("document.too_deep", place, limit=MOST_NESTED)
            return None
        if isinstance(value, str):
            return self._text(value, place)
        if isinstance(value, dict):
            return self._entries(value, place, depth)
        if isinstance(value, list):
            return [self.of(each, f"{place}[{i}]", depth + 1) for i, each in enumerate(value)]
        if isinstance(value, float) and not math.isfinite(value):
            self._complain("document.bad_value", place, value=str(value))
        return value

    def _entries(self, value: Mapping[Any, Any], place: str, depth: int) -> dict[Any, Any]:
        built: dict[Any, Any] = {}
        for key, part in value.items():
            if not isinstance(key, str):
                self._complain("document.key_not_text", place, key=str(key))
                continue
            name = self._text(key, place)
            if name in built:
                self._complain("document.duplicate_key", place, key=name)
            built[name] = self.of(part, f"{place}.{name}".lstrip("."), depth + 1)
        return built

    def _text(self, text: str, place: str) -> str:
        wrong = next((one for one in text if one == "\0" or "\ud800" <= one <= "\udfff"), None)
        if wrong is None:
            return unicodedata.normalize("NFC", text)
        self._complain("document.bad_character", place, character=f"U+{ord(wrong):04X}")
        return ""

    def _complain(self, code: str, place: str, **details: Any) -> None:
        self.complaints.append(complain(code, file=self.file, column=place, **details))


def check_canonical(value: object, file: str, place: str = "") -> Iterator[Complaint]:
    """Complain about values that RFC 8785 cannot write in one way only, in a part of a document that is hashed."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from check_canonical(part, file, f"{place}.{key}".lstrip("."))
    elif isinstance(value, list):
        for i, part in enumerate(value):
            yield from check_canonical(part, file, f"{place}[{i}]")
    elif isinstance(value, int) and abs(value) > LARGEST:
        code, limit = ("document.too_large", LARGEST) if value > 0 else ("document.too_small", -LARGEST)
        yield complain(code, file=file, column=place, value=_digits(value), limit=limit)
    elif not isinstance(value, str | int | float | None):
        yield complain("document.bad_value", file=file, column=place, value=str(value))


def _digits(value: int) -> str:
    """Write an integer, cut to a readable length."""
    text = str(value)
    return text if len(text) <= 40 else text[:37] + "..."
