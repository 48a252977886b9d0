"""Run `evalsvc demo` into an empty folder and measure it from outside: time by step, memory of all its processes.

    .venv/bin/python -m benchmarks.demo [--runs 3] [--scale full] [--short]

Nothing is built into the demonstration for this: the steps are the lines that it prints, memory is what /proc says.
"""

import argparse
import os
import re
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.evidence import ROOT, Study, duration, parser, publish, table, tell
from benchmarks.memory import EVERY, Watch, megabytes
from evalsvc.demonstration.server import COMMAND, own_settings
from evalsvc.demonstration.summary import SHOWN_FILES

STUDY = Study(
    page="demo",
    title="The demonstration as a whole",
    question=(
        "How long does `evalsvc demo` take from an empty folder to the outsider's check, after set-up, and how much"
        " memory do all its processes need together?"
    ),
    module="benchmarks.demo",
    libraries=("sqlalchemy", "duckdb", "weasyprint", "pyhanko", "gunicorn"),
)
STEP = re.compile(r"^✓ (?P<name>.+?)  (?P<seconds>\d+\.\d) s$")
MOST_SECONDS, MOST_BYTES, CORES = 240, 2 * 2**30, 2


@dataclass(frozen=True)
class Step:
    """One step, with the time that the demonstration itself printed."""

    name: str
    seconds: float
    peak: int


@dataclass(frozen=True)
class Run:
    """One run from an empty folder."""

    seconds: float
    processor: float
    peak: int
    steps: tuple[Step, ...]
    written: dict[str, int]


def main() -> None:
    given = arguments()
    os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:CORES])
    began, runs = time.monotonic(), []
    count, scale = (1, "small") if given.short else (given.runs, given.scale)
    for number in range(1, count + 1):
        runs.append(measure(scale))
        tell(number, count, began)
    publish(STUDY, given, sections(runs, scale))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--runs", type=int, default=3)
    given.add_argument("--scale", choices=("full", "small"), default="full")
    return given.parse_args()


def measure(scale: str) -> Run:
    """Run the demonstration once; one that does not end well is no measurement."""
    with tempfile.TemporaryDirectory(prefix="evalsvc-demo-") as folder:
        out = Path(folder) / "demo"
        began, spent = time.monotonic(), _processor_of_children()
        process = subprocess.Popen(
            [*COMMAND, "demo", "--dir", str(out), "--scale", scale],
            cwd=ROOT,
            env=own_settings({}),
            stdout=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )
        with Watch(process.pid) as watch:
            told = _read(process)
            status = process.wait()
        seconds = time.monotonic() - began
        if status != 0:
            raise SystemExit(f"the demonstration ended with {status}:\n" + "\n".join(line for _, line in told[-30:]))
        written = {name: (out / name).stat().st_size for name in SHOWN_FILES}
        written["everything"] = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    steps = tuple(steps_of(told, began, watch))
    return Run(seconds, _processor_of_children() - spent, watch.peak, steps, written)


def _processor_of_children() -> float:
    """Return the processor time of every process that was started and has ended, those of its children included."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def _read(process: subprocess.Popen[str]) -> list[tuple[float, str]]:
    """Read what a process prints, with the time of each line."""
    if process.stdout is None:
        raise ValueError("the process was started without a pipe")
    with process.stdout as lines:
        return [(time.monotonic(), line.rstrip("\n")) for line in lines]


def steps_of(told: Sequence[tuple[float, str]], began: float, watch: Watch) -> Iterator[Step]:
    """Find the steps among the lines; a step's memory is the most that was seen until its line since the one before."""
    before = began
    for at, line in told:
        match = STEP.match(line)
        if match is not None:
            yield Step(match["name"], float(match["seconds"]), watch.peak_between(before, at))
            before = at


def sections(runs: Sequence[Run], scale: str) -> list[str]:
    """Write the sections of the page."""
    many = f"{len(runs)} runs" if len(runs) > 1 else "One run"
    return [
        "## The whole",
        f"{many} of the {scale} demonstration, each into an empty folder, on at most {CORES} cores. Memory is the"
        f" proportional set size of the command, the server and whatever they start, looked at every {EVERY} s.",
        _whole(runs),
        "## Step by step",
        "Medians of the times that the demonstration prints; the server comes up while the samples are drawn.",
        _by_step(runs),
        "## What is written",
        table(("File", "Bytes"), ((name, f"{size:,}") for name, size in runs[-1].written.items())),
    ]


def _whole(runs: Sequence[Run]) -> str:
    seconds, peaks = [run.seconds for run in runs], [run.peak for run in runs]
    rows = [
        ("Time", *_spread(seconds, duration), duration(MOST_SECONDS), _within(max(seconds), MOST_SECONDS)),
        ("Processor time", *_spread([run.processor for run in runs], duration), "–", "–"),
        ("Peak memory", *_spread(peaks, megabytes), megabytes(MOST_BYTES), _within(max(peaks), MOST_BYTES)),
    ]
    return table(("", "Median", "Least", "Most", "Limit", "Every run within it"), rows)


def _spread(values: Sequence[float], words: Callable[[float], str]) -> tuple[str, str, str]:
    return words(median(values)), words(min(values)), words(max(values))


def _within(value: float, limit: float) -> str:
    return "yes" if value < limit else "no"


def _by_step(runs: Sequence[Run]) -> str:
    names = [step.name for step in runs[0].steps]
    rows = []
    for place, name in enumerate(names):
        same = [run.steps[place] for run in runs]
        peak = max(step.peak for step in same)
        rows.append((name, f"{median(step.seconds for step in same):.1f} s", megabytes(peak) if peak else "–"))
    return table(("Step", "Median time", "Peak memory"), rows)


if __name__ == "__main__":
    main()
