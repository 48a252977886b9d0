"""Let lanes take turns, each in a process of its own, ours beside the peers, and write what was seen."""

import json
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.evidence import ROOT, table
from benchmarks.memory import megabytes

PEERS = ("svy==0.35.0", "samplics==0.6.1", "polars", "pandas", "pyarrow")
Command = list[str | Path]


@dataclass(frozen=True)
class Lane:
    """One piece of work: how it is called on the page, what runs it, and the lane that it is measured against."""

    title: str
    command: Command
    beside: str | None = None


@dataclass(frozen=True)
class Timed:
    """What was seen of a lane: seconds of every round, and the most bytes of all rounds."""

    label: str
    count: int
    wall: Sequence[float]
    processor: Sequence[float]
    peak: int


@dataclass(frozen=True)
class Target:
    """A figure that must not be larger than its limit, or, with ``least``, not smaller."""

    words: str
    found: float
    limit: float
    unit: str
    least: bool = False

    @property
    def kept(self) -> bool:
        """Tell whether the figure keeps to its limit."""
        return self.found >= self.limit if self.least else self.found <= self.limit


@dataclass(frozen=True)
class Peers:
    """What the peers are run with, and on what."""

    folder: Path
    villages: int
    python: Path | None

    def r(self, name: str, title: str, task: str, beside: str | None = None) -> dict[str, Lane]:
        """Give a lane of R; none where it is not installed."""
        if shutil.which("Rscript") is None:
            return {}
        script = ROOT / "benchmarks" / "draw_peers.R"
        return {name: Lane(f"{name}: {title}", ["Rscript", script, task, *self._on()], beside)}

    def library(self, name: str, title: str, task: str, beside: str | None = None) -> dict[str, Lane]:
        """Give a lane of a Python library; none where they could not be installed."""
        if self.python is None:
            return {}
        script = ROOT / "benchmarks" / "draw_peers.py"
        return {name: Lane(f"{name}: {title}", [self.python, script, name, task, *self._on()], beside)}

    def _on(self) -> Command:
        return [self.folder, str(self.villages)]


def own(name: str, folder: Path) -> Command:
    """Give the command of a lane of ours, or of DuckDB's."""
    return [sys.executable, "-m", "benchmarks.draw_lanes", name, folder]


def make_peers(folder: Path) -> Path | None:
    """Find or make the virtual environment of the Python peers; None where it cannot be made."""
    home = folder / "peers"
    python = home / "bin" / "python"
    if python.exists():
        return python
    uv = Path(sys.executable).with_name("uv")
    try:
        subprocess.run([uv, "venv", "--quiet", home], check=True)
        subprocess.run([uv, "pip", "install", "--quiet", "--python", python, *PEERS], check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no Python peers: {error}", file=sys.stderr)
        shutil.rmtree(home, ignore_errors=True)
        return None
    return python


def race(lanes: Mapping[str, Lane], rounds: int) -> dict[str, Timed]:
    """Run every lane once a round."""
    seen: dict[str, list[Timed]] = {name: [] for name in lanes}
    for number in range(rounds):
        for name, lane in lanes.items():
            print(f"round {number + 1} of {rounds}: {name}", file=sys.stderr, flush=True)
            ended = subprocess.run(lane.command, cwd=ROOT, stdout=subprocess.PIPE, text=True, check=True)
            told = json.loads(ended.stdout)
            seen[name].append(Timed(told["label"], told["count"], [told["wall"]], [told["processor"]], told["peak"]))
    return {name: _together(found) for name, found in seen.items()}


def _together(found: Sequence[Timed]) -> Timed:
    return Timed(
        found[0].label,
        found[0].count,
        [each.wall[0] for each in found],
        [each.processor[0] for each in found],
        max(each.peak for each in found),
    )


def ratio(lanes: Mapping[str, Lane], timed: Mapping[str, Timed], name: str, *, processor: bool = False) -> float:
    """Give the median of the rounds' ratios of a lane to the one that it is measured against."""
    other = timed[lanes[name].beside or name]
    pairs = zip(timed[name].processor, other.processor, strict=True)
    if not processor:
        pairs = zip(timed[name].wall, other.wall, strict=True)
    return median(one / max(beside, 1e-9) for one, beside in pairs)


def figures(lanes: Mapping[str, Lane], timed: Mapping[str, Timed]) -> str:
    """Write what was seen of every lane."""
    rows = [
        (
            lane.title,
            timed[name].label,
            f"{median(timed[name].wall):.3f}",
            f"{median(timed[name].processor):.3f}",
            _times(lanes, timed, name),
            megabytes(timed[name].peak),
            f"{timed[name].count:,}",
        )
        for name, lane in lanes.items()
    ]
    return table(("Work", "By", "Wall s", "Processor s", "Times", "Memory", "Rows out"), rows)


def _times(lanes: Mapping[str, Lane], timed: Mapping[str, Timed], name: str) -> str:
    if lanes[name].beside is None:
        return "–"
    return f"{ratio(lanes, timed, name):.2f} ({ratio(lanes, timed, name, processor=True):.2f})"


def kept(targets: Sequence[Target]) -> str:
    """Tell of each target whether it was kept."""
    rows = [
        (
            target.words,
            f"{target.found:.2f} {target.unit}",
            f"{'at least ' * target.least}{target.limit:.2f} {target.unit}",
            "yes" if target.kept else "**no**",
        )
        for target in targets
    ]
    return table(("Target", "Found", "Limit", "Kept"), rows)
