"""Times as people read them."""

import pytest

from evalsvc.zone import local_text


@pytest.mark.parametrize(
    ("utc", "told"),
    [
        ("2026-03-01T20:30:00Z", "2026-03-02 04:30:00"),
        ("2026-03-01T20:30:00", "2026-03-01T20:30:00"),
        ("昨天", "昨天"),
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
        ("0001-01-01T00:00:00+14:00", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_times_are_told_of_beijing_and_impossible_ones_as_they_are(utc: str, told: str) -> None:
    assert local_text(utc) == told
