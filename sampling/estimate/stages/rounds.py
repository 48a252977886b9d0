"""Let rounds of one survey share units: what the villages and households of both add to the error of a change.

Each round is a sample of its own: its strata, its n and its fractions. Units of the same label are one unit, and if two
rounds share n12 of a stratum's units, their totals have the covariance

    (1 - f12) n12 / (n12 - 1) sum (z1 - m1) (z2 - m2) over the shared units, f12 = n1 n2 / (N n12),

m1, m2 the means of the weighted totals z1, z2 over them: with n1 = n2 = n12 it is the variance's own form (Kish 1965,
12.4; Tam 1984, The American Statistician 38, 288-289; Qualite, Tille 2008, Survey Methodology 34, 173-181). Stages
below add the same over what they share, times f12, as variances do. With replacement f12 = 0. Unequal probabilities
take the root of pi1 pi2 in place of n/N.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

from sampling.estimate.stages.pairs import PairMatrix
from sampling.estimate.stages.stage import CompiledStage
from sampling.estimate.table import FloatArray, IntArray, numbered, numbered_pairs, sums


@dataclass(frozen=True)
class Common:
    """Hold the units of a stage as they are over all rounds.

    Attributes
    ----------
    unit : (units of the stage,) number of each round's unit among the common ones, which share it
    component : (units of the stage,) strata of rounds that share units are one, for the degrees of freedom
    """

    unit: IntArray
    component: IntArray


@dataclass(frozen=True)
class _Shared:
    """Hold the units that two rounds share, (shared units,) each.

    Attributes
    ----------
    one, other : the unit of the one round and of the other
    common, stratum : the common unit, and its stratum over all rounds
    fraction : what stands for the sampling fraction, 1 for certainties; carried : the product of those above
    unsure : 1, and 0 where the unit is a certainty in either round
    """

    one: IntArray
    other: IntArray
    common: IntArray
    stratum: IntArray
    fraction: FloatArray
    carried: FloatArray
    unsure: FloatArray


class Rounds:
    """Follow the stages of a design downwards, and add to each the covariances between rounds."""

    def __init__(self, rounds: IntArray) -> None:
        self._rounds = rounds
        self._parent = np.zeros(rounds.size, dtype=np.int64)
        self._carried: dict[tuple[int, int], FloatArray] = {}

    def enter(
        self, compiled: CompiledStage, strata: IntArray | None, cluster: IntArray | None, *, given: bool
    ) -> tuple[CompiledStage, Common]:
        """Give the stage with its covariances, and its units over all rounds.

        Parameters
        ----------
        strata, cluster : (rows,) the labels as the data have them; without cluster no two rounds share a unit
        given : whether the units of the stage are taken as given, so that only what lies below them varies
        """
        stratum = numbered(self._parent)[0] if strata is None else numbered_pairs(self._parent, strata)[0]
        rows = np.arange(stratum.size, dtype=np.int64)
        unit, first = (rows, rows) if cluster is None else numbered_pairs(stratum, cluster)
        first_row = _first_rows(compiled)
        above = {pair: carried[self._parent[first]] for pair, carried in self._carried.items()}
        shared = []
        for pair in combinations(range(int(self._rounds.max()) + 1), 2):
            found = self._shared(compiled, pair, unit[first_row], stratum[first], above.get(pair, np.ones(first.size)))
            shared.append(found)
            self._carried[pair] = np.zeros(first.size)
            self._carried[pair][found.common] = 1.0 if given else found.carried * found.fraction
        self._parent = unit
        stage = compiled.stage
        if stage is not None:
            compiled = replace(compiled, stage=replace(stage, pairs=_form(shared, compiled.draws.size)))
        return compiled, Common(unit[first_row], _component(shared, compiled.stratum))

    def _shared(
        self, compiled: CompiledStage, pair: tuple[int, int], common: IntArray, stratum: IntArray, carried: FloatArray
    ) -> _Shared:
        """Find the units that a pair of rounds shares; `stratum` and `carried` are those of the common units."""
        rounds = self._rounds[_first_rows(compiled)]
        places = [np.full(stratum.size, -1, dtype=np.int64) for _ in pair]
        for place, number in zip(places, pair, strict=True):
            mine = np.flatnonzero(rounds == number)
            place[common[mine]] = mine
        both = np.flatnonzero((places[0] >= 0) & (places[1] >= 0))
        one, other = places[0][both], places[1][both]
        sure = compiled.certainty[one] | compiled.certainty[other]
        unsure = (~sure).astype(np.float64)
        n12 = sums(stratum[both], unsure, stratum.size)[stratum[both]]
        expected = _expected(compiled)
        fraction = np.where(sure, 1.0, np.sqrt(expected[one] * expected[other]) / np.maximum(n12, 1.0))
        return _Shared(one, other, both, stratum[both], fraction, carried[both], unsure)


def _first_rows(compiled: CompiledStage) -> IntArray:
    first = np.empty(compiled.draws.size, dtype=np.int64)
    first[compiled.unit[::-1]] = np.arange(compiled.unit.size - 1, -1, -1)
    return first


def _expected(compiled: CompiledStage) -> FloatArray:
    """Give n pi of each unit, n the drawn units of its stratum that are no certainties; 0 with replacement."""
    if compiled.stage is None:
        return np.zeros(compiled.draws.size)
    n = sums(compiled.stratum, (~compiled.certainty).astype(np.float64), int(compiled.stratum.max()) + 1)
    return np.asarray(n[compiled.stratum] * compiled.stage.pi, dtype=np.float64)


def _component(shared: Sequence[_Shared], stratum: IntArray) -> IntArray:
    """Number the strata of rounds so that those that share units have one number; (units,)."""
    size = int(stratum.max()) + 1
    one = stratum[np.concatenate([each.one for each in shared] or [np.empty(0, dtype=np.int64)])]
    other = stratum[np.concatenate([each.other for each in shared] or [np.empty(0, dtype=np.int64)])]
    graph = sparse.coo_matrix((np.ones(one.size), (one, other)), shape=(size, size))
    return np.asarray(csgraph.connected_components(graph, directed=False)[1].astype(np.int64)[stratum])


def _form(shared: Sequence[_Shared], units: int) -> PairMatrix | None:
    """Write the covariances of all pairs of rounds as a form over the units; a single shared unit shows none."""
    products, factors, counters = [], [], []
    for each in shared:
        strata = int(each.stratum.max(initial=-1)) + 1
        n12 = sums(each.stratum, each.unsure, strata)
        several = np.where(n12 > 1, n12, np.inf)
        share = sums(each.stratum, each.unsure * (1.0 - each.fraction) * each.carried, strata) / several
        weight = (share * n12 / (several - 1.0))[each.stratum] * each.unsure
        pairs = (np.concatenate([each.one, each.other]), np.concatenate([each.other, each.one]))
        products.append(sparse.coo_matrix((np.concatenate([weight, weight]), pairs), shape=(units, units)))
        # The product of two means is a quarter of the square of their sum less that of their difference.
        root = np.sqrt(np.abs(share) / (2.0 * (several - 1.0)))[each.stratum] * each.unsure
        together, apart = (_columns(each, root, sign, (units, strata)) for sign in (1.0, -1.0))
        upper = sparse.diags((share >= 0).astype(np.float64))
        factors += [together @ upper, apart @ (sparse.identity(strata) - upper)]
        counters += [apart @ upper, together @ (sparse.identity(strata) - upper)]
    if not any(each.one.size for each in shared):
        return None
    matrix = sparse.csr_matrix(sum(products[1:], products[0]))
    return PairMatrix(matrix, sparse.csr_matrix(sparse.hstack(factors)), sparse.csr_matrix(sparse.hstack(counters)))


def _columns(each: _Shared, root: FloatArray, sign: float, shape: tuple[int, int]) -> sparse.csr_matrix:
    values = np.concatenate([root, sign * root])
    rows = np.concatenate([each.one, each.other])
    return sparse.csr_matrix((values, (rows, np.concatenate([each.stratum, each.stratum]))), shape=shape)
