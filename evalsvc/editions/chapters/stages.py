"""The stages of a design as a text sees them: within what is drawn, by which strata, how, and how many."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from evalsvc.editions.chapters.labels import label, level_name, listed
from evalsvc.editions.figures import Figures
from evalsvc.words import term


@dataclass(frozen=True)
class ExceptionView:
    """Strata of which another number is taken."""

    strata: str
    amount: str


@dataclass(frozen=True)
class TakeView:
    """How many are taken: a total, or a number of each stratum with its exceptions; neither where none are."""

    total: str = ""
    each: str = ""
    exceptions: tuple[ExceptionView, ...] = ()


@dataclass(frozen=True)
class StageView:
    """One stage."""

    level: str
    above: str
    strata: str
    method: str
    size: str
    counted: str
    listed_later: bool
    unannounced: str
    take: TakeView
    reserves: TakeView


@dataclass(frozen=True)
class PurposiveView:
    """Units that were chosen by judgement."""

    code: str
    level: str
    reasons: str


def stage_views(figures: Figures) -> Iterator[StageView]:
    """Yield the stages of the design in their order."""
    language, above = figures.language, ""
    for stage in figures.facts["draw"]["design"]["stages"]:
        level = level_name(stage["name"], language)
        counted = label("counted.household" if stage["name"] == "household" else "counted.other", language)
        yield StageView(
            level,
            above,
            listed((label(f"stratum.{name}", language) for name in stage["strata"]), language),
            term("draw.method", stage["method"], language),
            _size(stage["size"], language),
            counted,
            stage["listed"] == "later",
            str(stage["unannounced"] or ""),
            _take(stage["take"], counted, language),
            _take(stage["reserves"], counted, language),
        )
        above = level


def _size(size: Mapping[str, str] | None, language: str) -> str:
    if not size:
        return ""
    kind, name = next(iter(size.items()))
    return label("stage.count_of", language, level=level_name(name, language)) if kind == "count" else name


def _take(take: Mapping[str, Any], counted: str, language: str) -> TakeView:
    if "each" not in take:
        total = take.get("total", label("stage.by_precision", language))
        return TakeView(total=f"{total}" if total else "")
    each = take["each"]
    if {line["take"] for line in take["by"]} <= {each}:
        return TakeView(each=_amount(each, counted, language) if each else "")
    exceptions = tuple(
        ExceptionView(listed(line["when"].values(), language), _amount(line["take"], counted, language))
        for line in take["by"]
    )
    return TakeView(each=_amount(each, counted, language), exceptions=exceptions)


def _amount(amount: int | str, counted: str, language: str) -> str:
    """Write a number, a share or all."""
    if amount == "all":
        return label("stage.all", language)
    return amount if isinstance(amount, str) else label("stage.amount", language, amount=amount, counted=counted)


def purposive_views(figures: Figures) -> Iterator[PurposiveView]:
    """Yield the levels at which units were chosen, with the reasons."""
    found: dict[str, list[str]] = {}
    for rule in figures.facts["draw"]["design"]["purposive"]:
        found.setdefault(rule["level"], []).append(rule["reason"])
    chosen = {each["code"]: each["purposive"] for each in figures.facts["draw"]["stages"]}
    for code, reasons in found.items():
        if chosen[code]:
            yield PurposiveView(code, level_name(code, figures.language), listed(reasons, figures.language))
