"""Take replicate weights from a file: whole weights or factors, for every row or for every PSU."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from sampling.estimate.design import Design, DesignSpec
from sampling.estimate.errors import Complaint, DataRefusedError, Detail
from sampling.estimate.remarks.absent_column import absent_column, listed_names
from sampling.estimate.replicates.replicate import Replicates
from sampling.estimate.replicates.scale import default_scale, jackknife_rscales, stated_rscales
from sampling.estimate.replicates.sharing import shared_factors
from sampling.estimate.replicates.spec import ReplicateSpec
from sampling.estimate.row_list import ROWS_IN_A_MESSAGE, row_list
from sampling.estimate.table import FloatArray, IntArray, Table

JOIN = "design.replicates.join"
MAY_BE_NEGATIVE = ("mrbbootstrap", "other")
NUMBERED = re.compile(r"r[0-9]+")
FARTHEST = 2.0  # sums of replicate weights further from that of the weights are another content


@dataclass(frozen=True)
class _Source:
    """Hold the file with its name and the columns that are replicates, in the order of the file."""

    asked: ReplicateSpec
    name: str
    table: Table
    columns: tuple[str, ...]

    @property
    def numbers(self) -> list[FloatArray]:
        """Give the replicates; columns that are no numbers are refused before."""
        return [found for name in self.columns if (found := self.table[name].numbers) is not None]


def given_replicates(asked: ReplicateSpec, spec: DesignSpec, file: Table, table: Table, design: Design) -> Replicates:
    """Read replicates over the rows of a table.

    The rscales of a stratified jackknife are read off its weights where the plan states neither them nor sampling
    fractions, which no weights tell.

    Raises
    ------
    DataRefusedError
        With every complaint: rows or labels that do not match, fields that are no weights, rscales of another number.
    """
    name = asked.file or ""
    source = _Source(asked, name, file, _columns(file, asked.join))
    complaints = [*_shape(source, table)]
    if asked.join is None or asked.join in file:
        complaints += _values(source)
    if complaints:
        raise DataRefusedError(complaints)
    unit, factors, base = _factors(source, table, design)
    count = len(source.columns)
    rscales = stated_rscales(asked, count)
    if rscales is None and not _has_fractions(spec):
        rscales = jackknife_rscales(_ratios(unit, factors, base, design))
    if rscales is None:
        raise DataRefusedError([Complaint("estimate.replicates_rscales_needed", {"file": name})])
    if rscales.size != count:
        details: dict[str, Detail] = {"file": name, "stated": int(rscales.size), "columns": count}
        raise DataRefusedError([Complaint("estimate.replicates_rscales_count", details)])
    found = Replicates(
        unit=unit,
        factors=factors,
        base=base,
        scale=default_scale(asked, count) if asked.scale is None else asked.scale,
        rscales=rscales,
        mse=asked.mse,
        several_stages=asked.method == "mrbbootstrap",
        lonely=np.zeros(factors.shape[0], dtype=np.bool_),
    )
    complaints = _other_content(source, found, design)
    if complaints:
        raise DataRefusedError(complaints)
    return found


def _columns(file: Table, join: str | None) -> tuple[str, ...]:
    """Name the replicates: the columns r1, r2, ... where there are such, else all but the labels."""
    others = tuple(column for column in file if column != join)
    return tuple(column for column in others if NUMBERED.fullmatch(column)) or others


def _shape(source: _Source, table: Table) -> Iterator[Complaint]:
    """Match the file's rows with the table's, or its labels."""
    join, name, file = source.asked.join, source.name, source.table
    if len(source.columns) < 2:
        yield Complaint("estimate.replicates_too_few", {"file": name, "columns": len(source.columns)})
    if join is None:
        if file.rows != table.rows:
            yield Complaint("estimate.replicates_rows", {"file": name, "rows": file.rows, "expected": table.rows})
        return
    if join not in table:
        yield absent_column(join, JOIN, table)
    if join not in file:
        # Of hundreds of replicates the first ones say enough of what the file holds.
        known = listed_names(join, tuple(file))
        yield Complaint("estimate.replicates_no_join", {"file": name, "column": join, "place": JOIN, "known": known})
    if join not in table or join not in file:
        return
    labels = Counter(_texts(file, join))
    repeated = [label for label, times in labels.items() if times > 1]
    codes, levels = table[join].coded
    unknown = [level for level in levels if level not in labels] + ([None] if bool((codes < 0).any()) else [])
    for code, found in (("estimate.replicates_join_repeated", repeated), ("estimate.replicates_join_absent", unknown)):
        if found:
            shown = ", ".join("-" if label is None else label for label in found[:ROWS_IN_A_MESSAGE])
            more = ", …" if len(found) > ROWS_IN_A_MESSAGE else ""
            yield Complaint(code, {"file": name, "column": join, "labels": shown + more, "count": len(found)})


def _texts(table: Table, column: str) -> list[str | None]:
    found: list[str | None] = table[column].texts.to_pylist()
    return found


def _values(source: _Source) -> Iterator[Complaint]:
    """Name the fields that are no replicate weights, column by column."""
    for column in source.columns:
        details: dict[str, Detail] = {"file": source.name, "column": column}
        numbers = source.table[column].numbers
        if numbers is None:
            texts = source.table[column].unreadable
            text = source.table[column].texts[int(np.flatnonzero(texts)[0])].as_py()
            yield Complaint("estimate.replicates_no_numbers", {**details, **row_list(texts), "value": text})
            continue
        bad = np.isnan(numbers)
        if source.asked.method not in MAY_BE_NEGATIVE:
            bad |= numbers < 0
        if bool(bad.any()):
            yield Complaint("estimate.replicates_bad", {**details, **row_list(bad), "method": source.asked.method})


def _factors(source: _Source, table: Table, design: Design) -> tuple[IntArray, FloatArray, FloatArray]:
    """Give the line of each row, the lines of factors, and what they multiply."""
    if source.asked.content == "weights":
        shared = shared_factors(source.numbers, design.weights)
        if shared is not None:
            return (*shared, design.weights)
        return np.arange(table.rows, dtype=np.int64), _matrix(source), np.ones(table.rows)
    if source.asked.join is None:
        shared = shared_factors(source.numbers, np.ones(table.rows))
        every = np.arange(table.rows, dtype=np.int64)
        return *((every, _matrix(source)) if shared is None else shared), design.weights
    place = {label: row for row, label in enumerate(_texts(source.table, source.asked.join))}
    codes, levels = table[source.asked.join].coded
    of_level = np.array([place[level] for level in levels], dtype=np.int64)
    return of_level[codes], _matrix(source), design.weights


def _matrix(source: _Source) -> FloatArray:
    return np.asarray(np.column_stack(source.numbers), dtype=np.float64)


def _ratios(unit: IntArray, factors: FloatArray, base: FloatArray, design: Design) -> FloatArray:
    """Divide replicate weights by the weights, where there are any."""
    if base is design.weights:
        return factors
    used = np.flatnonzero(design.weights > 0)
    return np.asarray(factors[unit[used]] / design.weights[used, None], dtype=np.float64)


def _has_fractions(spec: DesignSpec) -> bool:
    first = spec.stages[0]
    return first.population is not None or first.probability is not None


def _other_content(source: _Source, found: Replicates, design: Design) -> list[Complaint]:
    """Refuse factors that are called weights, and the reverse: their sums are far from that of the weights."""
    whole = float(design.weights.sum())
    per_unit = np.bincount(found.unit, weights=found.base, minlength=found.factors.shape[0])
    mean = float((per_unit @ found.factors).mean())
    if whole <= 0 or whole / FARTHEST <= mean <= whole * FARTHEST:
        return []
    details: dict[str, Detail] = {"file": source.name, "content": source.asked.content, "mean": mean, "weights": whole}
    return [Complaint("estimate.replicates_content", details)]
