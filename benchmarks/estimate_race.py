"""Let lanes of the study of estimates take turns, each in a process of its own, and compare their times and figures."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.evidence import ROOT, table
from benchmarks.memory import megabytes

Command = list[str | Path]
Numbers = Sequence[float | None]
Figures = Mapping[str, Numbers]
SAME = 1e-9
"""Largest relative difference between figures that are called the same."""
OURS = "own"


@dataclass(frozen=True)
class Lane:
    """One piece of work: how it is called on the page and what runs it; ``once`` spares a slow one further rounds."""

    title: str
    command: Command
    once: bool = False


@dataclass(frozen=True)
class Timed:
    """What was seen of a lane: seconds of every round (medians of its runs), the most bytes, the first figures."""

    label: str
    design: Sequence[float]
    wall: Sequence[float]
    processor: Sequence[float]
    peak: int
    figures: Figures


def run(command: Command, libraries: Path | None = None) -> dict[str, object]:
    """Run one lane once; R looks for packages in ``libraries`` first."""
    more = {} if libraries is None else {"R_LIBS": str(libraries)}
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True, env={**os.environ, **more})
    told: dict[str, object] = json.loads(ended.stdout.splitlines()[-1])
    return told


def race(lanes: Mapping[str, Lane], rounds: int, libraries: Path | None = None) -> dict[str, Timed]:
    """Run every lane once a round."""
    seen: dict[str, list[Timed]] = {name: [] for name in lanes}
    for number in range(rounds):
        for name, lane in lanes.items():
            if number and lane.once:
                continue
            print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            seen[name].append(as_timed(run(lane.command, libraries)))
    return {name: _together(found) for name, found in seen.items()}


def as_timed(told: Mapping[str, object]) -> Timed:
    """Read what one process told."""
    return Timed(
        label=str(told["label"]),
        design=[_seconds(told["design"])],
        wall=[median(told["walls"])],  # type: ignore[arg-type]
        processor=[median(told["processors"])],  # type: ignore[arg-type]
        peak=int(_seconds(told["peak"])),
        figures=told["figures"],  # type: ignore[arg-type]
    )


def _seconds(value: object) -> float:
    return float(str(value))


def _together(found: Sequence[Timed]) -> Timed:
    return Timed(
        found[0].label,
        [each.design[0] for each in found],
        [each.wall[0] for each in found],
        [each.processor[0] for each in found],
        max(each.peak for each in found),
        found[0].figures,
    )


def times(timed: Mapping[str, Timed], name: str, beside: str = OURS, *, whole: bool = False) -> float:
    """Give how many times a lane took of another, the median over the rounds; ``whole`` counts the design, too."""
    one, other = timed[name], timed[beside]
    pairs = zip(_walls(one, whole=whole), _walls(other, whole=whole), strict=False)
    return median(mine / max(theirs, 1e-9) for mine, theirs in pairs)


def _walls(timed: Timed, *, whole: bool) -> list[float]:
    return [wall + design * whole for wall, design in zip(timed.wall, timed.design, strict=True)]


def seconds(lanes: Mapping[str, Lane], timed: Mapping[str, Timed]) -> str:
    """Write what was seen of every lane."""
    rows = [
        (
            lane.title,
            timed[name].label,
            f"{median(timed[name].design):.3f}",
            f"{median(timed[name].wall):.3f}",
            f"{median(timed[name].processor):.3f}",
            "–" if name == OURS else f"{times(timed, name):.1f} ({times(timed, name, whole=True):.1f})",
            megabytes(timed[name].peak),
        )
        for name, lane in lanes.items()
    ]
    return table(("Work", "By", "Design s", "Work s", "Processor s", "Times", "Memory"), rows)


@dataclass(frozen=True)
class Difference:
    """How far figures of two lanes lie apart: how many there are on both sides, and the largest relative difference."""

    words: str
    count: int
    largest: float
    remark: str = ""

    @property
    def same(self) -> bool:
        """Tell whether there is something to compare and all of it is the same."""
        return self.count > 0 and self.largest <= SAME


def difference(
    words: str, ours: Sequence[float | None], theirs: Sequence[float | None], remark: str = ""
) -> Difference:
    """Compare figures one by one; where only one side has a figure, or the lengths differ, nothing is the same."""
    if len(ours) != len(theirs):
        return Difference(words, 0, math.inf, remark)
    pairs = [(one, other) for one, other in zip(ours, theirs, strict=True) if one is not None or other is not None]
    return Difference(words, len(pairs), max((_apart(one, other) for one, other in pairs), default=math.inf), remark)


def _apart(one: float | None, other: float | None) -> float:
    if one is None or other is None:
        return math.inf
    return abs(one - other) / (abs(other) or 1.0) if one != other else 0.0


def sameness(found: Sequence[Difference]) -> str:
    """Tell of each comparison whether the figures are the same."""
    rows = [
        (
            each.words,
            f"{each.count:,}",
            f"{each.largest:.1e}" if math.isfinite(each.largest) else "∞",
            "yes" if each.same else f"**no**{': ' * bool(each.remark)}{each.remark}",
        )
        for each in found
    ]
    return table(("Figures", "Compared", "Largest relative difference", "The same"), rows)
