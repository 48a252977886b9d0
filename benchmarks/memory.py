"""Watch the memory of a process and everything that it started, from outside, by what /proc says."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

EVERY = 0.2
"""Seconds between two looks; a shorter peak may stay unseen."""
PROC = Path("/proc")


@dataclass(frozen=True)
class Look:
    """What was seen at one moment."""

    at: float
    """By the clock of time.monotonic."""
    bytes: int
    processes: int


class Watch:
    """Look at a tree of processes every fifth of a second while a block runs.

    Counted is the proportional set size: a page that several processes share counts once, not once in each.
    """

    def __init__(self, root: int | None = None) -> None:
        self.root = os.getpid() if root is None else root
        self.looks: list[Look] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> Self:
        self._look()
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    @property
    def peak(self) -> int:
        """Return the most bytes seen at one moment."""
        return max(look.bytes for look in self.looks)

    def peak_between(self, start: float, end: float) -> int:
        """Return the most bytes seen between two moments; 0 when nothing was looked at between them."""
        return max((look.bytes for look in self.looks if start <= look.at <= end), default=0)

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            self._look()

    def _look(self) -> None:
        sizes = [size_of(process) for process in tree_of(self.root)]
        self.looks.append(Look(time.monotonic(), sum(sizes), len(sizes)))


def tree_of(root: int) -> Iterator[int]:
    """Return a process and all that descend from it."""
    children: dict[int, list[int]] = {}
    for path in PROC.glob("[0-9]*/stat"):
        fields = _text(path).rpartition(")")[2].split()
        if fields:
            children.setdefault(int(fields[1]), []).append(int(path.parent.name))
    waiting = [root]
    while waiting:
        process = waiting.pop()
        waiting += children.get(process, [])
        yield process


def size_of(process: int) -> int:
    """Return the proportional set size of a process; 0 when it has ended."""
    for line in _text(PROC / str(process) / "smaps_rollup").splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) * 1024
    return 0


def processor_seconds(root: int) -> float:
    """Add up the processor time of a process, of all that descend from it and of those of them that have ended."""
    ticks = 0
    for process in tree_of(root):
        fields = _text(PROC / str(process) / "stat").rpartition(")")[2].split()
        ticks += sum(int(field) for field in fields[11:15])
    return ticks / os.sysconf("SC_CLK_TCK")


def megabytes(size: float) -> str:
    """Write a size for people."""
    return f"{size / 2**20:,.0f} MiB"


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""  # it ended in between


def most_held() -> int:
    """Return the most bytes that this process has held at one moment since it began, as the kernel counted them."""
    lines = _text(PROC / "self" / "status").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith("VmHWM:"))
