"""Compile a sampling design once: stages of units and strata, weights, and the quadratic form of the variance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from sampling.estimate.errors import Complaint, DataRefusedError
from sampling.estimate.stage import Stage, UnequalSpec, compile_stage
from sampling.estimate.table import BoolArray, FloatArray, IntArray, Table

LonelyRule = Literal["fail", "remove", "certainty", "adjust", "average"]
ROWS_IN_A_MESSAGE = 5


@dataclass(frozen=True)
class StageSpec:
    """Name the columns of one stage; no cluster: the rows are the units; no population and no probability: with replacement."""

    cluster: str | None = None
    strata: str | None = None
    population: str | None = None
    probability: str | None = None


@dataclass(frozen=True)
class DesignSpec:
    """Name the columns and rules of a design, outermost stage first."""

    stages: tuple[StageSpec, ...] = (StageSpec(),)
    weights: str | None = None
    nested: bool = False
    lonely_psu: LonelyRule = "fail"
    lonely_domain: bool = False
    unequal: UnequalSpec | None = None


@dataclass(frozen=True)
class Design:
    """Hold a compiled design: immutable, shared by every statement.

    Attributes
    ----------
    weights : (rows,) floats
    stages : compiled stages, outermost first, only those that add to the variance
    psu, psu_stratum : (rows,) ints
        The unit and stratum that count for the degrees of freedom: of the outermost stage at which the row's unit is no
        certainty (-1 where every stage is a certainty).
    """

    rows: int
    weights: FloatArray
    stages: tuple[Stage, ...]
    psu: IntArray
    psu_stratum: IntArray
    lonely_psu: LonelyRule
    lonely_domain: bool

    @property
    def degrees_of_freedom(self) -> int:
        """Count PSUs less strata among rows of non-zero weight."""
        counted = (self.weights != 0) & (self.psu >= 0)
        return int(np.unique(self.psu[counted]).size - np.unique(self.psu_stratum[counted]).size)


def compile_design(spec: DesignSpec, table: Table) -> Design:
    """Compile the design of a table.

    Raises
    ------
    DataRefusedError
        With every complaint: missing columns or values, weights that are no weights, populations smaller than their sample,
        probabilities outside (0, 1], first-stage labels in two strata although not nested.
    """
    complaints = _missing_columns(spec, table)
    if complaints:
        raise DataRefusedError(complaints)
    if table.rows == 0:
        raise DataRefusedError([Complaint("estimate.no_rows")])
    complaints = _bad_values(spec, table)
    if complaints:
        raise DataRefusedError(complaints)
    return _compile(spec, table)


def _compile(spec: DesignSpec, table: Table) -> Design:
    rows = table.rows
    parent = np.zeros(rows, dtype=np.int64)
    carried = np.ones(rows)  # product of the sampling fractions above: what the next stage's variance is multiplied by
    weights = np.ones(rows)
    psu = np.full(rows, -1, dtype=np.int64)
    psu_stratum = np.full(rows, -1, dtype=np.int64)
    stages: list[Stage] = []
    complaints: list[Complaint] = []
    for index, stage_spec in enumerate(spec.stages):
        labels = _labels(stage_spec, table)
        if index == 0 and not spec.nested:
            complaints += _split_clusters(stage_spec, labels)
        compiled = compile_stage(
            index,
            parent,
            labels.strata,
            labels.cluster,
            population=_numbers(table, stage_spec.population),
            probability=_numbers(table, stage_spec.probability),
            carried=carried,
            lonely_psu=spec.lonely_psu,
            unequal=spec.unequal,
            last=index == len(spec.stages) - 1,
        )
        complaints += compiled.complaints
        stage = compiled.stage
        # R survey counts the units of a first-stage stratum taken in full, so the first stage does too; below certainties
        # such a stratum adds no variance, and counting it would feign precision.
        counts_here = (psu < 0) & ~compiled.certainty & ((index == 0) | ~compiled.full)
        # Offsets keep the units of different stages apart where certainties pass the counting on.
        psu[counts_here] = compiled.unit[counts_here] + index * rows
        psu_stratum[counts_here] = compiled.stratum[counts_here] + index * rows
        if stage is not None:
            stages.append(stage)
        carried = carried * compiled.fraction
        weights = weights * compiled.base_weight
        parent = compiled.unit
    if complaints:
        raise DataRefusedError(complaints)
    if spec.weights is not None:
        given = table[spec.weights].numbers
        weights = weights if given is None else given
    return Design(rows, weights, tuple(stages), psu, psu_stratum, spec.lonely_psu, spec.lonely_domain)


@dataclass(frozen=True)
class _Labels:
    strata: IntArray | None
    cluster: IntArray | None
    cluster_levels: tuple[str, ...]


def _labels(spec: StageSpec, table: Table) -> _Labels:
    strata = None if spec.strata is None else table[spec.strata].coded[0]
    if spec.cluster is None:
        return _Labels(strata, None, ())
    cluster, levels = table[spec.cluster].coded
    return _Labels(strata, cluster, levels)


def _numbers(table: Table, name: str | None) -> FloatArray | None:
    return None if name is None else table[name].numbers


def _split_clusters(spec: StageSpec, labels: _Labels) -> list[Complaint]:
    """Find first-stage labels that stand in two strata: without nesting they would be one unit, wrongly."""
    if labels.strata is None or labels.cluster is None:
        return []
    first = np.full(len(labels.cluster_levels), -1, dtype=np.int64)
    first[labels.cluster[::-1]] = labels.strata[::-1]
    split = np.unique(labels.cluster[first[labels.cluster] != labels.strata])
    return [
        Complaint("estimate.cluster_in_two_strata", {"column": spec.cluster, "cluster": labels.cluster_levels[code]})
        for code in split
    ]


def _missing_columns(spec: DesignSpec, table: Table) -> list[Complaint]:
    return [
        Complaint("estimate.no_column", {"column": name, "place": place})
        for place, name in _columns(spec)
        if name not in table
    ]


def _columns(spec: DesignSpec) -> list[tuple[str, str]]:
    named: Mapping[str, str | None] = {
        **{
            f"design.stages.{index}.{key}": getattr(stage, key)
            for index, stage in enumerate(spec.stages)
            for key in ("cluster", "strata", "population", "probability")
        },
        "design.weights": spec.weights,
    }
    return [(place, name) for place, name in named.items() if name is not None]


def _bad_values(spec: DesignSpec, table: Table) -> list[Complaint]:
    complaints: list[Complaint] = []
    for place, name in _columns(spec):
        column = table[name]
        key = place.rsplit(".", 1)[-1]
        if key in ("cluster", "strata"):
            complaints += _at_rows("estimate.empty_label", name, column.missing)
            continue
        if column.numbers is None:
            complaints.append(Complaint("estimate.not_numeric", {"column": name, "place": place}))
            continue
        complaints += _at_rows(f"estimate.bad_{key}", name, _unfit(key, column.numbers))
    return complaints


def _unfit(key: str, numbers: FloatArray) -> BoolArray:
    """Mark what is no weight (>= 0), no population (> 0) or no probability (0 < pi <= 1); NaN is none of them."""
    if key == "weights":
        return ~(numbers >= 0)
    if key == "population":
        return ~(numbers > 0)
    return ~((numbers > 0) & (numbers <= 1))


def _at_rows(code: str, column: str, bad: BoolArray) -> list[Complaint]:
    rows = np.flatnonzero(bad)
    if rows.size == 0:
        return []
    # Row 2 of a file is the first row under its header.
    shown = ", ".join(str(row + 2) for row in rows[:ROWS_IN_A_MESSAGE])
    more = ", …" if rows.size > ROWS_IN_A_MESSAGE else ""
    return [Complaint(code, {"column": column, "rows": shown + more, "count": int(rows.size), "row": int(rows[0] + 2)})]
