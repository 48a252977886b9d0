"""Find what a reference of an expression means among the parts that an earlier statement left behind."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from sampling.estimate.answered import Answered, Part
from sampling.estimate.domain import Partition
from sampling.estimate.reading.reference import Reference
from sampling.estimate.table import IntArray
from sampling.estimate.variance import Term

Chosen = tuple[Part, Partition]
"""A part, and the domains that its values are of."""


def chosen(reference: Reference, answered: Answered) -> Chosen | None:
    """Give the one part that the reference means, over the domains that it leaves; None where there is no such one."""
    found = [part for part in answered.parts if _meant(reference, part)]
    if len(found) != 1:
        return None
    if not reference.columns:
        return found[0], answered.split
    part, split = _narrowed(found[0], answered.split, dict(reference.columns))
    return None if split.count == 0 else (part, split)


def _meant(reference: Reference, part: Part) -> bool:
    """Tell whether a part fits: a level is always picked, variable and p where there are several."""
    fits = reference.variable in (None, part.variable) and reference.p in (None, part.p)
    return fits and reference.level == part.level


def _narrowed(part: Part, split: Partition, picks: dict[str, str]) -> Chosen:
    """Keep the domains whose labels are those picked; they are named by the other columns from then on."""
    places = {name: split.by.index(name) for name in picks}
    kept = [i for i, label in enumerate(split.labels) if all(label[places[name]] == picks[name] for name in picks)]
    left = [place for place, name in enumerate(split.by) if name not in picks]
    labels = tuple(tuple(split.labels[index][place] for place in left) for index in kept)
    index = np.array(kept, dtype=np.int64)
    number = np.full(split.count + 1, -1, dtype=np.int64)  # the last one stands for rows outside all domains
    number[index] = np.arange(index.size)
    narrow = Partition(number[split.domain], tuple(split.by[place] for place in left), labels)
    return _over(part, index, number[part.row_domain]), narrow


def _over(part: Part, kept: IntArray, row_domain: IntArray) -> Part:
    inside = row_domain >= 0
    return replace(
        part,
        value=part.value[kept],
        variance=part.variance[kept],
        terms=tuple(
            Term(None if term.column is None else term.column[inside], term.coefficient[kept]) for term in part.terms
        ),
        rows=part.rows[inside],
        row_domain=row_domain[inside],
        kish=part.kish[kept],
        rate=part.rate[kept],
        reasons=tuple(part.reasons[index] for index in kept),
        conditional=part.conditional[kept],
        replicated=None if part.replicated is None else part.replicated[kept],
    )
