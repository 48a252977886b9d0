"""Line up a calibration with the rows of a table: auxiliary variables, known totals, and all that does not fit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from sampling.estimate.errors import Complaint, DataRefusedError
from sampling.estimate.fits.model_matrix import OneLevelError, model_matrix
from sampling.estimate.reading.formula import Formula
from sampling.estimate.row_list import row_list
from sampling.estimate.stages.stage import FIRST_ROW
from sampling.estimate.stages.stage_spec import StageSpec
from sampling.estimate.table import BoolArray, FloatArray, IntArray, Table, numbered_pairs
from sampling.estimate.weights.adjustment import CalibrationSpec
from sampling.estimate.weights.auxiliary import of_levels, of_matrix
from sampling.estimate.weights.calibration import Calibration, Target

SAME_SUM = 1e-6  # relative difference up to which the counts of two columns add up to the same


def compile_calibration(
    spec: CalibrationSpec, stages: Sequence[StageSpec], table: Table, used: BoolArray
) -> Calibration:
    """Compile a calibration.

    Parameters
    ----------
    used : (rows,) rows whose weight is not 0; of the others auxiliary variables may be missing

    Raises
    ------
    DataRefusedError
        With every complaint: missing values, levels without count, counts without rows, sums that differ between
        columns, totals without column and columns without total.
    """
    cluster = None if spec.aggregate_stage is None else _units(stages[: spec.aggregate_stage], table)
    if spec.formula is not None:
        matrix, known = _of_formula(spec, spec.formula, table, used)
        return Calibration(spec, of_matrix(matrix), known, (), cluster)
    margins = spec.margins or {}
    every = bool(used.all())
    complaints: list[Complaint] = list(_uneven(spec))
    codes: list[IntArray] = []
    sizes: list[int] = []
    targets: list[Target] = []
    for column in spec.columns:
        counts = {level: count for (name, level), count in margins.items() if name == column}
        present, levels = table[column].coded
        complaints += _unlike(spec.place, column, counts, present if every else present[used], levels)
        place = {level: number for number, level in enumerate(counts)}
        number = np.array([place.get(level, 0) for level in levels] + [0], dtype=np.int64)
        codes.append(number[present])
        sizes.append(len(counts))
        targets += [Target("margin", column, level, count) for level, count in counts.items()]
    if complaints:
        raise DataRefusedError(complaints)
    auxiliary = of_levels(codes, sizes)
    return Calibration(spec, auxiliary, tuple(targets), tuple(sizes), cluster)


def _units(stages: Sequence[StageSpec], table: Table) -> IntArray | None:
    """Number the units of the last of some stages, labels counting within stratum and parent; None for the rows."""
    if stages[-1].cluster is None:
        return None
    unit = np.zeros(table.rows, dtype=np.int64)
    for stage in stages:
        for name in (stage.strata, stage.cluster):
            if name is not None:
                unit = numbered_pairs(unit, table[name].coded[0])[0]
    return unit


def _uneven(spec: CalibrationSpec) -> Iterator[Complaint]:
    """Name the first column whose counts add up to another sum than those of the first column."""
    sums = {
        column: sum(count for (name, _), count in (spec.margins or {}).items() if name == column)
        for column in spec.columns
    }
    first = spec.columns[0]
    for column, total in sums.items():
        if abs(total - sums[first]) > SAME_SUM * abs(sums[first]):
            details = {"place": spec.place, "first": first, "first_sum": sums[first], "column": column, "sum": total}
            yield Complaint("estimate.margin_sums_differ", details)


def _unlike(
    place: str, column: str, counts: Mapping[str, float], present: IntArray, levels: Sequence[str]
) -> Iterator[Complaint]:
    """Compare the levels that rows of weight show with those that have a count."""
    missing, *seen_rows = np.bincount(present + 1, minlength=len(levels) + 1).tolist()
    if missing:
        yield Complaint("estimate.missing_auxiliary", {"place": place, "column": column, "count": missing})
    rows = dict(zip(levels, seen_rows, strict=True))
    for level, seen in rows.items():
        if seen and not counts.get(level):
            details = {"place": place, "column": column, "level": level, "rows": seen}
            yield Complaint("estimate.level_without_count", details)
    for level, count in counts.items():
        if count and not rows.get(level):
            details = {"place": place, "column": column, "level": level, "wanted": count}
            yield Complaint("estimate.count_without_rows", details)


def _of_formula(
    spec: CalibrationSpec, formula: Formula, table: Table, used: BoolArray
) -> tuple[FloatArray, tuple[Target, ...]]:
    """Make the model matrix, 0 where it is missing in rows without weight, and match its columns with the totals."""
    totals = spec.totals or {}
    matrix, names = complete_matrix(spec.place, formula, table, used)
    complaints = [
        Complaint("estimate.column_without_total", {"place": spec.place, "name": name})
        for name in names
        if name not in totals
    ]
    complaints += [
        Complaint("estimate.total_without_column", {"place": spec.place, "name": name, "names": ", ".join(names)})
        for name in totals
        if name not in names
    ]
    if complaints:
        raise DataRefusedError(complaints)
    return matrix, tuple(Target("total", name, None, totals[name]) for name in names)


def complete_matrix(place: str, formula: Formula, table: Table, used: BoolArray) -> tuple[FloatArray, tuple[str, ...]]:
    """Give the model matrix (rows, p) and its names; rows that are not used are 0.

    Raises
    ------
    DataRefusedError
        For texts where numbers are needed, missing values in used rows, a factor of a single level.
    """
    texts = [name for name in sorted(formula.numeric) if table[name].is_text]
    if texts:
        raise DataRefusedError(
            Complaint("estimate.not_numeric", {"column": name, "place": place, **row_list(table[name].unreadable)})
            for name in texts
        )
    rows = np.flatnonzero(used)
    try:
        found, names = model_matrix(formula, table, rows)
    except OneLevelError as error:
        raise DataRefusedError([Complaint("estimate.one_level", {"place": place, "name": error.label})]) from None
    lacking = np.isnan(found).any(axis=1)
    if lacking.any():
        row = int(rows[lacking][0]) + FIRST_ROW
        raise DataRefusedError(
            [Complaint("estimate.missing_in_formula", {"place": place, "row": row, "count": int(lacking.sum())})]
        )
    matrix = np.zeros((table.rows, len(names)))
    matrix[rows] = found
    return matrix, names
