"""Bootstrap several stages drawn without replacement: half of the units of every stratum, half of theirs, and so on."""

from __future__ import annotations

import numpy as np

from sampling.estimate.design import Design, DesignSpec
from sampling.estimate.errors import Complaint, DataRefusedError
from sampling.estimate.replicates.replicate import Replicates
from sampling.estimate.replicates.spec import ReplicateSpec
from sampling.estimate.replicates.units import generator, is_plain, stratum_name, too_many
from sampling.estimate.stages.stage import Stage
from sampling.estimate.table import BoolArray, FloatArray, IntArray, Table, numbered


def preston(asked: ReplicateSpec, spec: DesignSpec, table: Table, design: Design) -> Replicates:
    """Make the factors of Preston (2009), formulas 4 and 5, for any number of stages; they may be negative.

    With m = floor(n / 2) of n units kept, delta 1 for them, and c = (1 - f) times the fractions of the stages above, a
    unit has the factor W = W' + lambda P' (n / m delta - 1), lambda = sqrt(m c / (n - m)), and hands on
    P = P' sqrt(n / m) delta, W' and P' being those of the unit above (1 and 1 at the top). A stratum that adds no
    variance at its stage stays whole.
    """
    stages = [stage for stage in design.stages if bool((stage.alpha > 0).any()) or stage.number == 0]
    complaints = _unfit(asked, spec, stages)
    if complaints:
        raise DataRefusedError(complaints)
    factors = carried = np.ones((1, asked.replicates))
    above = np.zeros(design.rows, dtype=np.int64)
    for stage in stages:
        first = numbered(stage.unit)[1]
        above = above[first]
        names = _names(stage, first, spec, table)
        kept, ratio, reach = _kept(stage, names, asked)
        step = reach[:, None] * (ratio[:, None] * kept - 1.0)
        factors = factors[above] + carried[above] * step
        carried = carried[above] * np.where(kept, np.sqrt(ratio)[:, None], 0.0)
        above = stage.unit
    return Replicates(
        unit=above,
        factors=factors,
        base=design.weights,
        scale=1.0,
        rscales=np.full(asked.replicates, 1.0 / (asked.replicates - 1)),
        mse=asked.mse,
        lonely=_alone(stages),
    )


def _alone(stages: list[Stage]) -> BoolArray:
    """Mark the innermost units that lie in the stratum of a lone unit of any stage."""
    alone = np.zeros(1, dtype=np.bool_)
    above = np.zeros(stages[0].unit.size, dtype=np.int64)
    for stage in stages:
        alone = alone[above[numbered(stage.unit)[1]]] | stage.lonely[stage.unit_stratum]
        above = stage.unit
    return alone


def _kept(stage: Stage, names: tuple[str, ...], asked: ReplicateSpec) -> tuple[BoolArray, FloatArray, FloatArray]:
    """Choose the halves of every stratum: (units, R) which are kept, (units,) n / m, (units,) sqrt(m c / (n - m))."""
    units = stage.unit_stratum.size
    kept = np.ones((units, asked.replicates), dtype=np.bool_)
    ratio, reach = np.ones(units), np.zeros(units)
    counted = np.flatnonzero((stage.counted > 0) & (stage.alpha > 0))
    members = counted[np.argsort(stage.unit_stratum[counted], kind="stable")]
    found, starts = np.unique(stage.unit_stratum[members], return_index=True)
    groups = np.split(members, starts[1:]) if members.size else []
    for stratum, here in zip(found, groups, strict=True):
        n = here.size
        if n < 2:
            continue
        half = n // 2
        random = generator(asked.seed, names[stratum])
        kept[here] = _chosen(random, n, half, asked.replicates)
        ratio[here] = n / half
        reach[here] = np.sqrt(half / (n - half) * stage.alpha[here] * (n - 1.0) / n)
    return kept, ratio, reach


def _chosen(random: np.random.Generator, n: int, half: int, replicates: int) -> BoolArray:
    """Choose `half` of n without replacement in every replicate."""
    numbers = random.random((n, replicates))
    bound = np.partition(numbers, half - 1, axis=0)[half - 1]
    return np.asarray(numbers <= bound, dtype=np.bool_)


def _names(stage: Stage, first: IntArray, spec: DesignSpec, table: Table) -> tuple[str, ...]:
    first_of_stratum = numbered(stage.unit_stratum)[1]
    return tuple(stratum_name(spec, table, stage.number, int(first[unit])) for unit in first_of_stratum)


def _unfit(asked: ReplicateSpec, spec: DesignSpec, stages: list[Stage]) -> list[Complaint]:
    complaints = []
    for stage in stages:
        place = f"design.stages.{stage.number}"
        if not is_plain(spec, stage, equal=True):
            complaints.append(Complaint("estimate.replicates_unequal", {"method": asked.method, "place": place}))
        if stage.draws is not None:
            complaints.append(Complaint("estimate.replicates_repeated", {"method": asked.method, "place": place}))
    return complaints + too_many(stages[-1].unit_stratum.size, asked.replicates)
