"""Study the level of tests: how often they reject at 5 % what is true, in samples of few PSUs.

    .venv/bin/python -m benchmarks.levels [--runs 4000] [--short]

Rows of one village are alike; what is compared has nothing to do with each other. Every sample serves all tests.
"""

import argparse
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from benchmarks.evidence import Study, parser, publish, table, tell
from sampling.estimate import EstimateRow, Plan, load_plan, run_plan
from sampling.estimate.table import FloatArray, IntArray

STUDY = Study(
    page="levels",
    title="Levels of tests",
    question="How often do tests of samples with few PSUs reject at 5 % what is true?",
    module="benchmarks.levels",
    libraries=("numpy", "scipy"),
)
LEVEL = 0.05
VILLAGE_SPREAD = 0.7
"""Standard deviation between villages, that between rows of one being 1: an intra-class correlation of .33."""
CUTS = (-0.5, 0.5)
SLOPE = "z"
STATEMENTS: Mapping[str, Mapping[str, Any]] = {
    "chisq F": {"statistic": "chisq", "variables": ["a", "b"]},
    "chisq adjWald": {"statistic": "chisq", "variables": ["a", "b"], "test": "adjWald"},
    "chisq lincom": {"statistic": "chisq", "variables": ["a", "b"], "test": "lincom"},
    "chisq Chisq": {"statistic": "chisq", "variables": ["a", "b"], "test": "Chisq"},
    "chisq Wald": {"statistic": "chisq", "variables": ["a", "b"], "test": "Wald"},
    "ttest": {"statistic": "ttest", "variables": ["x", "g"]},
    "ranktest wilcoxon, two groups": {"statistic": "ranktest", "variables": ["x", "g"]},
    "ranktest KruskalWallis, three groups": {"statistic": "ranktest", "variables": ["x", "b"], "test": "KruskalWallis"},
    "glm binomial, one slope": {"statistic": "glm", "formula": f"y ~ {SLOPE}", "family": "binomial"},
}


@dataclass(frozen=True)
class Setting:
    """Say how many villages are drawn in how many strata, with how many rows each."""

    strata: int
    villages: int
    rows: int

    @property
    def name(self) -> str:
        """Write it as a column's head."""
        return f"{self.villages} PSUs in {self.strata} strata"


SETTINGS = (Setting(4, 40, 10), Setting(4, 24, 10), Setting(2, 12, 10))


@dataclass(frozen=True)
class Counts:
    """Hold, by test, in how many samples it had a p-value and in how many this was below the level."""

    answered: Mapping[str, int]
    rejected: Mapping[str, int]


def main() -> None:
    given = arguments()
    runs = 10 if given.short else given.runs
    publish(STUDY, given, sections([study(setting, runs) for setting in SETTINGS], runs))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--runs", type=int, default=4000)
    return given.parse_args()


def plan() -> Plan:
    """Read the plan of all tests."""
    reading = load_plan(
        {
            "version": 1,
            "design": {"stages": [{"cluster": "village", "strata": "stratum"}], "weights": "w"},
            "estimates": [{"id": name, **statement} for name, statement in STATEMENTS.items()],
        }
    )
    if reading.plan is None:
        raise ValueError("the study's plan is not in form")
    return reading.plan


def study(setting: Setting, runs: int) -> Counts:
    """Draw samples and count rejections."""
    asked, began = plan(), time.monotonic()
    answered, rejected = Counter[str](), Counter[str]()
    for number in range(runs):
        rows = run_plan(asked, sample(setting, np.random.default_rng([setting.villages, number]))).rows
        found = {row.id: row.p_value for row in rows if _meant(row) and row.p_value is not None}
        answered.update(found.keys())
        rejected.update(name for name, p_value in found.items() if p_value < LEVEL)
        tell(number + 1, runs, began)
    return Counts(answered, rejected)


def _meant(row: EstimateRow) -> bool:
    return row.id != "glm binomial, one slope" or row.variable == SLOPE


def sample(setting: Setting, random: np.random.Generator) -> dict[str, Any]:
    """Make villages and rows; a, x, y follow one trait, b, z another and g a third, each with its village's part."""
    village = np.repeat(np.arange(setting.villages), setting.rows)
    one, other, third = (_trait(village, random) for _ in range(3))
    return {
        "village": village,
        "stratum": village % setting.strata,
        "w": (1.0 + village % setting.strata) * random.uniform(0.7, 1.4, village.size),
        "a": _levels(one + random.normal(size=village.size)),
        "b": _levels(other + random.normal(size=village.size)),
        "x": one + random.normal(size=village.size),
        "y": (one + random.normal(size=village.size) > 1.0) * 1.0,
        "z": other + random.normal(size=village.size),
        "g": np.where(third + random.normal(size=village.size) > 0, "p", "q").tolist(),
    }


def _trait(village: IntArray, random: np.random.Generator) -> FloatArray:
    return np.asarray(random.normal(0.0, VILLAGE_SPREAD, int(village.max()) + 1)[village], dtype=np.float64)


def _levels(values: FloatArray) -> list[str]:
    return [f"level {number}" for number in np.digitize(values, CUTS)]


def sections(found: Sequence[Counts], runs: int) -> list[str]:
    """Write the page: the share of rejections, with what chance does to it."""
    error = 100 * float(np.sqrt(LEVEL * (1 - LEVEL) / runs))
    said = (
        f"{runs:,} samples for each column, of {SETTINGS[0].rows} rows a PSU, which are alike (intra-class correlation"
        " .33), with weights that differ between strata and rows. Tables are of three by three levels. The share of"
        f" samples, in percent, in which a test rejects at 5 %; the Monte-Carlo error at 5 % is {error:.1f}. Samples in"
        " which a test has no figures do not count for it."
    )
    rows = [[name, *(_share(counts, name) for counts in found)] for name in STATEMENTS]
    return [said, table(("Test", *(setting.name for setting in SETTINGS)), rows)]


def _share(counts: Counts, name: str) -> str:
    answered = counts.answered.get(name, 0)
    return f"{100 * counts.rejected.get(name, 0) / answered:.1f}" if answered else "–"


if __name__ == "__main__":
    main()
