"""The words that people read: the sentence of a stable code, in Chinese or English."""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from evalsvc.zone import local_text

LANGUAGES = ("zh", "en")
PLACEHOLDER = re.compile(r"%\((\w+)\)s")
TIME_NAMES = frozenset({"at", "received", "begins", "ends", "own"})
"""Details that are times, beside those whose names end in ``_at``."""
LARGEST_WHOLE = 1e15
"""Above it a float is no count any more."""
WRONG_TYPE = "check.wrong_type"
"""Names the type of an answer, which people know by its word."""
UTC_TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
TIMES = {"zh": "北京时间 {local}〔世界时 {utc}〕", "en": "{local} Beijing time [{utc}]"}


@dataclass(frozen=True)
class Entry:
    """The two sentences of one code."""

    zh: str
    en: str


@cache
def catalogue() -> Mapping[str, Entry]:
    """Read every file of translations/codes once; a code that stands twice is a mistake of ours."""
    entries: dict[str, Entry] = {}
    for file in sorted(files("evalsvc").joinpath("translations", "codes").iterdir(), key=lambda file: file.name):
        if not file.name.endswith(".toml"):
            continue
        for code, words in tomllib.loads(file.read_text(encoding="utf-8")).items():
            if code in entries:
                raise ValueError(f"{code} stands twice in the catalogue, again in {file.name}")
            entries[code] = Entry(**words)
    return entries


def sentence(code: str, details: Mapping[str, object] | None = None, language: str = "zh") -> str:
    """Return what happened, where, and what to do, with the details filled in; an unknown code stands for itself."""
    entry = catalogue().get(code)
    if entry is None:
        return code
    text = entry.en if language == "en" else entry.zh
    given = details or {}
    kind = f"instrument.answer_type.{given.get('type')}"
    if code == WRONG_TYPE and kind in catalogue():
        given = {**given, "type": sentence(kind, {}, language)}
    return PLACEHOLDER.sub(lambda match: told(match.group(1), given.get(match.group(1)), language), text)


def term(kind: str, name: str, language: str = "zh") -> str:
    """Return the word for a name of a format, as ``draw.method`` and ``equal``; the name where there is none."""
    known = f"{kind}.{name}"
    told = sentence(known, {}, language)
    return name if told == known else told


def told(name: str, value: object, language: str) -> str:
    """Write one detail; a time of a file in the one zone in which people read times, with the file's own beside it."""
    is_time = name in TIME_NAMES or name.endswith("_at")
    if is_time and isinstance(value, str) and UTC_TIME.fullmatch(value):
        return TIMES["en" if language == "en" else "zh"].format(local=local_text(value), utc=value)
    return _plain(value, language)


def _plain(value: object, language: str) -> str:
    """Write one detail as people write it: lists with their separators, nothing for what is missing."""
    if value is None:
        return "—"
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return "; ".join(f"{name}: {_plain(item, language)}" for name, item in value.items())
    if isinstance(value, list | tuple | set | frozenset):
        return (", " if language == "en" else "、").join(_plain(item, language) for item in value)
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < LARGEST_WHOLE else f"{value:.10g}"
    return str(value)
