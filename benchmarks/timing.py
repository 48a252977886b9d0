"""Time pieces of work beside each other, round after round, so that a busy moment of the machine meets all of them."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

Work = Callable[[], object]


@dataclass(frozen=True)
class Lane:
    """One piece of work: how many things it handles, and the lane that it is measured against."""

    work: Work
    things: int
    peer: str | None = None


@dataclass(frozen=True)
class Timed:
    """Seconds of processor time for one thing, one figure a round."""

    seconds: Sequence[float]
    ratios: Sequence[float]
    """How many times the peer's time, round by round; empty without a peer."""

    @property
    def each(self) -> float:
        """Return the median."""
        return median(self.seconds)

    @property
    def ratio(self) -> float | None:
        """Return the median ratio to the peer."""
        return median(self.ratios) if self.ratios else None


def race(lanes: Mapping[str, Lane], rounds: int) -> dict[str, Timed]:
    """Run every lane once a round, after one round that does not count."""
    seconds: dict[str, list[float]] = {name: [] for name in lanes}
    for number in range(rounds + 1):
        for name, lane in lanes.items():
            began = time.process_time()
            lane.work()
            if number:
                seconds[name].append((time.process_time() - began) / lane.things)
    return {name: Timed(seconds[name], _ratios(seconds, name, lane.peer)) for name, lane in lanes.items()}


def _ratios(seconds: Mapping[str, Sequence[float]], name: str, peer: str | None) -> list[float]:
    if peer is None:
        return []
    return [own / other for own, other in zip(seconds[name], seconds[peer], strict=True)]
