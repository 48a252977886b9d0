"""Read joint inclusion probabilities: a matrix over the drawn units, or the list of pairs of `evalsvc draw joint`."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from sampling.estimate.errors import Complaint, Detail
from sampling.estimate.stages.pairs import Paired, StageUnits, from_differences
from sampling.estimate.stages.stage import FIRST_ROW
from sampling.estimate.table import BoolArray, FloatArray, IntArray, Table

PAIR = ("unit_id", "other_id", "joint_probability")
"""Columns that make a file a list of pairs."""
OWN = ("probability", "other_probability")
GROUP = ("stage", "parent", "stratum")
SAME = 1e-6
"""Share of a probability by which numbers of a file may differ that ought to be the same."""
ROUNDED = 1e-4
"""The same for the file's own probabilities beside those of the data, which may have been written with fewer digits."""


@dataclass(frozen=True)
class Joint:
    """Hold a file of joint probabilities, as the plan names it; `yates_grundy` chooses the form."""

    file: str
    table: Table
    yates_grundy: bool

    @property
    def lists_pairs(self) -> bool:
        """Tell a list of pairs, which may serve several stages, from a matrix, which is of one."""
        return all(name in self.table for name in PAIR)

    def __call__(self, units: StageUnits) -> Paired:
        """Give the form over the units of a stage."""
        found = _listed(self, units) if self.lists_pairs else _square(self, units)
        if not isinstance(found, _Pairs):
            return Paired(None, tuple(found))
        complaints = _impossible(self, units, found)
        if complaints:
            return Paired(None, tuple(complaints))
        one, other, joint = found.one, found.other, found.joint
        excess = (joint - found.pi[one] * found.pi[other]) / joint
        return Paired(from_differences(one, other, excess, found.pi, yates_grundy=self.yates_grundy))

    def complain(self, code: str, **details: Detail) -> Complaint:
        """Make a complaint about the file."""
        return Complaint(code, {"file": self.file, **details})


@dataclass(frozen=True)
class _Pairs:
    """Hold each two units once with their joint probability, and the probabilities of the units (units,)."""

    one: IntArray
    other: IntArray
    joint: FloatArray
    pi: FloatArray


