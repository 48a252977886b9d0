"""Make replicate weights from the drawn units of a design, by the method that the plan names."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from sampling.estimate.design import Design, DesignSpec
from sampling.estimate.errors import Complaint, DataRefusedError
from sampling.estimate.replicates.bootstrap import canty_davison, rao_wu
from sampling.estimate.replicates.hadamard import hadamard
from sampling.estimate.replicates.preston import preston
from sampling.estimate.replicates.replicate import Replicates
from sampling.estimate.replicates.spec import BALANCED, BOOTSTRAPS, ReplicateSpec
from sampling.estimate.replicates.units import DrawnUnits, check_form, drawn_units, too_many
from sampling.estimate.table import FloatArray, Table

STRATA_IN_A_MESSAGE = 5


@dataclass(frozen=True)
class Made:
    """Hold factors (draws, R) with their scale and rscales (R,)."""

    factors: FloatArray
    scale: float
    rscales: FloatArray


def make_replicates(asked: ReplicateSpec, spec: DesignSpec, table: Table, design: Design) -> Replicates:
    """Make replicates of a compiled design.

    Raises
    ------
    DataRefusedError
        When the method cannot follow the design, with every complaint.
    """
    equal = asked.method not in ("jk1", "jkn")
    if asked.method == "mrbbootstrap":
        return preston(asked, spec, table, design)
    complaints = check_form(spec, design, asked.method, equal=equal)
    if complaints:
        raise DataRefusedError(complaints)
    units = drawn_units(spec, table, design)
    complaints = _unfit(asked, units)
    if complaints:
        raise DataRefusedError(complaints)
    made = _made(asked, spec, units)
    factors = units.over_units(made.factors)
    return Replicates(
        unit=units.row_unit,
        factors=factors,
        base=design.weights,
        scale=made.scale,
        rscales=made.rscales,
        mse=asked.mse,
        lonely=np.append(units.alone[units.stratum], False)[: factors.shape[0]],
    )


def _made(asked: ReplicateSpec, spec: DesignSpec, units: DrawnUnits) -> Made:
    if not bool((units.sizes > 1).any()):
        # Nothing to leave out or to draw again: the sample itself, whose rank of 1 leaves no degrees of freedom.
        return Made(np.ones((units.starts[-1], 1)), 1.0, np.zeros(1))
    if asked.method in BALANCED:
        return balanced(units, asked.rho)
    if asked.method not in BOOTSTRAPS:
        made = jackknife(units, rule=spec.lonely_psu)
        if asked.method == "jkn":
            return made
        scale = 1.0 - 1.0 / float(units.draws.sum())
        return Made(made.factors, scale, made.rscales / scale)
    resample = canty_davison if asked.method == "bootstrap" else rao_wu
    factors = resample(units, asked.replicates, asked.seed)
    scale = 1.0 / (asked.replicates - 1)
    if asked.method == "bootstrap":
        scale *= _resampled(units)
    return Made(factors, scale, np.ones(asked.replicates))


def _resampled(units: DrawnUnits) -> float:
    """Give n / (n - 1) with the harmonic mean n of the varying strata's sizes: n of n vary too little by that much."""
    varying = np.unique(units.stratum[units.open > 0])
    sizes = units.sizes[varying]
    sizes = sizes[sizes > 1]
    if not sizes.size:
        return 1.0
    mean = 1.0 / float((1.0 / sizes).mean())
    return mean / (mean - 1.0)


def jackknife(units: DrawnUnits, rule: str) -> Made:
    """Leave out one draw at a time and raise the others of its stratum by n / (n - 1).

    rscales are (n - 1) / n (1 - f): Rust, Rao (1996), section 3; Wolter (2007), chapter 4. A lone unit has no
    replicate, but under `adjust` one that moves the total by the unit's distance from the mean of all n units (factors
    + 1/n, its own 1 less), and under `average` the others count for it.
    """
    size = np.repeat(units.sizes, units.sizes)
    alone = np.repeat(units.alone, units.sizes)
    used = np.flatnonzero((size > 1) | alone) if rule == "adjust" else np.flatnonzero(size > 1)
    factors = np.ones((size.size, used.size))
    column = np.searchsorted(used, units.starts)
    for index, draws in units.each_stratum():
        n = units.sizes[index]
        factors[draws, column[index] : column[index + 1]] = n / (n - 1.0)
    lone = np.flatnonzero(alone[used]) if rule == "adjust" else np.empty(0, dtype=np.int64)
    factors[:, lone] += 1.0 / size.size
    factors[used, np.arange(used.size)] = np.where(alone[used], 1.0 / size.size, 0.0)
    rscales = np.where(alone[used], 1.0, 1.0 - 1.0 / size[used]) * units.open_draws[used]
    if rule == "average" and bool(units.alone.any()) and not bool(units.alone.all()):
        rscales *= units.alone.size / float((~units.alone).sum())
    return Made(factors, 1.0, rscales)


def balanced(units: DrawnUnits, rho: float) -> Made:
    """Take one of two units of every stratum by the rows of a Hadamard matrix; the other one keeps the factor rho.

    McCarthy (1969); Dippo, Fay, Morganstein (1984); Judkins (1990). With sampling fractions the factors are 1 plus or
    minus (1 - rho) sqrt(1 - f): Wolter (2007), section 3.4.
    """
    pairs = list(units.each_stratum())
    signs = hadamard(len(pairs) + 1)[1 : len(pairs) + 1]
    reach = (1.0 - rho) * np.sqrt(units.open_draws)
    factors = np.ones((units.starts[-1], signs.shape[1]))
    for sign, (_, draws) in zip(signs, pairs, strict=True):
        factors[draws] += reach[draws, None] * np.vstack([sign, -sign])
    count = signs.shape[1]
    return Made(factors, 1.0 / (count * (1.0 - rho) ** 2), np.ones(count))


def _unfit(asked: ReplicateSpec, units: DrawnUnits) -> list[Complaint]:
    """Say what a method cannot do with these strata."""
    complaints = []
    if asked.method == "jk1" and units.sizes.size > 1:
        complaints.append(Complaint("estimate.replicates_stratified", {"strata": int(units.sizes.size)}))
    if asked.method in BALANCED:
        complaints += _unpaired(asked, units)
    return complaints + too_many(int(units.draws.size), _count(asked, units))


def _count(asked: ReplicateSpec, units: DrawnUnits) -> int:
    if asked.method in BOOTSTRAPS:
        return asked.replicates
    return int(units.sizes.size) if asked.method in BALANCED else int(units.sizes.sum())


def _unpaired(asked: ReplicateSpec, units: DrawnUnits) -> list[Complaint]:
    others = np.flatnonzero((units.sizes != 2) & ~units.alone)
    if not others.size:
        return []
    if units.sizes.size == 1 and "\x1f" not in units.names[0]:
        whole = {"method": asked.method, "units": int(units.sizes[0])}
        return [Complaint("estimate.replicates_unpaired_whole", whole)]
    shown = ", ".join("/".join(units.names[index].split("\x1f")[1:]) for index in others[:STRATA_IN_A_MESSAGE])
    return [
        Complaint(
            "estimate.replicates_unpaired",
            {
                "method": asked.method,
                "strata": shown + (", …" if others.size > STRATA_IN_A_MESSAGE else ""),
                "count": int(others.size),
                "units": int(units.sizes[others[0]]),
            },
        )
    ]
