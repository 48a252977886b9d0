"""The settings of the coverage study: invented populations of villages, and samples from them by a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from sampling.estimate.table import FloatArray

THRESHOLD_OF_PERSONS = 0.02
SISTER_RATE, SISTER_CORRELATION = 0.2, 0.01
MORE_PERSONS = 2.3  # a household has one person and a Poisson number more of this mean: 3.3 persons


@dataclass(frozen=True)
class Setting:
    """Describe villages drawn with replacement in strata, and where their errors sit.

    Attributes
    ----------
    rate : true rate of errors, and the threshold that verdicts are held against
    villages, households : drawn in each stratum; drawn in each village
    correlation : intra-class correlation of the households of a village
    kind : "households"; "persons" of households that are wrong as a whole; "few": `share` of the villages hold all
        errors; "sister": a frequent rate of the same villages with a lower correlation lends its design effect
    expected : figures that the study has to come out at: coverage by method, width of truncated Korn-Graubard in points
    expected_plain : chance in percent that the plain bound passes at the threshold
    """

    name: str
    rate: float
    strata: int
    villages: int
    households: int
    correlation: float
    kind: Literal["households", "persons", "few", "sister"] = "households"
    share: float = 1.0
    expected: Mapping[str, float] = field(default_factory=dict, compare=False)
    expected_plain: float | None = None

    @property
    def units(self) -> int:
        """Count the drawn villages."""
        return self.strata * self.villages

    @property
    def rows_by_household(self) -> bool:
        """Tell whether the rows are households; else they are villages, which is all that the variance needs."""
        return self.kind == "persons"

    @property
    def stratum_shares(self) -> FloatArray:
        """Give the strata's parts of the population, evenly spread between 0.5 and 1.5 times the mean one."""
        return 0.5 + (np.arange(self.strata) + 0.5) / self.strata

    @property
    def design_effect(self) -> float:
        """Give the true design effect per household: of the villages (Kish 1965, 5.4) times that of the weights."""
        shares = self.stratum_shares
        weights = float(np.mean(shares**2) / np.mean(shares) ** 2)
        return (1.0 + (self.households - 1) * self._correlation) * weights

    @property
    def _correlation(self) -> float:
        if self.kind != "few":
            return self.correlation
        inside = self.rate / self.share
        return self.share * (1.0 - self.share) * inside**2 / (self.rate * (1.0 - self.rate))


@dataclass(frozen=True)
class Samples:
    """Hold samples of one setting, shape (draws, villages) or (draws, villages, households) by what the rows are."""

    wrong: FloatArray
    size: FloatArray
    sister: FloatArray | None


def draw_samples(setting: Setting, rate: float, draws: int, random: np.random.Generator) -> Samples:
    """Draw samples at a true rate; the same generator gives the same villages at every rate's own chances."""
    shape = (draws, setting.units)
    chances = _chances(setting, rate, shape, random)
    if setting.rows_by_household:
        places = (*shape, setting.households)
        persons = 1.0 + random.poisson(MORE_PERSONS, places).astype(np.float64)
        return Samples(persons * (random.random(places) < chances[..., None]), persons, None)
    wrong = random.binomial(setting.households, chances).astype(np.float64)
    size = np.full(shape, float(setting.households))
    if setting.kind != "sister":
        return Samples(wrong, size, None)
    others = random.beta(*_shape(SISTER_RATE, SISTER_CORRELATION), shape)
    return Samples(wrong, size, random.binomial(setting.households, others).astype(np.float64))


def _chances(setting: Setting, rate: float, shape: tuple[int, int], random: np.random.Generator) -> FloatArray:
    """Give each drawn village its rate: from a beta distribution, or none but in a share of the villages."""
    if setting.kind == "few":
        return np.where(random.random(shape) < setting.share, rate / setting.share, 0.0)
    return random.beta(*_shape(rate, setting.correlation), shape) if rate > 0.0 else np.zeros(shape)


def _shape(rate: float, correlation: float) -> tuple[float, float]:
    """Give the beta distribution of a mean and an intra-class correlation."""
    size = (1.0 - correlation) / correlation
    return rate * size, (1.0 - rate) * size


def _expected(wald: float, logit: float, truncated: float, width: float, wilson: float) -> Mapping[str, float]:
    return {"wald": wald, "logit": logit, "truncated": truncated, "width": width, "wilson": wilson}


SETTINGS = (
    Setting("1 %, 8 x 6 x 60", 0.01, 8, 6, 60, 0.02, expected=_expected(91.5, 94.0, 94.8, 1.20, 93.7)),
    Setting("0.5 %, 8 x 6 x 60", 0.005, 8, 6, 60, 0.02, expected=_expected(88.5, 93.6, 94.3, 0.87, 93.0)),
    Setting("1 %, 8 x 6 x 20", 0.01, 8, 6, 20, 0.02, expected=_expected(90.0, 95.4, 96.1, 1.71, 95.3)),
    Setting("1 %, 4 x 2 x 100", 0.01, 4, 2, 100, 0.02, expected=_expected(85.0, 95.0, 96.0, 3.84, 97.2)),
    Setting("2 %, 1 x 5 x 100", 0.02, 1, 5, 100, 0.02, expected=_expected(87.2, 96.3, 94.8, 6.53, 97.4)),
    Setting("0.5 %, 22 x 19 x 70", 0.005, 22, 19, 70, 0.01, expected=_expected(94.0, 94.2, 95.2, 0.23, 94.1)),
    Setting("all errors in one village of six", 0.01, 8, 6, 60, 0.0, kind="few", share=1 / 6),
    Setting("persons in households, 4 x 10 x 30", 0.02, 4, 10, 30, 0.02, kind="persons"),
    Setting("sister with a lower correlation, 8 x 6 x 20", 0.005, 8, 6, 20, 0.05, kind="sister"),
    Setting("persons, 5 x 60", THRESHOLD_OF_PERSONS, 1, 5, 60, 0.05, kind="persons", expected_plain=11.6),
    Setting("persons, 10 x 10", THRESHOLD_OF_PERSONS, 1, 10, 10, 0.05, kind="persons", expected_plain=22.1),
    Setting("persons, 25 x 40", THRESHOLD_OF_PERSONS, 1, 25, 40, 0.05, kind="persons", expected_plain=7.5),
    Setting("persons, 29 x 35", THRESHOLD_OF_PERSONS, 1, 29, 35, 0.10, kind="persons", expected_plain=9.7),
)
