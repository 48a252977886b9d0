"""Tell of a frame what was counted: as JSON, which the service keeps and the API gives, and in words on a terminal."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

from evalsvc.words import sentence
from sampling.explain import Explanation
from sampling.frame_notes import FrameNotes
from sampling.frame_profile import Bar, BelowProfile, ColumnProfile, Distribution, FrameProfile, LevelProfile

BAR = 30
"""Signs of the longest bar on a terminal."""


def profile_as_json(profile: FrameProfile) -> list[dict[str, Any]]:
    """Write the levels of a profile; numbers with declared decimals are text, which keeps them."""
    return [
        {
            "name": level.name,
            "units": profile.counts[level.name],
            "columns": [_column_as_json(own) for own in level.columns],
            "below": [
                {
                    "level": each.level,
                    "units": _numbers_as_json(each.units),
                    "largest": [{"id": unit, "label": label, "units": units} for unit, label, units in each.largest],
                }
                for each in level.below
            ],
        }
        for level in profile.levels
    ]


def _column_as_json(own: ColumnProfile) -> dict[str, Any]:
    numbers = None if own.numbers is None else _numbers_as_json(own.numbers)
    return {"name": own.name, "kind": own.kind, "missing": own.missing, "numbers": numbers}


def _numbers_as_json(numbers: Distribution) -> dict[str, Any]:
    return {
        "values": numbers.values,
        "total": _number(numbers.total),
        "quantiles": [_number(each) for each in numbers.quantiles],
        "bars": [
            {
                "lower": _number(bar.lower),
                "upper": None if bar.upper is None else _number(bar.upper),
                "units": bar.count,
            }
            for bar in numbers.bars
        ],
    }


def _number(value: int | Decimal) -> int | str:
    return value if isinstance(value, int) else str(value)


def certainties_as_json(explanation: Explanation) -> list[dict[str, Any]]:
    """Write for each stage how many units a design is sure to take, given the units above them."""
    return [
        {
            "stage": stage.name,
            "method": stage.method,
            "units": stage.population,
            "certainties": sum(stratum.certainties for stratum in stage.strata),
            "expected": round(stage.expected, 2),
        }
        for stage in explanation.stages
    ]


def profile_lines(profile: FrameProfile, language: str) -> Iterator[str]:
    """Tell a profile in words, with bars."""
    for level in profile.levels:
        details = {"level": level.name, "units": f"{profile.counts[level.name]:,}"}
        yield sentence("frame.level_counted", details, language)
        yield from _level_lines(level, language)


def _level_lines(level: LevelProfile, language: str) -> Iterator[str]:
    for own in level.columns:
        if own.numbers is not None:
            details = {"column": own.name, "missing": f"{own.missing:,}", **_spread(own.numbers)}
            code = "frame.profile_numbers" if own.numbers.values else "frame.profile_no_numbers"
            yield "  " + sentence(code, details, language)
            yield from _bars(own.numbers)
        elif own.missing:
            details = {"column": own.name, "missing": f"{own.missing:,}"}
            yield "  " + sentence("frame.profile_missing", details, language)
    for each in level.below:
        yield from _below_lines(level.name, each, language)


def _below_lines(name: str, below: BelowProfile, language: str) -> Iterator[str]:
    details = {"level": name, "lower_level": below.level, **_spread(below.units)}
    yield "  " + sentence("frame.profile_below", details, language)
    yield from _bars(below.units)
    largest = "、".join(f"{unit}{f' {label}' if label else ''} {units:,}" for unit, label, units in below.largest)
    yield "  " + sentence("frame.profile_largest", {"largest": largest}, language)


def _spread(numbers: Distribution) -> Mapping[str, object]:
    names = ("least", "low", "lower_quarter", "median", "upper_quarter", "high", "greatest")
    told: dict[str, object] = {"total": f"{numbers.total:,}"}
    return told | {name: f"{value:,}" for name, value in zip(names, numbers.quantiles, strict=False)}


def _bars(numbers: Distribution) -> Iterator[str]:
    most = max((bar.count for bar in numbers.bars), default=0)
    for bar in numbers.bars if len(numbers.bars) > 1 else ():
        width = round(BAR * bar.count / most)
        drawn = "█" * width or ("▏" if bar.count else "")
        yield f"    {_limits(bar):>24} {drawn} {bar.count:,}"


def _limits(bar: Bar) -> str:
    """Write the limits of a bar: of whole numbers the first and the last, or the only one that it holds."""
    if bar.upper is None:
        return f"{bar.lower:,}+"
    if isinstance(bar.upper, Decimal):
        return f"{bar.lower:,} – < {bar.upper:,}"
    return f"{bar.lower:,}" if bar.upper == bar.lower + 1 else f"{bar.lower:,} – {bar.upper - 1:,}"


def note_lines(notes: FrameNotes, language: str) -> Iterator[str]:
    """Tell which columns are codes of which year, and which are hashes."""
    for each in notes.codes:
        yield sentence("frame.codes_told" if each.changed else "frame.codes_told_unchanged", vars(each), language)
    if notes.identity is not None:
        columns = "、".join(notes.identity.columns)
        yield sentence("frame.identity_told", {**vars(notes.identity), "columns": columns}, language)


def certainty_lines(stages: Sequence[Mapping[str, Any]], language: str) -> Iterator[str]:
    """Tell which stages of a design take units for sure."""
    for stage in stages:
        yield sentence("frame.profile_certainties", stage, language)
