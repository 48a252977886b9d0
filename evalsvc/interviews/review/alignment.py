"""Find which row of a repeat became which in a later version, so that the fewest answers changed; pure."""

from collections.abc import Collection, Sequence

Answer = tuple[str, str]
"""Place below the row, and what stands there."""
Pair = tuple[int | None, int | None]
LARGEST_TABLE = 40_000
"""Above so many pairs to compare, rows are paired by their number."""


def aligned(old: Sequence[Collection[Answer]], new: Sequence[Collection[Answer]]) -> list[Pair]:
    """Pair rows, in order, by their positions from 0; None stands where a row was added or removed."""
    before, after = [frozenset(row) for row in old], [frozenset(row) for row in new]
    shared = min(len(before), len(after))
    head = next((at for at in range(shared) if before[at] != after[at]), shared)
    tail = next((at for at in range(shared - head) if before[-1 - at] != after[-1 - at]), shared - head)
    middle = _middle(before[head : len(before) - tail], after[head : len(after) - tail])
    pairs: list[Pair] = [(at, at) for at in range(head)]
    pairs += [(None if a is None else a + head, None if b is None else b + head) for a, b in middle]
    return pairs + [(len(before) - at, len(after) - at) for at in range(tail, 0, -1)]


def _middle(old: Sequence[frozenset[Answer]], new: Sequence[frozenset[Answer]]) -> list[Pair]:
    if len(old) * len(new) > LARGEST_TABLE:
        return [(at if at < len(old) else None, at if at < len(new) else None) for at in range(max(len(old), len(new)))]
    costs = _costs(old, new)
    pairs: list[Pair] = []
    a, b = 0, 0
    while a < len(old) or b < len(new):
        if a < len(old) and costs[a][b] == costs[a + 1][b] + len(old[a]) + 1:
            pairs.append((a, None))
            a += 1
        elif b < len(new) and costs[a][b] == costs[a][b + 1] + len(new[b]) + 1:
            pairs.append((None, b))
            b += 1
        else:
            pairs.append((a, b))
            a, b = a + 1, b + 1
    return pairs


def _costs(old: Sequence[frozenset[Answer]], new: Sequence[frozenset[Answer]]) -> list[list[int]]:
    """Return how many answers change at least, from each pair of positions to the end.

    A row that comes or goes costs its answers and one more, so that rows which share one answer stay a pair.
    """
    costs = [[0] * (len(new) + 1) for _ in range(len(old) + 1)]
    for a in range(len(old), -1, -1):
        for b in range(len(new), -1, -1):
            ways = []
            if a < len(old):
                ways.append(costs[a + 1][b] + len(old[a]) + 1)
            if b < len(new):
                ways.append(costs[a][b + 1] + len(new[b]) + 1)
            if a < len(old) and b < len(new):
                ways.append(costs[a + 1][b + 1] + _distance(old[a], new[b]))
            costs[a][b] = min(ways, default=0)
    return costs


def _distance(old: frozenset[Answer], new: frozenset[Answer]) -> int:
    """Count the answers that differ; rows that share none are two rows, not one that changed."""
    return len(old ^ new) + (0 if old & new or old == new else 3)
