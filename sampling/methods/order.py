"""Order sampling: the n smallest rankings of tickets, size fixed, probabilities nearly proportional to size."""

from collections.abc import Sequence
from typing import Literal

from sampling.tickets import TICKET_RANGE

Ranking = Literal["pareto", "sequential_poisson"]


def rankings(ranking: Ranking, sizes: Sequence[int], n: int, total: int, numbers: Sequence[int]) -> list[float]:
    """Give each unit's ranking: u (1 - p) / (p (1 - u)) or u / p with p = n x / X and u = number / 2**52.

    Each is one correctly rounded quotient of exact integers, so that any machine agrees.

    Parameters
    ----------
    ranking
        ``pareto`` (Rosén 1997) or ``sequential_poisson`` (Ohlsson 1998).
    sizes : sequence of int, shape (N,)
        Positive sizes after certainties left, n * size < total.
    numbers : sequence of int, shape (N,)
        In [0, 2**52): the first 13 digits of the tickets.

    Returns
    -------
    list of float, shape (N,)
        The n smallest are taken, ties by ticket.
    """
    if ranking == "sequential_poisson":
        return [number * total / (TICKET_RANGE * n * size) for size, number in zip(sizes, numbers, strict=True)]
    return [
        number * (total - n * size) / (n * size * (TICKET_RANGE - number))
        for size, number in zip(sizes, numbers, strict=True)
    ]
