"""Take a sample of one group by any method: which positions, how likely each was, how often it was drawn."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from sampling.errors import SamplingError
from sampling.methods import brewer, cube, local_pivotal, maximum_entropy, pivotal, replacement, sampford, tille
from sampling.methods.catalogue import Method
from sampling.methods.order import rankings
from sampling.methods.probabilities import Inclusion, inclusion
from sampling.methods.randomness import Floats, Positions, Stream
from sampling.methods.systematic_arrays import systematic_pps_arrays
from sampling.methods.taken import Taken
from sampling.tickets import TICKET_RANGE


@dataclass(frozen=True)
class GroupList:
    """Hold the units of one group in the order of their list.

    Parameters
    ----------
    tickets : sequence of str
        Break ties, and give ``numbers``.
    numbers : sequence of int
        The tickets' numbers in [0, 2**52), shifted where an earlier draw is followed.
    sizes : sequence of int
        Not negative; all 1 where units are alike.
    balancing, coordinates : array, shape (N, p) and (N, 2), optional
        What balanced and spread sampling rest on; coordinates in one unit of length.
    """

    ids: Sequence[str]
    tickets: Sequence[str]
    numbers: Sequence[int]
    sizes: Sequence[int]
    balancing: NDArray[np.float64] | None = None
    coordinates: NDArray[np.float64] | None = None

    def keys(self, positions: Sequence[int]) -> list[tuple[int, str, str]]:
        """Give what units are released by: number, then ticket, then id."""
        return [(self.numbers[i], self.tickets[i], self.ids[i]) for i in positions]


def take(
    method: Method, listed: GroupList, n: int, *, start: int, stream: Stream, share: Fraction | None = None
) -> list[Taken]:
    """Take n units, or as many as are expected to be n, in the order of the list.

    Parameters
    ----------
    start : int
        Start of systematic methods, in [0, 2**52).
    stream : Stream
        Random numbers of the methods that use no tickets.
    share : Fraction, optional
        Probability of Bernoulli sampling, where it was asked for as a share; else n / N.

    Raises
    ------
    SamplingError
        ``draw.method_failed``: the odds of maximum entropy sampling were not found, or rounding lost the size.
    """
    if method in ("systematic", "pps_systematic"):
        return _systematic(listed, n, start)
    if method == "bernoulli":
        chance = Fraction(n, len(listed.ids)) if share is None else share
        return _independent(listed, [(chance.numerator, chance.denominator)] * len(listed.ids))
    if method == "poisson":
        found = inclusion(listed.sizes, n)
        return _independent(listed, [found.ratio(i, size) for i, size in enumerate(listed.sizes)])
    if method == "with_replacement":
        return _with_replacement(listed, n, stream)
    if method in ("pareto", "sequential_poisson"):
        return _by_order(method, listed, n)
    return _fixed(method, listed, n, stream)


def _systematic(listed: GroupList, n: int, start: int) -> list[Taken]:
    sample = systematic_pps_arrays(np.asarray(listed.sizes, dtype=np.int64), n, start)
    found = {i: (1, 1) for i in sample.certainties}
    found |= {i: (sample.size * int(listed.sizes[i]), sample.total) for i in sample.selected}
    return [Taken(i, *found[i]) for i in sorted(found)]


def _independent(listed: GroupList, ratios: Sequence[tuple[int, int]]) -> list[Taken]:
    """Take every unit whose number falls below its probability (Hájek 1958; Särndal et al. 1992, section 3.5)."""
    return [
        Taken(i, top, below) for i, (top, below) in enumerate(ratios) if listed.numbers[i] * below < top * TICKET_RANGE
    ]


def _with_replacement(listed: GroupList, n: int, stream: Stream) -> list[Taken]:
    total = sum(listed.sizes)
    times = replacement.select(np.array(listed.sizes, dtype=np.float64), n, stream)
    return [Taken(int(i), n * listed.sizes[i], total, int(times[i])) for i in np.flatnonzero(times).tolist()]


def _by_order(method: Method, listed: GroupList, n: int) -> list[Taken]:
    """Take the n smallest rankings, ties by ticket, then id."""
    found = inclusion(listed.sizes, n)
    others = found.others(listed.sizes)
    ranked = rankings(
        "pareto" if method == "pareto" else "sequential_poisson",
        [listed.sizes[i] for i in others],
        found.points,
        found.total,
        [listed.numbers[i] for i in others],
    )
    keys = sorted(range(len(others)), key=lambda k: (ranked[k], listed.tickets[others[k]], listed.ids[others[k]]))
    return _together(listed, found, [others[k] for k in keys[: found.points]])


def _fixed(method: Method, listed: GroupList, n: int, stream: Stream) -> list[Taken]:
    """Take certainties, and the rest by a method that draws from a stream."""
    found = inclusion(listed.sizes, n)
    others = found.others(listed.sizes)
    probabilities = np.array(found.floats(listed.sizes, others), dtype=np.float64)
    chosen = _stream_of(method, listed, others, probabilities, stream) if found.points else np.empty(0, dtype=np.int64)
    return _together(listed, found, [others[i] for i in chosen.tolist()])


def _stream_of(method: Method, listed: GroupList, others: Sequence[int], given: Floats, stream: Stream) -> Positions:
    """Draw by a stream and see that the size is the one asked for: probabilities are stated for it alone."""
    try:
        chosen = _STREAMED[method](listed, others, given, stream)
    except ArithmeticError as error:
        raise SamplingError("draw.method_failed", method=method, units=given.size) from error
    if chosen.size != round(float(given.sum())):
        raise SamplingError("draw.method_failed", method=method, units=given.size)
    return chosen


def _together(listed: GroupList, found: Inclusion, chosen: Sequence[int]) -> list[Taken]:
    positions = sorted([*found.certainties, *chosen])
    return [Taken(i, *found.ratio(i, listed.sizes[i])) for i in positions]


def _balanced(listed: GroupList, others: Sequence[int], given: Floats, stream: Stream) -> Positions:
    if listed.balancing is None:
        raise ValueError("balanced sampling needs balancing variables")
    return cube.select(given, listed.balancing[list(others)], stream)


def _spread(listed: GroupList, others: Sequence[int], given: Floats, stream: Stream) -> Positions:
    if listed.coordinates is None:
        raise ValueError("spread sampling needs coordinates")
    return local_pivotal.select(given, listed.coordinates[list(others)], stream)


_Streamed = Callable[[GroupList, Sequence[int], Floats, Stream], Positions]
_STREAMED: Mapping[Method, _Streamed] = {
    "sampford": lambda _listed, _others, given, stream: sampford.select(given, stream),
    "maximum_entropy": lambda _listed, _others, given, stream: maximum_entropy.select(given, stream),
    "brewer": lambda _listed, _others, given, stream: brewer.select(given, stream),
    "tille": lambda _listed, _others, given, stream: tille.select(given, stream),
    "pivotal": lambda _listed, _others, given, stream: pivotal.select(given, stream),
    "balanced": _balanced,
    "spread": _spread,
}
