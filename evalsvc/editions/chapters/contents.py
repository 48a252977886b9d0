"""What a kind of report consists of, from its contents.toml: the words of the cover, and the texts in their order."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from evalsvc.editions.chapters.faults import TextFault

CONTENTS = "contents.toml"
MOST_TEXTS = 40
"""Texts of one report."""
LONGEST_CONTENTS = 5_000
WORDS, LISTS = ("title", "subtitle", "salutation"), ("keywords", "summary", "chapters", "annexes")


@dataclass(frozen=True)
class Contents:
    """The words of the cover, and the names of the texts."""

    title: str
    subtitle: str = ""
    salutation: str = ""
    """To whom a letter is written."""
    keywords: tuple[str, ...] = ()
    summary: tuple[str, ...] = ()
    chapters: tuple[str, ...] = ()
    annexes: tuple[str, ...] = ()

    @property
    def texts(self) -> tuple[str, ...]:
        """Return the names of all texts in their order."""
        return (*self.summary, *self.chapters, *self.annexes)


def read_contents(text: str) -> Contents:
    """Read contents.toml.

    Raises
    ------
    TextFault
        What is wrong with it.
    """
    if len(text) > LONGEST_CONTENTS:
        raise TextFault("report_text.long", found=len(text), most=LONGEST_CONTENTS)
    try:
        stated = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError, ValueError) as error:
        raise TextFault("report_text.not_toml", problem=str(error)[:200]) from error
    _require_form(stated)
    keywords, summary, chapters, annexes = (tuple(stated.get(name, ())) for name in LISTS)
    title, subtitle, salutation = (str(stated.get(name, "")) for name in WORDS)
    found = Contents(title, subtitle, salutation, keywords, summary, chapters, annexes)
    if len(found.texts) > MOST_TEXTS:
        raise TextFault("report_text.many_texts", found=len(found.texts), most=MOST_TEXTS)
    twice = next((name for name in found.texts if found.texts.count(name) > 1), None)
    if twice is not None:
        raise TextFault("report_text.text_twice", name=twice[:80])
    return found


def _require_form(stated: Mapping[str, Any]) -> None:
    for name, value in stated.items():
        words = isinstance(value, str) if name in WORDS else False
        texts = isinstance(value, list) and all(isinstance(each, str) for each in value) if name in LISTS else False
        if not words and not texts:
            raise TextFault("report_text.contents", name=name[:80], known="、".join((*WORDS, *LISTS)))
    missing = [name for name in ("title", "chapters") if not stated.get(name)]
    if missing:
        raise TextFault("report_text.contents_missing", names="、".join(missing))
