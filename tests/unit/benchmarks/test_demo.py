"""The measured demonstration: its steps are read from what it prints."""

import io

from rich.console import Console

from benchmarks.demo import MOST_BYTES, MOST_SECONDS, Run, Step, sections, steps_of
from benchmarks.memory import Look, Watch
from evalsvc.demonstration.show import Show


def test_steps_are_read_as_the_demonstration_prints_them() -> None:
    screen = io.StringIO()
    show = Show(Console(file=screen, width=100))
    for name in ("抽取 / drawing", "外部核对：evalsvc verify / the outsider's check"):
        with show.step(name):
            pass
    told = [(float(at), line) for at, line in enumerate(["a heading", *screen.getvalue().splitlines(), "✓ all"])]
    watch = Watch(1)
    watch.looks = [Look(0.5, 10, 1), Look(1.5, 30, 2), Look(1.6, 20, 2), Look(9.0, 99, 2)]
    assert list(steps_of(told, 0.0, watch)) == [
        Step("抽取 / drawing", round(show.laps[0].seconds, 1), 10),
        Step("外部核对：evalsvc verify / the outsider's check", round(show.laps[1].seconds, 1), 30),
    ]


def run(seconds: float, peak: int) -> Run:
    return Run(seconds, seconds / 2, peak, (Step("draw", seconds / 4, peak),), {"report.pdf": 7})


def test_the_slowest_and_the_largest_run_are_held_against_the_limits() -> None:
    good = "\n".join(sections([run(50, MOST_BYTES // 2), run(60, MOST_BYTES // 4)], "full"))
    assert "| Time | 55 s | 50 s | 60 s | 4.0 min | yes |" in good
    assert "| Peak memory | 768 MiB | 512 MiB | 1,024 MiB | 2,048 MiB | yes |" in good
    assert "| draw | 13.8 s | 1,024 MiB |" in good
    bad = "\n".join(sections([run(50, 1), run(MOST_SECONDS, MOST_BYTES)], "full"))
    assert bad.count("| no |") == 2
