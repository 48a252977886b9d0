"""Split the rows into domains: masks on the full design, never filtered tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampling.estimate.table import BoolArray, IntArray, Table, numbered


@dataclass(frozen=True)
class Partition:
    """Give each row at most one domain.

    Attributes
    ----------
    domain : (rows,) domain of each row, -1 for rows outside all
    labels : for each domain the file's text of every `by` column, in order
    """

    domain: IntArray
    by: tuple[str, ...]
    labels: tuple[tuple[str, ...], ...]

    @property
    def count(self) -> int:
        """Count the domains."""
        return len(self.labels)

    def named(self) -> list[dict[str, str]]:
        """Give each domain's labels by column."""
        return [dict(zip(self.by, label, strict=True)) for label in self.labels]

    def narrowed(self, keep: BoolArray) -> Partition:
        """Take the rows outside `keep` out of their domains; the domains themselves stay."""
        if bool(keep.all()):
            return self
        return Partition(np.where(keep, self.domain, -1), self.by, self.labels)


def partition(table: Table, by: Sequence[str], inside: BoolArray) -> Partition:
    """Cross the `by` columns over the rows `inside`; a row that misses one of them belongs to no domain.

    Domains stand in the order of their labels, the first column slowest.
    """
    columns = [table[name].coded for name in by]
    known = inside.copy()
    for name, (codes, _) in zip(by, columns, strict=True):
        if table[name].any_missing:
            known &= codes >= 0
    every = bool(known.all())
    if not by:
        return Partition(np.zeros_like(known, dtype=np.int64) if every else np.where(known, 0, -1), (), ((),))
    code = columns[0][0] if every else columns[0][0][known]
    for codes, levels in columns[1:]:
        code = code * max(len(levels), 1) + (codes if every else codes[known])
    domain, rows = numbered(code)
    if not every:
        number, domain = domain, np.full(table.rows, -1, dtype=np.int64)
        domain[known] = number
        rows = np.flatnonzero(known)[rows]
    labels = tuple(tuple(levels[codes[row]] for codes, levels in columns) for row in rows)
    return Partition(domain, tuple(by), labels)
