"""Adjust for non-response by a fitted chance to respond.

A logistic model of responding is fitted to the eligible rows under their weights. Either its quintiles are the classes
in which respondents stand for all (Little 1986), or the weights of respondents are divided by their fitted chance (Kim,
Kim 2007), where the variance holds that the model was fitted to the same rows.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Literal

import numpy as np
from scipy.special import expit

from sampling.estimate.errors import Complaint, Detail, NoFitError
from sampling.estimate.fits.families import MEANS
from sampling.estimate.fits.regression import Model
from sampling.estimate.table import FloatArray, IntArray
from sampling.estimate.weights.auxiliary import of_matrix
from sampling.estimate.weights.nonresponse import Nonresponse
from sampling.estimate.weights.projection import Projection
from sampling.estimate.weights.separation import independent, separated
from sampling.estimate.weights.weighting import Reweighted

FIFTHS = (0.2, 0.4, 0.6, 0.8)


@dataclass(frozen=True)
class Propensity:
    """Hold who is meant and what their chance to respond depends on.

    Attributes
    ----------
    eligible, responded : (rows,) 1 or 0; responded only where eligible
    matrix : (rows, k) columns of the model
    """

    eligible: FloatArray
    responded: FloatArray
    matrix: FloatArray
    method: Literal["quintiles", "inverse"]
    place: str

    def reweighted(self, before: FloatArray) -> Reweighted:
        """Adjust weights (rows,)."""
        rows = self._asked(before)
        if rows.size and not self.responded[rows].any():
            details: dict[str, Detail] = {"place": self.place, "eligible": int(rows.size)}
            return Reweighted(before, (Complaint("estimate.nobody_responded", details),))
        try:
            chance = self._fitted(before)[0]
        except NoFitError as error:
            reason = error.code.removeprefix("estimate.")
            return Reweighted(before, (Complaint("estimate.no_propensity", {"place": self.place, "reason": reason}),))
        if self.method == "quintiles":
            return self._classes(before, chance).reweighted(before)
        return Reweighted(before * ((1.0 - self.eligible) + self.responded / chance))

    def projection(self, before: FloatArray, after: FloatArray) -> Projection:
        """Give what is known of those who did not respond: by their class, or by the equations that fit the model.

        A total of w u / chance has the derivative -sum s (1 - chance) x by the coefficients, s its scores.
        """
        chance, influence = self._fitted(before)
        if self.method == "quintiles":
            return self._classes(before, chance).projection(before, after)
        gather = self.responded * (1.0 - chance)
        whole = np.ones(self.matrix.shape[1])
        return Projection(of_matrix(influence), of_matrix(self.matrix), np.ones_like(after), gather, whole)

    @property
    def shared(self) -> IntArray | None:
        """Give none: every row has its chance."""
        return None

    def taken(self, rows: IntArray) -> Propensity:
        """Give the model over some rows."""
        return replace(self, eligible=self.eligible[rows], responded=self.responded[rows], matrix=self.matrix[rows])

    def _fitted(self, before: FloatArray) -> tuple[FloatArray, FloatArray]:
        """Give the chance to respond of the rows asked and their influence on the coefficients, (rows,) and (rows, k).

        Where everybody responded, or everybody of a group, coefficients run off to infinity, but the chance is known:
        it is 1, and the model is that of the others. Groups in which nobody did are left to be refused.
        """
        chance, influence = np.ones_like(before), np.zeros_like(self.matrix)
        rows, columns = self._asked(before), np.arange(self.matrix.shape[1])
        if self.responded[rows].all():
            return chance, influence
        try:
            found = self._model(rows, columns).fit(before[rows])
        except NoFitError as error:
            certain = rows[separated(self.matrix[rows], self.responded[rows])]
            if error.code != "estimate.separation" or not self.responded[certain].all():
                raise
            rows = np.setdiff1d(rows, certain, assume_unique=True)
            columns = independent(self.matrix[rows])
            found = self._model(rows, columns).fit(before[rows])
        place = np.ix_(rows, columns)
        influence[place] = found.influence
        chance[rows] = expit(self.matrix[place] @ found.coefficients)
        return chance, influence

    def _model(self, rows: IntArray, columns: IntArray) -> Model:
        return Model(MEANS["binomial"], self.matrix[np.ix_(rows, columns)], self.responded[rows])

    def _asked(self, before: FloatArray) -> IntArray:
        return np.flatnonzero((self.eligible > 0) & (before != 0))

    def _classes(self, before: FloatArray, chance: FloatArray) -> Nonresponse:
        cuts = np.quantile(chance[self._asked(before)], FIFTHS)
        group = np.searchsorted(cuts, chance, side="left").astype(np.int64)
        names = tuple(f"{number + 1} / {len(FIFTHS) + 1}" for number in range(len(FIFTHS) + 1))
        return Nonresponse(self.eligible, self.responded, group, names, self.place)
