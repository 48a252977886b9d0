"""Take a design's weights through its adjustments: non-response, trimming, calibration, in this order."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from sampling.estimate.design import Design, DesignSpec
from sampling.estimate.errors import Complaint, DataRefusedError
from sampling.estimate.fits.model_matrix import source
from sampling.estimate.progress import Progress, silent
from sampling.estimate.remarks.absent_column import absent_column
from sampling.estimate.replicates.replicate import Replicates
from sampling.estimate.replicates.units import too_many
from sampling.estimate.table import FloatArray, Table, numbered, numbered_pairs, sums
from sampling.estimate.weights.adjustment import Adjustment, CalibrationSpec, TrimSpec
from sampling.estimate.weights.calibration_target import compile_calibration
from sampling.estimate.weights.nonresponse_classes import compile_nonresponse
from sampling.estimate.weights.projection import Projection, reciprocal
from sampling.estimate.weights.trimming import Trimming
from sampling.estimate.weights.weighting import Step, again


@dataclass(frozen=True)
class Adjusted:
    """Hold one adjustment that was made, with the weights (rows,) before and after it."""

    adjustment: Adjustment
    step: Step
    before: FloatArray
    after: FloatArray


def adjusted(spec: DesignSpec, table: Table, design: Design, progress: Progress = silent) -> Design:
    """Give the design with adjusted weights, what that explains of scores, and every replicate adjusted alike.

    Raises
    ------
    DataRefusedError
        With every complaint against the first adjustment that cannot be made: missing columns or values, cells without
        rows, totals that are not reached.
    """
    if not spec.adjustments:
        return design
    missing = _missing_columns(spec, table)
    if missing:
        raise DataRefusedError(missing)
    weights = design.weights
    steps: list[Step] = []
    projections: list[Projection] = []
    for made in adjustments_made(spec, table, design.weights):
        projection = made.step.projection(made.before, made.after)
        steps.append(made.step)
        projections += [] if projection is None else [projection]
        weights = made.after
    if design.replicates is None:
        return replace(design, weights=weights, projections=tuple(projections))
    changed = replace(_adjusted_alike(design.replicates, steps, progress), drawn=design.replicates)
    return replace(design, weights=weights, replicates=changed)


def adjustments_made(spec: DesignSpec, table: Table, weights: FloatArray) -> Iterator[Adjusted]:
    """Make one adjustment of the weights (rows,) after the other.

    Raises
    ------
    DataRefusedError
        With every complaint against the first that cannot be made.
    """
    for adjustment in spec.adjustments:
        step = compiled(adjustment, spec, table, weights)
        found = step.reweighted(weights)
        if found.complaints:
            raise DataRefusedError(found.complaints)
        yield Adjusted(adjustment, step, weights, found.weights)
        weights = found.weights


def _adjusted_alike(replicates: Replicates, steps: Sequence[Step], progress: Progress) -> Replicates:
    """Adjust every replicate; rows of one unit that every step treats alike stay one line of factors."""
    line = np.arange(replicates.unit.size, dtype=np.int64)
    codes = [step.shared for step in steps]
    shared = [code for code in codes if code is not None]
    if len(shared) == len(codes):
        line = replicates.unit
        for code in shared:
            line = numbered_pairs(line, code)[0]
    line, first = numbered(line)
    complaints = too_many(first.size, replicates.count)
    if complaints:
        raise DataRefusedError(complaints)
    if len(shared) < len(codes):
        return replicates.reweighted(_Again(steps, replicates.count, progress))
    base = sums(line, replicates.base, first.size)
    lines = replace(replicates, unit=replicates.unit[first], base=base)
    changed = lines.reweighted(_Again([step.taken(first) for step in steps], replicates.count, progress))
    factors = changed.factors * reciprocal(base)[:, None]
    return replace(changed, unit=line, factors=factors, base=replicates.base)


class _Again:
    """Adjust the weights of one replicate after the other; a replicate that cannot be adjusted is named."""

    def __init__(self, steps: Sequence[Step], count: int, progress: Progress) -> None:
        self._steps = steps
        self._count, self._progress = count, progress
        self._number = 0

    def __call__(self, weights: FloatArray) -> FloatArray:
        self._number += 1
        found = again(self._steps, weights)
        if found.complaints:
            raise DataRefusedError([_of_replicate(self._number, found.complaints[0])])
        self._progress("weights", self._number, self._count)
        return found.weights


def _of_replicate(number: int, complaint: Complaint) -> Complaint:
    told = {name: complaint.details.get(name) for name in ("place", "name", "level")}
    cell = "".join(f" {told[name]}" for name in ("name", "level") if told[name] is not None).strip()
    return Complaint("estimate.replicate_not_adjusted", {"place": told["place"], "number": number, "cell": cell})


def compiled(adjustment: Adjustment, spec: DesignSpec, table: Table, weights: FloatArray) -> Step:
    """Compile one adjustment over weights that those before it made."""
    if isinstance(adjustment, TrimSpec):
        return Trimming(adjustment)
    used = np.asarray(weights != 0)
    if isinstance(adjustment, CalibrationSpec):
        return compile_calibration(adjustment, spec.stages, table, used)
    return compile_nonresponse(adjustment, table, used)


def _missing_columns(spec: DesignSpec, table: Table) -> list[Complaint]:
    needed: Mapping[tuple[str, str], None] = {
        (adjustment.place, name): None
        for adjustment in spec.adjustments
        if not isinstance(adjustment, TrimSpec)
        for name in adjustment.named
    }
    return [absent_column(name, place, table) for place, name in needed if source(name, table) is None]
