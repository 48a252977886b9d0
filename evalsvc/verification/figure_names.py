"""What a printed figure is called: its key is for programs, people read the chapter, the place and the quantity."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from evalsvc.planning.indicators import BY_CLASS, OPEN_FOR, indicator_of_row
from evalsvc.verification.outcome import FigureCheck
from evalsvc.words import catalogue, sentence

SILENT = frozenset({"counties", "kinds", "stages", "standards", "cases", "replacements", "rejections"})
"""Steps of a path that a reader need not see: what stands behind them says enough."""
BETWEEN = " · "


@dataclass(frozen=True)
class NamedFigure:
    """One figure in words."""

    group: str
    """The chapter or the indicator that it belongs to."""
    name: str
    """Its place and its quantity."""
    check: FigureCheck


@dataclass(frozen=True)
class Group:
    """The figures of one chapter or indicator."""

    name: str
    figures: tuple[NamedFigure, ...]


def named(check: FigureCheck, places: Mapping[str, str], language: str) -> NamedFigure:
    """Say in words what a figure is; codes of places are replaced by the names that the report gives them."""
    head, *rest = check.key.split("/")
    indicator = indicator_of_row(head)
    if indicator is None:
        words = [_word(each, language, head) for each in rest if each not in SILENT]
        return NamedFigure(_word(head, language), _joined(words, places), check)
    name = indicator.english if language == "en" else indicator.chinese
    endings = [ending for ending in (BY_CLASS, OPEN_FOR) if ending in head.removeprefix(indicator.id)]
    opened = [_word(OPEN_FOR.strip("_"), language)] if OPEN_FOR in endings else []
    domain, field = "/".join(rest[:-1]), rest[-1] if rest else ""
    return NamedFigure(name, _joined([*domain.split(","), *opened, _word(field, language)], places), check)


def grouped(figures: Sequence[NamedFigure]) -> tuple[Group, ...]:
    """Put figures together by chapter or indicator, in the order in which they are printed."""
    found: dict[str, list[NamedFigure]] = {}
    for each in figures:
        found.setdefault(each.group, []).append(each)
    return tuple(Group(name, tuple(rows)) for name, rows in found.items())


def _word(piece: str, language: str, group: str = "") -> str:
    """Return the word of a step of a key, within its chapter where the chapter has its own; else the step itself."""
    for code in (f"verification.figure.{group}_{piece}", f"verification.figure.{piece}"):
        if code in catalogue():
            return sentence(code, {}, language)
    return piece


def _joined(pieces: Sequence[str], places: Mapping[str, str]) -> str:
    return BETWEEN.join(places.get(each, each) for each in pieces if each)
