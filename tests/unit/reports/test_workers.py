"""Many reports in worker processes: each by its name, an error of one ends nothing, a killed worker is told."""

import os
import signal
from collections import Counter
from concurrent.futures.process import BrokenProcessPool

import pytest

from reports import pdf, workers
from reports.workers import in_workers, lay_out_many
from tests.unit.reports import sample


def halved(number: int) -> int:
    if number == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    if number % 2:
        raise ValueError(number)
    return number // 2


def test_reports_are_the_same_as_laid_out_here(plain_pdf: bytes) -> None:
    document = sample.document()
    wanted = [(name, (document, {"data.json": name.encode()})) for name in ("one", "two", "three")]
    made = {each.name: each.made for each in lay_out_many(wanted)}
    assert made == {name: pdf.build(*given) for name, given in wanted}


def test_an_error_of_one_is_handed_out_with_its_name() -> None:
    done = {each.name: each for each in in_workers(halved, [(str(number), number) for number in range(1, 12)])}
    assert {name: each.made for name, each in done.items() if each.error is None} == {
        str(number): number // 2 for number in range(2, 12, 2)
    }
    assert {name for name, each in done.items() if isinstance(each.error, ValueError)} == {
        "1",
        "3",
        "5",
        "7",
        "9",
        "11",
    }


def process_of(_number: int) -> int:
    return os.getpid()


def test_processes_are_replaced_before_they_grow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workers, "LONGEST", 3)
    done = list(in_workers(process_of, ((str(number), number) for number in range(8)), workers=1))
    assert sorted(each.name for each in done) == [str(number) for number in range(8)]
    assert sorted(Counter(each.made for each in done).values()) == [2, 3, 3]


def test_a_killed_worker_is_told_and_the_rest_can_be_asked_for_again() -> None:
    wanted, kept = [(str(number), number) for number in (2, 4, 6, 0, 8)], {}
    with pytest.raises(BrokenProcessPool):
        for each in in_workers(halved, wanted, workers=1):
            kept[each.name] = each.made
    rest = [(name, number) for name, number in wanted if name not in kept and number]
    kept |= {each.name: each.made for each in in_workers(halved, rest, workers=1)}
    assert kept == {"2": 1, "4": 2, "6": 3, "8": 4}
