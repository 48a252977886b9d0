"""What a person sees while the demonstration runs: one bar a step on a terminal, one line a step elsewhere."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

Tell = Callable[[int, int], None]
"""Told how much of a step is done, and how much there is."""


@dataclass(frozen=True)
class Lap:
    """How long one step took."""

    name: str
    seconds: float


class Show:
    """Show steps one after another and keep their times."""

    def __init__(self, console: Console) -> None:
        self.console = console
        self.laps: list[Lap] = []

    @contextmanager
    def step(self, name: str) -> Iterator[Tell]:
        """Show one step while its block runs."""
        started = time.monotonic()
        with self._bar(name) as tell:
            yield tell
        lap = Lap(name, time.monotonic() - started)
        self.laps.append(lap)
        self.console.print(f"[green]✓[/green] {name}  [dim]{lap.seconds:.1f} s[/dim]", highlight=False)

    @contextmanager
    def _bar(self, name: str) -> Iterator[Tell]:
        if not self.console.is_terminal:
            yield lambda _done, _total: None
            return
        columns = (SpinnerColumn(), TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
        with Progress(*columns, TimeElapsedColumn(), console=self.console, transient=True) as progress:
            task = progress.add_task(name, total=None)

            def tell(done: int, total: int) -> None:
                progress.update(task, completed=done, total=total)

            yield tell
