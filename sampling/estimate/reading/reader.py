"""Take a plan's mapping apart key by key, gathering every complaint instead of stopping at the first."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Mapping
from typing import Any

from sampling.estimate.errors import Complaint, Detail, GrammarError
from sampling.estimate.reading.meant import FULL_WIDTH, nearest

PERCENT = re.compile(r"\s*(-?(?:\d+\.?\d*|\.\d+))\s*[%％]\s*", re.ASCII)


class Reader:
    """Read the keys of one mapping; what is left over at `close` is an unknown key."""

    def __init__(self, values: Mapping[Any, Any], place: str, complaints: list[Complaint]) -> None:
        self.values = dict(values)
        self.place = place
        self.complaints = complaints
        self.asked: set[str] = set()

    def complain(self, code: str, key: str, **details: str | int | float | bool | None) -> None:
        """Note a complaint about one key."""
        self.complaints.append(Complaint(code, {"place": self.path(key), "key": key, **details}))

    def path(self, key: str) -> str:
        """Name a key by its way from the top."""
        return f"{self.place}.{key}" if self.place else key

    def take(self, key: str) -> Any:
        """Take a value out, None when absent."""
        self.asked.add(key)
        return self.values.pop(key, None)

    def text(self, key: str, *, needed: bool = False) -> str | None:
        """Take a non-empty text."""
        value = self.take(key)
        if value is None:
            if needed:
                self.complain("plan.missing_key", key)
            return None
        if not isinstance(value, str) or not value:
            self.complain("plan.wrong_type", key, expected="text")
            return None
        return value

    def column(self, key: str, *, needed: bool = False) -> str | None:
        """Take the name of a column; of a number one cannot say whether a name or a value is meant."""
        value = self.values.get(key)
        if isinstance(value, int | float) and not isinstance(value, bool):
            self.take(key)
            self.complain("plan.column_expected", key, value=value)
            return None
        return self.text(key, needed=needed)

    def texts(self, key: str) -> tuple[str, ...]:
        """Take a list of texts, or one text as a list of one."""
        value = self.take(key)
        if value is None:
            return ()
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list | tuple) or not all(isinstance(item, str) and item for item in listed):
            self.complain("plan.wrong_type", key, expected="list of texts")
            return ()
        repeated = next((item for index, item in enumerate(listed) if item in listed[:index]), None)
        if repeated is not None:
            self.complain("plan.repeated_name", key, name=repeated)
        return tuple(listed)

    def choice(self, key: str, allowed: Collection[str], default: str) -> str:
        """Take one of the allowed words."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, str) or value not in allowed:
            self.refuse_word(key, value, allowed)
            return default
        return value

    def refuse_word(self, key: str, value: object, allowed: Collection[str]) -> None:
        """Refuse a word that is none of those allowed, with the one that was probably meant."""
        meant = nearest(str(value), allowed)
        words = ", ".join(allowed)
        if meant is None:
            self.complain("plan.not_one_of", key, value=str(value), allowed=words)
        else:
            self.complain("plan.misspelt_word", key, value=str(value), allowed=words, meant=meant)

    def refuse_text(self, key: str, text: str, error: GrammarError, code: str, meant: str | None) -> None:
        """Refuse a text that does not fit its grammar, with what the word at fault was probably meant to be."""
        details: dict[str, Detail] = {"text": text, "position": error.position + 1, "word": error.word}
        if meant is None:
            self.complain(code, key, **details)
        else:
            self.complain("plan.misspelt_sign", key, **details, meant=meant)

    def flag(self, key: str, *, default: bool) -> bool:
        """Take true or false."""
        value = self.take(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            self.complain("plan.wrong_type", key, expected="true or false")
            return default
        return value

    def number(
        self, key: str, *, above: float = -math.inf, below: float = math.inf, least: float = -math.inf
    ) -> float | None:
        """Take a finite number with above < number < below and number >= least."""
        value = self.take(key)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self._refuse_number(key, value)
            return None
        if not above < value < below or value < least:
            self.complain("plan.out_of_range", key, value=value, range=_range(above, below, least))
            return None
        return float(value)

    def _refuse_number(self, key: str, value: object) -> None:
        percent = PERCENT.fullmatch(value) if isinstance(value, str) else None
        if percent is None:
            self.complain("plan.wrong_type", key, expected="number")
        else:
            self.complain("plan.percent", key, value=str(value), meant=f"{float(percent.group(1)) / 100:.10g}")

    def numbers(self, key: str, *, above: float = -math.inf, below: float = math.inf) -> tuple[float, ...]:
        """Take a list of different finite numbers with above < number < below, or one number as a list of one."""
        value = self.take(key)
        if value is None:
            return ()
        found: list[float] = []
        for item in value if isinstance(value, list | tuple) else [value]:
            self.values[key] = item
            number = self.number(key, above=above, below=below)
            if number in found:
                self.complain("plan.repeated_name", key, name=str(item))
            found += [] if number is None else [number]
        return tuple(found)

    def mapping(self, key: str) -> Reader | None:
        """Take a nested mapping as a reader of its own."""
        value = self.take(key)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.complain("plan.wrong_type", key, expected="mapping")
            return None
        return Reader(value, self.path(key), self.complaints)

    def readers(self, key: str) -> list[Reader]:
        """Take a list of mappings."""
        value = self.take(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple):
            self.complain("plan.wrong_type", key, expected="list")
            return []
        found: list[Reader] = []
        for index, item in enumerate(value):
            if isinstance(item, Mapping):
                found.append(Reader(item, f"{self.path(key)}[{index}]", self.complaints))
            else:
                self.complain("plan.wrong_type", f"{key}[{index}]", expected="mapping")
        return found

    def refuse(self, keys: Collection[str]) -> None:
        """Refuse keys of the format that this version does not compute."""
        for key in keys:
            if self.values.pop(key, None) is not None:
                self.complain("plan.not_built", key)

    def close(self) -> None:
        """Refuse every key that nobody asked for."""
        for key in map(str, self.values):
            sign = next((sign for sign in key if sign in FULL_WIDTH), None)
            meant = nearest(key, self.asked)
            if sign is not None:
                self.complain("plan.full_width_key", key, sign=sign, meant=FULL_WIDTH[sign])
            elif meant is not None:
                self.complain("plan.misspelt_key", key, meant=meant)
            else:
                self.complain("plan.unknown_key", key)


def _range(above: float, below: float, least: float) -> str:
    parts = []
    if above > -math.inf:
        parts.append(f"> {above:g}")
    if least > -math.inf:
        parts.append(f">= {least:g}")
    if below < math.inf:
        parts.append(f"< {below:g}")
    return ", ".join(parts)
