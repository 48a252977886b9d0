"""The public log: any edit, removal or reorder shows."""

import json
from collections.abc import Callable

import pytest

from sampling.chain import FIRST_PREVIOUS, ChainEntry, ChainReading, chain_entry, entry_time, read_chain, write_chain
from sampling.errors import Complaint
from sampling.hashing import sha256_text


@pytest.fixture
def entries() -> list[ChainEntry]:
    made: list[ChainEntry] = []
    for i in range(4):
        previous = made[-1] if made else None
        made.append(
            chain_entry(
                previous, kind="commitment", subject=f"示例/{i}", sha256=sha256_text(str(i)), at="2026-03-01T08:00:00Z"
            )
        )
    return made


def test_a_sound_log(entries: list[ChainEntry]) -> None:
    assert entries[0].sequence == 1
    assert entries[0].previous == FIRST_PREVIOUS
    assert read_chain(write_chain(entries), head=(4, entries[3].hash)) == ChainReading(tuple(entries), ())
    first = json.loads(entries[0].to_line())
    assert list(first) == ["sequence", "kind", "subject", "sha256", "at", "previous", "hash"]


def complaints_of(lines: list[str], head: tuple[int, str] | None = None) -> list[Complaint]:
    return list(read_chain("".join(f"{line}\n" for line in lines), head=head).complaints)


def edited(lines: list[str]) -> list[str]:
    return [lines[0], lines[1].replace("示例/1", "示例/9"), *lines[2:]]


def removed(lines: list[str]) -> list[str]:
    return [lines[0], *lines[2:]]


def moved(lines: list[str]) -> list[str]:
    return [lines[0], lines[2], lines[1], lines[3]]


def broken(lines: list[str]) -> list[str]:
    return [*lines[:2], lines[2][:-1], lines[3]]


@pytest.mark.parametrize(
    ("damage", "expected"),
    [
        (edited, [("chain.line_changed", 2)]),
        (removed, [("chain.sequence", 2), ("chain.broken", 2)]),
        (
            moved,
            [(code, row) for row in (2, 3, 4) for code in ("chain.sequence", "chain.broken")],
        ),
        (broken, [("chain.unreadable_line", 3)]),
    ],
)
def test_damage_shows(
    entries: list[ChainEntry],
    damage: Callable[[list[str]], list[str]],
    expected: list[tuple[str, int]],
    say: Callable[[Complaint], tuple[str, str]],
) -> None:
    complaints = complaints_of(damage([entry.to_line() for entry in entries]))
    assert [(one.code, one.row) for one in complaints] == expected
    for one in complaints:
        say(one)


def test_a_cut_end_shows_to_one_who_saw_it(
    entries: list[ChainEntry], say: Callable[[Complaint], tuple[str, str]]
) -> None:
    lines = [entry.to_line() for entry in entries[:3]]
    assert complaints_of(lines) == []
    complaints = complaints_of(lines, head=(4, entries[3].hash))
    assert [one.code for one in complaints] == ["chain.head_missing"]
    say(complaints[0])


def test_a_rewritten_line_breaks_the_next(entries: list[ChainEntry]) -> None:
    forged = chain_entry(entries[0], kind="commitment", subject="x", sha256=sha256_text("x"), at="2026-03-01T08:00:00Z")
    lines = [entries[0].to_line(), forged.to_line(), entries[2].to_line(), entries[3].to_line()]
    assert [(one.code, one.row) for one in complaints_of(lines)] == [("chain.broken", 3)]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "[]",
        "sequence: 1",
        "{" * 100_000,
        '{"sequence": 1}',
        '{"sequence": ' + "1" * 5_000 + "}",
    ],
)
def test_what_is_no_line_is_named(entries: list[ChainEntry], line: str) -> None:
    lines = [entries[0].to_line(), line]
    assert [(one.code, one.row) for one in complaints_of(lines)] == [("chain.unreadable_line", 2)]


def test_a_line_that_nobody_could_have_hashed_is_named(entries: list[ChainEntry]) -> None:
    line = entries[0].to_line().replace("示例/0", "\\ud800")
    assert [one.code for one in complaints_of([line])] == ["chain.unreadable_line"]


def test_an_empty_log_has_no_lines() -> None:
    assert read_chain("") == ChainReading((), ())


def test_odd_line_ends_and_separators_inside_a_text_are_no_lines() -> None:
    entry = chain_entry(None, kind="k", subject="a\u2028b\x85c", sha256="ab" * 32, at="2026-03-01T08:00:00Z")
    assert read_chain(entry.to_line() + "\r\n") == ChainReading((entry,), ())


def test_a_clock_that_goes_back_does_not_take_the_log_along(entries: list[ChainEntry]) -> None:
    assert entry_time(None, "2026-01-01T00:00:00Z") == "2026-01-01T00:00:00Z"
    assert entry_time(entries[3], "2026-01-01T00:00:00Z") == entries[3].at == "2026-03-01T08:00:00Z"
    assert entry_time(entries[3], "2026-03-01T08:00:01Z") == "2026-03-01T08:00:01Z"
