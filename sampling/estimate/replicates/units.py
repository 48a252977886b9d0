"""Line up what replicates are made of: the drawn units of every stratum, in the order of their labels.

Replicates vary the units of the outermost stage at which they are no certainties, the PSUs that also count for the
degrees of freedom; what is certain at every stage keeps its weight.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sampling.estimate.design import Design, DesignSpec
from sampling.estimate.errors import Complaint, Detail
from sampling.estimate.stages.stage import OVER_PAIRS, SAME, Stage
from sampling.estimate.table import BoolArray, FloatArray, IntArray, Table, numbered

MOST_FACTORS = 250_000_000
"""Factors that are held at most: 2 GB."""


@dataclass(frozen=True)
class DrawnUnits:
    """Hold units sorted by stratum and label, and their draws: a unit drawn k times with replacement has k.

    Attributes
    ----------
    row_unit : (rows,) unit of each row; the last of all stands for whatever does not vary
    draws : (units,) how often each unit was drawn
    stratum : (units,) ; starts : (strata + 1,) where the draws of each stratum begin
    open : (units,) 1 - sampling fraction, 1 with replacement
    alone : (strata,) a lone unit stands for the stratum
    names : for each stratum what its labels say, whatever the order of the rows
    """

    row_unit: IntArray
    draws: IntArray
    stratum: IntArray
    starts: IntArray
    open: FloatArray
    alone: BoolArray
    names: tuple[str, ...]

    @property
    def sizes(self) -> IntArray:
        """Count the draws of each stratum."""
        return np.diff(self.starts)

    @property
    def open_draws(self) -> FloatArray:
        """Give 1 - sampling fraction of every draw."""
        return np.repeat(self.open, self.draws)

    def each_stratum(self) -> Iterator[tuple[int, slice]]:
        """Give every stratum that varies, with where its draws stand."""
        for index, (first, end) in enumerate(zip(self.starts[:-1], self.starts[1:], strict=True)):
            if end - first > 1:
                yield index, slice(int(first), int(end))

    def over_units(self, by_draw: FloatArray) -> FloatArray:
        """Average factors of draws (draws, R) over each unit's draws; add the line of what does not vary, if any."""
        if by_draw.shape[0] > self.draws.size:
            first = np.append(0, np.cumsum(self.draws)[:-1])
            by_draw = np.add.reduceat(by_draw, first, axis=0) / self.draws[:, None]
        if self.row_unit.max() < self.draws.size:
            return by_draw
        return np.vstack([by_draw, np.ones((1, by_draw.shape[1]))])