def _square(file: Joint, units: StageUnits) -> _Pairs | list[Complaint]:
    """Read a matrix whose rows stand in the order of the data, or are labelled by a first column."""
    read = _numbers(file, units)
    if isinstance(read, list):
        return read
    matrix = read
    asymmetric = np.abs(matrix - matrix.T) > SAME * np.maximum(np.abs(matrix), np.abs(matrix.T))
    if asymmetric.any():
        line, column = np.argwhere(asymmetric)[0]
        pair = _named(units, int(line), int(column))
        return [file.complain("estimate.joint_asymmetric", **pair, count=int(asymmetric.sum()) // 2)]
    one, other = np.triu_indices(units.count, 1)
    return _Pairs(one.astype(np.int64), other.astype(np.int64), matrix[one, other], np.diagonal(matrix).copy())


def _numbers(file: Joint, units: StageUnits) -> FloatArray | list[Complaint]:
    """Give the matrix (units, units) in the order in which the stage numbers its units."""
    table, columns = file.table, list(file.table)
    # As many columns as units, with a row less, is a matrix whose first line was taken for its header.
    labelled = len(columns) == table.rows + 1 != units.count
    named = columns[1:] if labelled else columns
    if len(named) != table.rows or (not labelled and table.rows != units.count):
        return [file.complain("estimate.joint_size", rows=table.rows, columns=len(columns), units=units.count)]
    bad = [name for name in named if table[name].numbers is None or bool(table[name].missing.any())]
    if bad:
        return [file.complain("estimate.joint_not_numeric", column=name) for name in bad]
    matrix = np.column_stack([np.asarray(table[name].numbers) for name in named])
    if not labelled:
        # The data tell the units in the order of their first rows; the stage may number them otherwise.
        place = np.empty(units.count, dtype=np.int64)
        place[np.argsort(units.first_row, kind="stable")] = np.arange(units.count)
        return np.asarray(matrix[np.ix_(place, place)])
    found = _places(file, units, table[columns[0]].texts.to_pylist())
    return found if isinstance(found, list) else np.asarray(matrix[np.ix_(found, found)])


def _places(file: Joint, units: StageUnits, labels: Sequence[str | None]) -> IntArray | list[Complaint]:
    """Find every unit's line of a labelled matrix, which may hold more units than were drawn."""
    faults = _unlabelled(file, units)
    if faults or units.labels is None:
        return faults
    twice = [label for label, times in Counter(labels).items() if times > 1]
    if twice:
        return [file.complain("estimate.joint_label_twice", unit=twice[0], count=len(twice))]
    line = {label: number for number, label in enumerate(labels)}
    lost = [label for label in units.labels if label not in line]
    if lost:
        return [file.complain("estimate.joint_unit_missing", unit=lost[0], count=len(lost))]
    return np.array([line[label] for label in units.labels], dtype=np.int64)


def _unlabelled(file: Joint, units: StageUnits) -> list[Complaint]:
    """Refuse labels where the data have none, or call two units of the stage alike."""
    if units.labels is None:
        return [file.complain("estimate.joint_without_cluster", place=units.place)]
    twice = [label for label, times in Counter(units.labels).items() if times > 1]
    return [file.complain("estimate.joint_label_twice", unit=twice[0], count=len(twice))] if twice else []


def _listed(file: Joint, units: StageUnits) -> _Pairs | list[Complaint]:
    """Read a list of pairs; units of other stages are passed over, units of different groups are independent."""
    faults = _unlabelled(file, units) or _unreadable(file)
    joint = file.table[PAIR[2]].numbers
    if faults or units.labels is None or joint is None:
        return faults
    number = {label: unit for unit, label in enumerate(units.labels)}
    ends = [
        np.array([number.get(label, -1) for label in file.table[name].texts.to_pylist()], dtype=np.int64)
        for name in PAIR[:2]
    ]
    here = (ends[0] >= 0) & (ends[1] >= 0) & (ends[0] != ends[1])
    one, other, joint = ends[0][here], ends[1][here], joint[here]
    faults = _incomplete(file, units, one, other, _groups(file.table)[here])
    if faults:
        return faults
    pi = units.pi.copy()
    for end, name in zip((one, other), OWN, strict=True):
        stated = file.table[name].numbers if name in file.table else None
        if stated is not None:
            pi[end] = stated[here]
    return _Pairs(one, other, joint, pi)


def _unreadable(file: Joint) -> list[Complaint]:
    names = [PAIR[2], *(name for name in OWN if name in file.table)]
    bad = [name for name in names if file.table[name].numbers is None or bool(file.table[name].missing.any())]
    return [file.complain("estimate.joint_not_numeric", column=name) for name in bad]


def _groups(table: Table) -> IntArray:
    """Number the groups that a list of pairs names; one where it names none."""
    group = np.zeros(table.rows, dtype=np.int64)
    for name in GROUP:
        if name in table:
            codes, levels = table[name].coded
            group = group * (len(levels) + 1) + codes + 1
    return group


def _incomplete(file: Joint, units: StageUnits, one: IntArray, other: IntArray, group: IntArray) -> list[Complaint]:
    """Refuse a list that lacks pairs of a group, names one twice, or knows nothing of a unit that is not alone."""
    pair = np.minimum(one, other) * units.count + np.maximum(one, other)
    _, first, times = np.unique(pair, return_index=True, return_counts=True)
    if (times > 1).any():
        at = int(first[np.flatnonzero(times > 1)[0]])
        return [file.complain("estimate.joint_pair_twice", **_named(units, int(one[at]), int(other[at])))]
    ends, groups = np.concatenate([one, other]), np.concatenate([group, group])
    _, index, partners = np.unique(groups * units.count + ends, return_index=True, return_counts=True)
    _, of_group, size = np.unique(groups[index], return_inverse=True, return_counts=True)
    short = np.flatnonzero(partners != size[of_group] - 1)
    if short.size:
        unit = int(ends[index[short[0]]])
        return [file.complain("estimate.joint_incomplete", unit=_name(units, unit), count=int(short.size))]
    known = np.zeros(units.count, dtype=np.bool_)
    known[ends] = True
    company = np.bincount(units.stratum[units.unsure], minlength=units.strata)[units.stratum] > 1
    lost = np.flatnonzero(units.unsure & company & ~known)
    if lost.size:
        return [file.complain("estimate.joint_unit_missing", unit=_name(units, int(lost[0])), count=int(lost.size))]
    return []


def _impossible(file: Joint, units: StageUnits, found: _Pairs) -> list[Complaint]:
    """Name probabilities that are not those of the data, and pairs that no design has or no estimate can use."""
    wrong = np.flatnonzero(np.abs(found.pi - units.pi) > ROUNDED * units.pi)
    if wrong.size:
        unit = int(wrong[0])
        details: dict[str, Detail] = {"unit": _name(units, unit), "joint": float(found.pi[unit])}
        stated = float(units.pi[unit])
        return [file.complain("estimate.joint_diagonal", **details, probability=stated, count=int(wrong.size))]
    complaints = []
    a, b = found.pi[found.one], found.pi[found.other]
    below = np.maximum(a + b - 1.0, 0.0)
    faults: list[tuple[str, BoolArray]] = [
        ("estimate.joint_zero", found.joint <= 0),
        ("estimate.joint_impossible", (found.joint > np.minimum(a, b) * (1 + SAME)) | (found.joint < below - SAME)),
    ]
    for code, bad in faults:
        at = np.flatnonzero(bad & (found.joint > 0) if code == "estimate.joint_impossible" else bad)
        if at.size:
            pair = _named(units, int(found.one[at[0]]), int(found.other[at[0]]))
            complaints.append(file.complain(code, **pair, joint=float(found.joint[at[0]]), count=int(at.size)))
    return complaints


def _named(units: StageUnits, one: int, other: int) -> dict[str, Detail]:
    return {"unit": _name(units, one), "other": _name(units, other)}


def _name(units: StageUnits, unit: int) -> str:
    """Call a unit by its label, or by the row of the file that it is."""
    return str(int(units.first_row[unit]) + FIRST_ROW) if units.labels is None else units.labels[unit]
