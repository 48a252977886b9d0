"""Line up an adjustment for non-response with the rows of a table: who responded, who was eligible, the classes."""

from __future__ import annotations

import numpy as np

from sampling.estimate.errors import Complaint, DataRefusedError
from sampling.estimate.stages.stage import FIRST_ROW
from sampling.estimate.table import BoolArray, FloatArray, IntArray, Table, numbered_pairs
from sampling.estimate.weights.adjustment import NonresponseSpec
from sampling.estimate.weights.calibration_target import complete_matrix
from sampling.estimate.weights.nonresponse import Nonresponse
from sampling.estimate.weights.propensity import Propensity


def compile_nonresponse(spec: NonresponseSpec, table: Table, used: BoolArray) -> Nonresponse | Propensity:
    """Compile an adjustment.

    Parameters
    ----------
    used : (rows,) rows whose weight is not 0; of the others the columns of a propensity may be missing

    Raises
    ------
    DataRefusedError
        Where a column is not 0 or 1 in every row, somebody responded without being eligible, or a class is missing.
    """
    eligible, responded = _who(spec, table)
    if spec.propensity is not None:
        matrix = complete_matrix(spec.place, spec.propensity, table, used & (eligible > 0))[0]
        return Propensity(eligible, responded, matrix, spec.method, spec.place)
    group = np.zeros(table.rows, dtype=np.int64)
    complaints = []
    for name in spec.classes:
        codes = table[name].coded[0]
        lacking = np.flatnonzero((codes < 0) & (eligible > 0))
        if lacking.size:
            complaints.append(
                Complaint(
                    "estimate.missing_auxiliary", {"place": spec.place, "column": name, "count": int(lacking.size)}
                )
            )
        group, first = numbered_pairs(group, np.maximum(codes, 0))
    if complaints:
        raise DataRefusedError(complaints)
    return Nonresponse(eligible, responded, group, _names(spec, table, first), spec.place, spec.waits)


def _who(spec: NonresponseSpec, table: Table) -> tuple[FloatArray, FloatArray]:
    """Give who was eligible and who of them responded, (rows,) each, 1 or 0."""
    complaints: list[Complaint] = []
    responded = _zero_one(spec.responded, spec.place, table, complaints)
    eligible = np.ones(table.rows)
    if spec.eligible is not None:
        eligible = _zero_one(spec.eligible, spec.place, table, complaints)
    both = np.flatnonzero((responded > 0) & (eligible == 0))
    if both.size and not complaints:
        row = int(both[0]) + FIRST_ROW
        complaints.append(
            Complaint("estimate.responded_not_eligible", {"place": spec.place, "row": row, "count": int(both.size)})
        )
    if complaints:
        raise DataRefusedError(complaints)
    return eligible, responded


def _zero_one(name: str, place: str, table: Table, complaints: list[Complaint]) -> FloatArray:
    numbers = table[name].numbers
    other = np.ones(table.rows, dtype=np.bool_) if numbers is None else (numbers != 0) & (numbers != 1)
    if numbers is None or other.any():
        row = int(np.flatnonzero(other)[0]) + FIRST_ROW
        complaints.append(Complaint("estimate.not_yes_or_no", {"place": place, "column": name, "row": row}))
        return np.zeros(table.rows)
    return numbers


def _names(spec: NonresponseSpec, table: Table, first: IntArray) -> tuple[str, ...]:
    columns = [table[name].coded for name in spec.classes]
    return tuple(" / ".join(levels[codes[row]] for codes, levels in columns) for row in first)