def drawn_units(spec: DesignSpec, table: Table, design: Design) -> DrawnUnits:
    """Line up the PSUs of a design."""
    unit_of_row, first = numbered(design.psu + 1)
    codes = design.psu[first]
    if codes.size and codes[0] < 0:
        # Rows that are certain at every stage: their number goes last.
        unit_of_row = np.where(unit_of_row == 0, codes.size, unit_of_row) - 1
        codes, first = codes[1:], first[1:]
    stratum_code = design.psu_stratum[first]
    order = np.lexsort((codes, stratum_code))
    place = np.empty(codes.size + 1, dtype=np.int64)
    place[order] = np.arange(codes.size)
    place[-1] = codes.size
    codes, first = codes[order], first[order]
    stratum, stratum_first = numbered(stratum_code[order])
    draws = design.psu_draws[first].astype(np.int64)
    sizes = np.bincount(stratum, weights=draws).astype(np.int64)
    return DrawnUnits(
        row_unit=place[unit_of_row],
        draws=draws,
        stratum=stratum,
        starts=np.append(0, np.cumsum(sizes)),
        open=_open(design, codes, draws, sizes[stratum]),
        alone=_alone(design, codes[stratum_first]),
        names=tuple(
            stratum_name(spec, table, int(code) // design.rows, int(row))
            for code, row in zip(codes[stratum_first], first[stratum_first], strict=True)
        ),
    )


def _open(design: Design, codes: IntArray, draws: IntArray, size: IntArray) -> FloatArray:
    """Give 1 - f from the form of the units' stage, alpha = k (1 - f) n / (n - 1); a lone unit's is its alpha."""
    alpha = np.zeros(codes.size)
    for stage in design.stages:
        here = codes // design.rows == stage.number
        alpha[here] = stage.alpha[codes[here] % design.rows]
    return np.where(size > 1, alpha * (size - 1) / (size * draws), alpha)


def _alone(design: Design, codes: IntArray) -> BoolArray:
    alone = np.zeros(codes.size, dtype=np.bool_)
    for stage in design.stages:
        here = codes // design.rows == stage.number
        alone[here] = stage.lonely[stage.unit_stratum[codes[here] % design.rows]]
    return alone


def stratum_name(spec: DesignSpec, table: Table, number: int, row: int) -> str:
    """Name the stratum of a row at a stage by the labels of that stage's stratum and of all above it."""
    labels = [str(number)]
    for index, stage in enumerate(spec.stages[: number + 1]):
        for column in (stage.strata, stage.cluster if index < number else None):
            if column is not None:
                codes, levels = table[column].coded
                labels.append(levels[codes[row]])
    return "\x1f".join(labels)


def generator(seed: int, name: str) -> np.random.Generator:
    """Give the stream of one stratum: it hangs on the plan's seed and the stratum's name, never on any position."""
    key = np.frombuffer(hashlib.sha256(name.encode()).digest(), dtype="<u4")
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=[int(word) for word in key])))


def check_form(spec: DesignSpec, design: Design, method: str, *, equal: bool) -> list[Complaint]:
    """Refuse what replicates of PSUs cannot show: joint probabilities, and variance from below the PSUs.

    Parameters
    ----------
    equal : the method needs one sampling fraction for all units of a stratum
    """
    complaints = []
    for stage in design.stages:
        # The units of each stage are numbered from its own offset; -1 are certain at every stage.
        offset = stage.number * design.rows
        here = (design.psu >= offset) & (design.psu < offset + design.rows)
        below = (design.psu >= 0) & (design.psu < offset)
        place = f"design.stages.{stage.number}"
        if bool(here.any()) and not is_plain(spec, stage, equal=equal):
            complaints.append(Complaint("estimate.replicates_unequal", {"method": method, "place": place}))
        adds = stage.alpha > 0
        if _over_pairs(spec, stage):
            adds[:] = True
        if bool(below.any()) and bool(adds[stage.unit[below]].any()):
            complaints.append(Complaint("estimate.replicates_below", {"method": method, "place": place}))
    return complaints


def too_many(units: int, replicates: int) -> list[Complaint]:
    """Refuse more factors than are held."""
    if units * replicates <= MOST_FACTORS:
        return []
    details: dict[str, Detail] = {"units": units, "replicates": replicates, "limit": MOST_FACTORS}
    return [Complaint("estimate.replicates_too_many", details)]


def is_plain(spec: DesignSpec, stage: Stage, *, equal: bool) -> bool:
    """Tell whether a stage's form is one of sums about the stratum's mean, with `equal` of one fraction a stratum."""
    if stage.row_sum is not None or _over_pairs(spec, stage) or not bool((stage.centre > 0).all()):
        return False
    if not equal:
        return True
    times = np.ones(stage.alpha.size) if stage.draws is None else stage.draws
    shared = np.zeros(stage.size.size)
    each = stage.alpha / times
    counted = stage.counted > 0
    shared[stage.unit_stratum[counted]] = each[counted]
    apart = np.abs(shared[stage.unit_stratum] - each) > SAME * each
    return not bool((apart & counted).any())


def _over_pairs(spec: DesignSpec, stage: Stage) -> bool:
    stated = spec.stages[stage.number].probability is not None
    return stated and spec.unequal is not None and spec.unequal.method in OVER_PAIRS
