"""Words that are no sentences: headings of tables, names of kinds and states, lists and times, in either language."""

from collections.abc import Iterable
from datetime import UTC, datetime

from evalsvc.words import catalogue, sentence, term
from evalsvc.zone import SHANGHAI


def label(name: str, language: str, **details: object) -> str:
    """Return a heading or a name of the catalogue (`report.<name>`); one that is not there stands for itself."""
    code = f"report.{name}"
    return sentence(code, details, language) if code in catalogue() else name.split(".", 1)[-1]


def level_name(level: str, language: str) -> str:
    """Return what a level of the frame is called."""
    return term("draw.level", level, language)


def listed(names: Iterable[str], language: str) -> str:
    """Write names one after the other."""
    return (", " if language == "en" else "、").join(names)


def local_time(text: str, language: str) -> str:
    """Write a time of the files as people in China read it."""
    at = datetime.strptime(text, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC).astimezone(SHANGHAI)
    if language == "en":
        return f"{at:%H:%M:%S} on {at.day} {at:%B} {at.year}"
    return f"{at.year}年{at.month}月{at.day}日{at.hour}时{at.minute:02d}分{at.second:02d}秒"
