"""Show on a terminal how far the writing of a dataset is; nothing where standard error is no terminal."""

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import Progress as Bar

from evalsvc.terminal import language
from evalsvc.words import sentence
from forms.dataset.writing import Telling


@contextmanager
def telling(code: str) -> Iterator[Telling]:
    """Give what moves the bar; it is gone when the work is done or stopped (Ctrl-C stops it)."""
    console = Console(stderr=True)
    with Bar(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(sentence(code, {}, language()), total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)
