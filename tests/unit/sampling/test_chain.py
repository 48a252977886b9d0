"""The public log: any edit, removal or reorder shows."""

import json
from collections.abc import Callable

import pytest

from sampling.chain import FIRST_PREVIOUS, ChainEntry, chain_entry, verify_chain
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
    assert verify_chain([entry.to_line() for entry in entries], head=(4, entries[3].hash)) == []
    first = json.loads(entries[0].to_line())
    assert list(first) == ["sequence", "kind", "subject", "sha256", "at", "previous", "hash"]


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
    complaints = verify_chain(damage([entry.to_line() for entry in entries]))
    assert [(one.code, one.row) for one in complaints] == expected
    for one in complaints:
        say(one)


def test_a_cut_end_shows_to_one_who_saw_it(
    entries: list[ChainEntry], say: Callable[[Complaint], tuple[str, str]]
) -> None:
    lines = [entry.to_line() for entry in entries[:3]]
    assert verify_chain(lines) == []
    complaints = verify_chain(lines, head=(4, entries[3].hash))
    assert [one.code for one in complaints] == ["chain.head_missing"]
    say(complaints[0])


def test_a_rewritten_line_breaks_the_next(entries: list[ChainEntry]) -> None:
    forged = chain_entry(entries[0], kind="commitment", subject="x", sha256=sha256_text("x"), at="2026-03-01T08:00:00Z")
    lines = [entries[0].to_line(), forged.to_line(), entries[2].to_line(), entries[3].to_line()]
    assert [(one.code, one.row) for one in verify_chain(lines)] == [("chain.broken", 3)]
