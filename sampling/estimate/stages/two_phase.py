"""Compile a second phase: which rows of the first one it took, with which weights and stages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

import numpy as np

from sampling.estimate.design import Design, DesignSpec, SecondPhase, compile_design
from sampling.estimate.errors import Complaint, DataRefusedError, Detail
from sampling.estimate.remarks.absent_column import absent_column
from sampling.estimate.stages.stage import FIRST_ROW
from sampling.estimate.stages.two_phase_spec import TwoPhaseSpec
from sampling.estimate.table import BoolArray, IntArray, Table, numbered, numbered_pairs

COUNTED = "two_phase.population.{}"
"""Name of a column of populations that were counted in the first phase; no plan can name it as it stands in no file."""


def with_second_phase(spec: DesignSpec, table: Table, files: Mapping[str, Table], design: Design) -> Design:
    """Give the design of the first phase with the second one below it; rows outside have no weight.

    Raises
    ------
    DataRefusedError
        With every complaint against the columns of the second phase.
    """
    two = spec.two_phase
    if two is None:
        return design
    complaints = [absent_column(name, place, table) for place, name in two.columns() if name not in table]
    complaints = complaints or _bad_subset(two.subset, table) or _uncounted(two, table)
    if complaints:
        raise DataRefusedError(complaints)
    inside = np.asarray(table[two.subset].numbers) == 1
    complaints = _untaken(two, table, inside)
    if complaints:
        raise DataRefusedError(complaints)
    rows = np.flatnonzero(inside)
    below = replace(
        spec,
        stages=tuple(
            replace(stage, population=COUNTED.format(index)) if counted else stage
            for index, (stage, counted) in enumerate(zip(two.stages, two.counted, strict=True))
        ),
        weights=two.weights,
        nested=True,
        unequal=two.unequal,
        replicates=None,
        adjustments=(),
        two_phase=None,
    )
    try:
        second = compile_design(below, _taken(two, table, inside), files)
    except DataRefusedError as error:
        raise DataRefusedError([_in_whole(complaint, rows) for complaint in error.complaints]) from None
    weights = np.zeros(design.rows)
    weights[rows] = design.weights[rows] * second.weights
    position = np.full(design.rows, -1, dtype=np.int64)
    position[rows] = np.arange(rows.size)
    second = replace(second, weights=weights[rows])
    return replace(design, weights=weights, second=SecondPhase(second, position))


def _bad_subset(name: str, table: Table) -> list[Complaint]:
    """Refuse a column that does not tell of every row whether the second phase took it, or tells so of none."""
    numbers = table[name].numbers
    if numbers is None or not bool(np.isin(numbers, (0.0, 1.0)).all()):
        return [Complaint("estimate.bad_subset", {"column": name})]
    return [] if bool((numbers == 1).any()) else [Complaint("estimate.empty_subset", {"column": name})]


def _uncounted(two: TwoPhaseSpec, table: Table) -> list[Complaint]:
    """Refuse empty labels where the populations of the second phase are counted in the first one."""
    if not any(two.counted):
        return []
    places = [(place, name) for place, name in two.columns() if place.endswith((".strata", ".cluster"))]
    return [
        Complaint("estimate.uncounted_label", {"place": place, "column": name, "row": int(empty[0]) + FIRST_ROW})
        for place, name in places
        if (empty := np.flatnonzero(table[name].missing)).size
    ]


def _untaken(two: TwoPhaseSpec, table: Table, inside: BoolArray) -> list[Complaint]:
    """Refuse strata of the first phase, counted in it, that the second one took nothing of: nobody stands for them."""
    complaints: list[Complaint] = []
    parent = np.zeros(table.rows, dtype=np.int64)
    for index, (stage, counted) in enumerate(zip(two.stages, two.counted, strict=True)):
        if not counted:
            break  # labels outside of the second phase need not be known from here on
        stratum = parent
        if stage.strata is not None:
            codes, levels = table[stage.strata].coded
            stratum = numbered_pairs(parent, codes)[0]
            empty = np.isin(parent, parent[inside]) & ~np.isin(stratum, stratum[inside])
            for number in np.unique(stratum[empty]):
                rows = np.flatnonzero(stratum == number)
                details: dict[str, Detail] = {
                    "place": f"design.two_phase.stages.{index}.strata",
                    "column": stage.strata,
                }
                details |= {"level": levels[codes[rows[0]]], "count": rows.size, "row": int(rows[0]) + FIRST_ROW}
                complaints.append(Complaint("estimate.stratum_not_taken", details))
        parent = _units(stratum, None if stage.cluster is None else table[stage.cluster].coded[0])[0]
    return complaints


def _taken(two: TwoPhaseSpec, table: Table, inside: BoolArray) -> Table:
    """Give the columns of the second phase over its rows, with the populations that are counted in the first one."""
    columns = {name: table[name].texts.filter(inside) for _, name in two.columns()}
    populations = _counts(two, table) if any(two.counted) else []
    return Table({**columns, **{COUNTED.format(k): counts[inside] for k, counts in enumerate(populations)}})


def _counts(two: TwoPhaseSpec, table: Table) -> list[IntArray]:
    """Count for every stage and row the units of the first phase in the row's stratum within its parent."""
    parent = np.zeros(table.rows, dtype=np.int64)
    found = []
    for stage in two.stages:
        stratum = parent if stage.strata is None else numbered_pairs(parent, table[stage.strata].coded[0])[0]
        unit, first = _units(stratum, None if stage.cluster is None else table[stage.cluster].coded[0])
        found.append(np.bincount(stratum[first], minlength=int(stratum.max()) + 1)[stratum])
        parent = unit
    return found


def _units(stratum: IntArray, cluster: IntArray | None) -> tuple[IntArray, IntArray]:
    """Number the units within their strata; without labels every row is one."""
    return numbered(np.arange(stratum.size)) if cluster is None else numbered_pairs(stratum, cluster)


def _in_whole(complaint: Complaint, rows: IntArray) -> Complaint:
    """Say a complaint about the rows of the second phase with the rows of the whole file and the plan's places."""
    details: dict[str, Detail] = dict(complaint.details)
    place, row, listed = (details.get(name) for name in ("place", "row", "rows"))
    if isinstance(place, str):
        details["place"] = place.replace("design.", "design.two_phase.", 1)
    if isinstance(row, int):
        details["row"] = _row(row, rows)
    if isinstance(listed, str):
        details["rows"] = ", ".join(_listed(listed.split(", "), rows))
    return Complaint(complaint.code, details)


def _listed(texts: Iterable[str], rows: IntArray) -> Iterable[str]:
    return (str(_row(int(text), rows)) if text.isdigit() else text for text in texts)


def _row(row: int, rows: IntArray) -> int:
    return int(rows[row - FIRST_ROW]) + FIRST_ROW
