"""The line in which requests wait for one who writes for all: everybody is answered once, and nobody is lost."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from evalsvc.errors import BusyError, ConflictError
from evalsvc.interviews.intake.group import MOST_TOGETHER, Group

SOON = 10


class Pen:
    """A writer that can be held: it tells when it began, and goes on when it is let go."""

    def __init__(self, *, held: bool = False) -> None:
        self.groups: list[list[int]] = []
        self.began, self.go_on = threading.Event(), threading.Event()
        if not held:
            self.go_on.set()

    def write(self, wishes):
        self.began.set()
        assert self.go_on.wait(SOON)
        self.groups.append(list(wishes))
        return [ConflictError("trial", number=each) if each < 0 else each * 10 for each in wishes]


def waiting(group):
    return len(group._waiting)


def until(condition):
    for _ in range(1000):
        if condition():
            return
        threading.Event().wait(0.005)
    pytest.fail("it did not come so far")


def test_those_who_come_while_one_writes_are_written_together():
    pen = Pen(held=True)
    group = Group(pen.write)
    with ThreadPoolExecutor(9) as pool:
        first = pool.submit(group.ask, 1)
        assert pen.began.wait(SOON)
        others = [pool.submit(group.ask, number) for number in range(2, 10)]
        until(lambda: waiting(group) == 8)
        pen.go_on.set()
        assert [each.result(SOON) for each in (first, *others)] == [number * 10 for number in range(1, 10)]
    assert [len(each) for each in pen.groups] == [1, 8]


def test_many_are_each_answered_once():
    pen = Pen()
    group, numbers = Group(pen.write), range(2000)
    with ThreadPoolExecutor(16) as pool:
        assert list(pool.map(group.ask, numbers)) == [number * 10 for number in numbers]
    assert sorted(number for each in pen.groups for number in each) == list(numbers)
    assert max(map(len, pen.groups)) <= MOST_TOGETHER
    assert group.ask(1) == 10


def test_a_failed_one_gets_its_own_error_and_the_others_their_answers():
    pen = Pen(held=True)
    group = Group(pen.write)
    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(group.ask, 1)]
        assert pen.began.wait(SOON)
        found += [pool.submit(group.ask, number) for number in (2, -3, 4)]
        until(lambda: waiting(group) == 3)
        pen.go_on.set()
        assert [found[place].result(SOON) for place in (0, 1, 3)] == [10, 20, 40]
        with pytest.raises(ConflictError) as refused:
            found[2].result(SOON)
    assert refused.value.details == {"number": -3}


def test_when_nothing_could_be_written_everybody_is_told_so_and_the_next_are_written(caplog):
    pen = Pen(held=True)

    def fail_at_first(wishes):
        answers = pen.write(wishes)
        if len(pen.groups) == 1:
            raise OSError("the disk is full")
        return answers

    group = Group(fail_at_first)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(group.ask, 1)
        assert pen.began.wait(SOON)
        second = pool.submit(group.ask, 2)
        until(lambda: waiting(group) == 1)
        pen.go_on.set()
        with pytest.raises(BusyError) as told:
            first.result(SOON)
        assert second.result(SOON) == 20
    assert told.value.code == "interview.not_written"
    assert "the disk is full" in caplog.text


def test_who_waits_too_long_leaves_the_line_and_is_never_written():
    pen = Pen(held=True)
    group = Group(pen.write, longest_wait=0.05)
    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(group.ask, 1)
        assert pen.began.wait(SOON)
        with pytest.raises(BusyError) as told:
            pool.submit(group.ask, 2).result(SOON)
        pen.go_on.set()
        assert first.result(SOON) == 10
    assert (told.value.code, pen.groups) == ("interview.busy", [[1]])
    assert group.ask(3) == 30


def test_a_full_line_takes_nobody_more():
    pen = Pen(held=True)
    group = Group(pen.write, most_waiting=2)
    with ThreadPoolExecutor(3) as pool:
        found = [pool.submit(group.ask, 1)]
        assert pen.began.wait(SOON)
        found += [pool.submit(group.ask, number) for number in (2, 3)]
        until(lambda: waiting(group) == 2)
        with pytest.raises(BusyError):
            group.ask(4)
        pen.go_on.set()
        assert [each.result(SOON) for each in found] == [10, 20, 30]


def test_a_writer_that_forgets_an_answer_stops_nobody():
    given = iter([[], ["written"]])
    group = Group(lambda _wishes: next(given), longest_wait=0.05)
    with pytest.raises(BusyError) as refused:
        group.ask("first")
    assert (refused.value.code, group.ask("second")) == ("interview.not_written", "written")
