"""The load on the intake, in a short form: a real server and the bare one, each with a handful of submissions."""

import pytest

from benchmarks.intake import BARE, HEADER, SQLITE, rate_of, round_of, sections


def test_both_servers_take_everything_in() -> None:
    measured = {name: [one] for name, one in round_of(12, 2, None)}
    assert set(measured) == {SQLITE, BARE}
    for (one,) in measured.values():
        assert len(one.waits) == 12 and one.rate > 0 and one.processor > 0 and one.peak > 10_000_000
        assert list(one.waits) == sorted(one.waits)
    page = "\n".join(sections(measured, [100.0], 12, 2))
    assert f"| {SQLITE} | " in page and f"| {BARE} | " in page and all(head in page for head in HEADER)


def test_the_rate_is_the_median_of_equal_parts() -> None:
    steady = [place / 50 for place in range(100)]
    assert rate_of(steady) == pytest.approx(50)
    halting = [*steady[:90], *(at + 30 for at in steady[90:])]
    assert rate_of(halting) == pytest.approx(50)
