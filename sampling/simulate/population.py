"""Give every unit its assumed truth: eligible or not, a case of an indicator or not, likely to answer or not."""

# ruff: noqa: S608 (names are quoted, values are literals that the engine writes)
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Literal

import numpy as np
from scipy import special

from sampling.design import Design
from sampling.engine import Engine
from sampling.errors import SamplingError
from sampling.estimate.table import BoolArray, FloatArray, IntArray, sums
from sampling.levels import find_column
from sampling.simulate.pattern import Indicator, Pattern, RateRule
from sampling.steps import in_scope, text_of

MOST_UNITS = 3_000_000
"""Units whose truth is held in memory, about 200 bytes each."""

Kind = Literal["rate", "cases", "count"]


@dataclass(frozen=True)
class Codes:
    """Hold a text column as numbers; -1 where it is empty."""

    codes: IntArray
    levels: tuple[str, ...]

    def equal(self, value: str) -> BoolArray:
        """Mark the units that have a value."""
        if value not in self.levels:
            return np.zeros(self.codes.size, dtype=np.bool_)
        return np.asarray(self.codes == self.levels.index(value), dtype=np.bool_)


@dataclass(frozen=True)
class Quantity:
    """Hold what is estimated of one indicator in one domain, and its true value.

    Parameters
    ----------
    indicator : str
        Id of the indicator.
    kind : {"rate", "cases", "count"}
        The rate; the total of units (or persons) that are cases; the total of those that count.
    domain : mapping
        Column of the domain: value.
    true : float
        Over all eligible units of the frame that take part.
    units : int
        Eligible units of the domain that count.
    """

    indicator: str
    kind: Kind
    domain: Mapping[str, str]
    true: float
    units: int


