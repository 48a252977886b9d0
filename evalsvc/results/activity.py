"""Show on a terminal how far estimating has come; nothing where standard error is no terminal."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bar
from rich.progress import TaskID

from evalsvc.terminal import language
from evalsvc.words import sentence

Telling = Callable[[str, int, int], None]
"""Called with the activity, how much of it is done, and how much there is in all."""


@contextmanager
def telling() -> Iterator[Telling]:
    """Give what shows a bar for each activity; the bars are gone when the work is done or stopped."""
    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        tasks: dict[str, TaskID] = {}

        def tell(activity: str, done: int, total: int) -> None:
            if activity not in tasks:
                words = sentence(f"results.activity.{activity}", {}, language())
                tasks[activity] = bar.add_task(words, total=None)
            if total > 1 or done:  # of a single step nobody knows how much is left: its bar only moves
                bar.update(tasks[activity], completed=done, total=total)

        yield tell
