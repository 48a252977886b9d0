"""Many reports in worker processes: faces and style sheets are loaded once a process, results come one by one.

The caller keeps what has come and asks again for the rest: nothing is held here that a break could lose.
"""

import gc
import multiprocessing
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import chain, islice
from typing import Generic, TypeVar

from reports.document import Document
from reports.embedding import Attachments

Given = TypeVar("Given")
Made = TypeVar("Made")
AHEAD = 2
"""Reports that wait for each worker: enough that none stands still, few enough that memory stays flat."""
LONGEST = 100
"""Pieces of work after which processes are replaced: the libraries that lay out keep up to half a megabyte a report,
outside of what Python could free. ProcessPoolExecutor's own way (max_tasks_per_child) can hang in Python 3.11."""


@dataclass(frozen=True)
class Done(Generic[Made]):
    """One piece of work by its name: what was made, or the error that kept it from being made."""

    name: str
    made: Made | None
    error: Exception | None = None


def in_workers(
    work: Callable[[Given], Made], wanted: Iterable[tuple[str, Given]], workers: int = 2
) -> Iterator[Done[Made]]:
    """Do a piece of work for each name, in worker processes, and yield each as soon as it is done.

    `work` is a function of a module. An error of one piece is handed out with its name and ends nothing else.

    Raises
    ------
    concurrent.futures.process.BrokenProcessPool
        When a worker was killed; what was yielded stays good, and the rest can be asked for again.
    """
    rest = iter(wanted)
    for first in rest:
        yield from _in_one_pool(work, chain([first], islice(rest, workers * LONGEST - 1)), workers)


def _in_one_pool(
    work: Callable[[Given], Made], rest: Iterator[tuple[str, Given]], workers: int
) -> Iterator[Done[Made]]:
    waiting: dict[Future[Made], str] = {}
    start = multiprocessing.get_context("spawn")  # a forked copy of a process with threads may hang
    with ProcessPoolExecutor(workers, mp_context=start, initializer=_made_ready) as pool:
        try:
            waiting.update(_begun(pool, work, islice(rest, workers * AHEAD)))
            while waiting:
                finished, _ = wait(waiting, return_when=FIRST_COMPLETED)
                for future in finished:
                    yield _done(waiting.pop(future), future)
                waiting.update(_begun(pool, work, islice(rest, len(finished))))
        finally:
            pool.shutdown(cancel_futures=True)


def lay_out_many(wanted: Iterable[tuple[str, tuple[Document, Attachments]]], workers: int = 2) -> Iterator[Done[bytes]]:
    """Lay out many documents with the data to embed: the unsigned reports, each under its name."""
    return in_workers(_laid_out, wanted, workers)


def _begun(
    pool: ProcessPoolExecutor, work: Callable[[Given], Made], wanted: Iterable[tuple[str, Given]]
) -> dict[Future[Made], str]:
    return {pool.submit(_worked, work, given): name for name, given in wanted}


def _worked(work: Callable[[Given], Made], given: Given) -> Made:
    """Do a piece of work and clear what it leaves, boxes that refer to each other, so that memory stays flat."""
    try:
        return work(given)
    finally:
        gc.collect()


def _done(name: str, future: Future[Made]) -> Done[Made]:
    error = future.exception()
    if error is None:
        return Done(name, future.result())
    if not isinstance(error, Exception) or isinstance(error, BrokenProcessPool):
        raise error
    return Done(name, None, error)


def _laid_out(given: tuple[Document, Attachments]) -> bytes:
    from reports.pdf import build  # noqa: PLC0415 (loads WeasyPrint, in the workers alone)

    return build(*given)


def _made_ready() -> None:
    """Load what a report is laid out with, before the first one is asked for, and look for waste less often.

    A report makes a million small values that nearly all live until it is done: looking through them after every 700
    costs a tenth of the time.
    """
    import reports.pdf  # noqa: F401, PLC0415 (as above)

    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)