class Population:
    """Hold the units of a design's last stage in code-point order of their ids, with their assumed truth.

    The truth is fixed once for all runs: chance lies in the sample and in who answers, so the figures tell of the
    design and not of luck in making the truth. The cases of an indicator are as many of its units (or persons) as the
    assumed rate says, for each line of the rates within each unit above the clusters; which units they are follows
    from rates of the clusters drawn from beta distributions with the assumed likeness.

    Attributes
    ----------
    ids, top : sequences of str, shape (N,)
        Unit and the unit of the frame's first level that it lies in (empty where it is that unit itself).
    eligible : (N,) bools
    answering : (N,) floats
        Chance of an answer of an eligible unit that is visited.
    cases : one (N,) array of bools for each indicator: the units that its rate is a rate of
    counting : one (N,) array of bools for each indicator: the eligible units that count for it
    persons : one (N,) array of floats for each indicator: persons, or 1
    """

    def __init__(self, engine: Engine, design: Design, pattern: Pattern, seed: str) -> None:
        self.pattern = pattern
        self._read(engine, design)
        self.eligible: BoolArray = generator(seed, "eligible").random(self.size) >= self._rates(pattern.ineligible)[0]
        self.answering: FloatArray = self._rates(pattern.response)[0]
        self.counting = [self.eligible & self._where(each) for each in pattern.indicators]
        self.cases = [
            self._cases(each, counts, seed) for each, counts in zip(pattern.indicators, self.counting, strict=True)
        ]

    def _read(self, engine: Engine, design: Design) -> None:
        """Read the units and their columns; the units that take part are those that every stage lists."""
        last = len(design.stages) - 1
        depth = design.depth(last)
        level = design.levels[depth]
        named = [level.name for level in design.levels]
        cluster = None if self.pattern.clusters is None else named.index(self.pattern.clusters)
        places = [0, *(() if cluster is None else (cluster, max(cluster - 1, 0)))]
        texts = [f"CAST({engine.quote(design.levels[place].id)} AS VARCHAR)" for place in places]
        texts += [text_of(engine, find_column(design.levels, name)) for name in self.pattern.columns]
        persons = list(dict.fromkeys(each.persons for each in self.pattern.indicators if each.persons is not None))
        numbers = [f"coalesce({engine.quote(name)}, 0)" for name in persons]
        where = " AND ".join(in_scope(engine, design, design.depth(i)) for i in range(last + 1))
        lowest = depth == len(design.levels) - 1
        one = "{}" if lowest else "max({})"
        unit = engine.quote(level.id)
        listed = ", ".join([f"{unit} AS id", *(one.format(each) for each in [*texts, *numbers])])
        group = "" if lowest else f" GROUP BY {unit}"
        counted = engine.rows(f"SELECT count(DISTINCT {unit}) FROM frame WHERE {where}")[0][0]
        if counted > MOST_UNITS:
            raise SamplingError("simulate.too_many_units", units=counted, largest=MOST_UNITS)
        rows = engine.rows(f"SELECT {listed} FROM frame WHERE {where}{group} ORDER BY id")
        columns = list(zip(*rows, strict=True)) if rows else [()] * (1 + len(texts) + len(numbers))
        self.ids: Sequence[str] = columns[0]
        self.top: Sequence[str] = columns[1] if depth else [""] * len(columns[0])
        self.size = len(self.ids)
        coded = [_coded(column) for column in columns[1 : 1 + len(texts)]]
        self._cluster: Codes | None = None if cluster is None else coded[1]
        self._above: Codes | None = coded[2] if cluster else None  # clusters of the first level have nothing above
        self._columns = dict(zip(self.pattern.columns, coded[len(places) :], strict=True))
        sizes = [np.asarray(column, dtype=np.float64) for column in columns[1 + len(texts) :]]
        self._persons = dict(zip(persons, sizes, strict=True))
        self.persons: list[FloatArray] = [
            np.ones(self.size) if each.persons is None else self._persons[each.persons]
            for each in self.pattern.indicators
        ]

    @cached_property
    def place(self) -> dict[str, int]:
        """Give the position of each id."""
        return {unit_id: i for i, unit_id in enumerate(self.ids)}

    def column(self, name: str) -> Codes:
        """Give a column that the pattern asks for."""
        return self._columns[name]

    def _rates(self, rule: RateRule) -> tuple[FloatArray, IntArray]:
        """Give each unit its rate and the line that gives it (the number of lines for ``each``)."""
        line = np.full(self.size, len(rule.by), dtype=np.int64)
        for number in reversed(range(len(rule.by))):
            matches = np.ones(self.size, dtype=np.bool_)
            for name, value in rule.by[number].when.items():
                matches &= self.column(name).equal(value)
            line[matches] = number
        return np.array([*(each.rate for each in rule.by), rule.each])[line], line

    def _where(self, indicator: Indicator) -> BoolArray:
        """Mark the units that an indicator counts."""
        counts = self._persons[indicator.persons] > 0 if indicator.persons else np.ones(self.size, dtype=np.bool_)
        for name, values in indicator.where.items():
            counts = counts & np.logical_or.reduce([self.column(name).equal(value) for value in values])
        return np.asarray(counts, dtype=np.bool_)

    def _cases(self, indicator: Indicator, counting: BoolArray, seed: str) -> BoolArray:
        """Choose the units that are cases: as many as assumed, alike within clusters.

        A unit whose random number lies below its cluster's rate is a case; the bound is shifted alike for all units of
        a cell until their number, or their persons, are as near to the assumed one as can be. What is too much or too
        little in a cell is made up for in the next.
        """
        rates, line = self._rates(indicator.rates)
        distance = generator(seed, f"cases:{indicator.id}").random(self.size) - self._cluster_rates(
            indicator, rates, seed
        )
        persons = np.ones(self.size) if indicator.persons is None else self._persons[indicator.persons]
        cases = np.zeros(self.size, dtype=np.bool_)
        above = np.zeros(self.size, dtype=np.int64) if self._above is None else self._above.codes
        for number in np.unique(line[counting]):
            owed = 0.0
            of_line = counting & (line == number)
            for cell in np.unique(above[of_line]):
                members = np.flatnonzero(of_line & (above == cell))
                order = members[np.argsort(distance[members], kind="stable")]
                owed += float(rates[members[0]] * persons[members].sum())
                reached = np.concatenate([[0.0], np.cumsum(persons[order])])
                taken = int(np.argmin(np.abs(reached - owed)))
                cases[order[:taken]] = True
                owed -= float(reached[taken])
        return cases

    def _cluster_rates(self, indicator: Indicator, rates: FloatArray, seed: str) -> FloatArray:
        """Give each unit the rate of its cluster: a quantile of the beta distribution with the assumed likeness."""
        if not indicator.icc or self._cluster is None:
            return rates
        rank = generator(seed, f"clusters:{indicator.id}").random(len(self._cluster.levels))[self._cluster.codes]
        inside = np.clip(rates, 1e-12, 1 - 1e-12)
        strength = (1 - indicator.icc) / indicator.icc
        return np.asarray(special.betaincinv(inside * strength, (1 - inside) * strength, rank), dtype=np.float64)

    def likeness(self, number: int) -> float | None:
        """Give the intra-class correlation that an indicator's cases have; None without clusters or variation.

        The estimator of the analysis of variance (Donner 1986).
        """
        if self._cluster is None:
            return None
        counts = self.counting[number]
        y, cluster = self.cases[number][counts].astype(np.float64), self._cluster.codes[counts]
        sizes = sums(cluster, np.ones(y.size), len(self._cluster.levels))
        totals = sums(cluster, y, sizes.size)[sizes > 0]
        sizes = sizes[sizes > 0]
        if sizes.size < 2 or y.size <= sizes.size or y.min() == y.max():
            return None
        between = float((sizes * (totals / sizes - y.mean()) ** 2).sum()) / (sizes.size - 1)
        within = float((totals * (1 - totals / sizes)).sum()) / (y.size - sizes.size)
        typical = (y.size - float((sizes**2).sum()) / y.size) / (sizes.size - 1)
        return (between - within) / (between + (typical - 1) * within)

    def quantities(self) -> tuple[Quantity, ...]:
        """List what is estimated, with its true value: indicators in their order, domains in code-point order."""
        found: list[Quantity] = []
        domain, labels = self._domains()
        for number, indicator in enumerate(self.pattern.indicators):
            counts = self.counting[number].astype(np.float64)
            persons = self.persons[number] * counts
            cases = sums(domain, persons * self.cases[number], len(labels))
            whole, units = sums(domain, persons, len(labels)), sums(domain, counts, len(labels))
            for i, label in enumerate(labels):
                if label is None or not units[i]:
                    continue
                described = dict(zip(self.pattern.by, label, strict=True))
                true: dict[Kind, float] = {"rate": float(cases[i] / whole[i])}
                if self.pattern.totals:
                    true |= {"cases": float(cases[i]), "count": float(whole[i])}
                found += [Quantity(indicator.id, kind, described, value, int(units[i])) for kind, value in true.items()]
        return tuple(found)

    def _domains(self) -> tuple[IntArray, list[tuple[str, ...] | None]]:
        """Number the domains; units that miss a value of a domain's columns have numbers whose label is None."""
        if not self.pattern.by:
            return np.zeros(self.size, dtype=np.int64), [()]
        columns = [self.column(name) for name in self.pattern.by]
        stacked = np.column_stack([column.codes for column in columns])
        rows, number = np.unique(stacked, axis=0, return_inverse=True)
        labels: list[tuple[str, ...] | None] = [
            None if row.min() < 0 else tuple(column.levels[code] for column, code in zip(columns, row, strict=True))
            for row in rows
        ]
        return np.asarray(number.reshape(-1), dtype=np.int64), labels


def _coded(values: Sequence[str | None]) -> Codes:
    """Number the texts of a column in code-point order."""
    levels = sorted({value for value in values if value is not None})
    number = {value: i for i, value in enumerate(levels)}
    return Codes(np.array([-1 if value is None else number[value] for value in values], dtype=np.int64), tuple(levels))


def generator(seed: str, purpose: str) -> np.random.Generator:
    """Give the random numbers of one purpose: they hang on the seed and on nothing else."""
    key = int(sha256(f"evalsvc-simulation-1:{seed}:{purpose}".encode()).hexdigest()[:32], 16)
    return np.random.Generator(np.random.Philox(key=key))
