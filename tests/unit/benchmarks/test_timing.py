"""Work beside its peer."""

from benchmarks.timing import Lane, race


def test_every_lane_runs_once_a_round_beside_its_peer() -> None:
    runs: list[str] = []
    lanes = {
        "peer": Lane(lambda: runs.append("peer"), 10),
        "own": Lane(lambda: [runs.append("own"), sum(range(300_000))], 10, "peer"),
    }
    timed = race(lanes, 3)
    assert runs == ["peer", "own"] * 4  # the first round does not count
    assert len(timed["own"].seconds) == len(timed["own"].ratios) == 3
    assert timed["peer"].ratio is None and timed["peer"].ratios == []
    assert timed["own"].ratio is not None and timed["own"].ratio > 1
    assert min(timed["own"].seconds) <= timed["own"].each <= max(timed["own"].seconds)
