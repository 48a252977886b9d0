"""Study what the intervals of rates cover and how often verdicts are wrong, over many samples of known populations.

    .venv/bin/python -m benchmarks.coverage [--draws 100000] [--short]

Every method judges the same samples. Finished batches are kept in out/studies: an interrupted run goes on where it
stopped.
"""

import argparse
import hashlib
import math
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from benchmarks.coverage_measure import Counts, measure
from benchmarks.coverage_page import Found, sections
from benchmarks.coverage_settings import SETTINGS, Setting
from benchmarks.evidence import Study, parser, publish, tell
from benchmarks.kept import KEPT, Store, identity

STUDY = Study(
    page="coverage",
    title="Coverage of intervals, and wrong verdicts",
    question=(
        "How often do intervals of rare rates hold the true rate, and how often does a county at its threshold pass,"
        " when few villages are drawn and errors sit together?"
    ),
    module="benchmarks.coverage",
    libraries=("numpy", "scipy"),
)
SOURCES = ("sampling/estimate/*.py", "benchmarks/coverage*.py")
SHORT = 1000
ROWS = 600_000  # rows of a batch: more need more memory and are no faster
FRACTIONS = (1.0, 0.5, 0.25, 0.125, 0.0)
"""True rates as parts of the threshold: the first for coverage and wrong verdicts, the others for the power."""
POWER_PART = 5  # the chances of passing are printed to whole percents: a fifth of the draws is enough


class Batch(NamedTuple):
    """Samples that are drawn and estimated at once."""

    setting: Setting
    fraction: float
    number: int
    draws: int

    @property
    def name(self) -> str:
        """Name the batch in the store."""
        return f"{self.setting.name}/{self.fraction}/{self.number}/{self.draws}"

    @property
    def seed(self) -> int:
        """Give the seed; it does not hang on the true rate, so that the power is compared on common numbers."""
        return int(hashlib.sha256(f"coverage:{self.setting.name}:{self.number}".encode()).hexdigest()[:12], 16)


def main() -> None:
    given = arguments()
    draws = SHORT if given.short else given.draws
    store = Store(given.kept / f"coverage-{draws}.jsonl", identity("coverage", SOURCES))
    publish(STUDY, given, sections(run(draws, store)))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--draws", type=int, default=100_000, help="samples of a setting")
    given.add_argument("--kept", type=Path, default=KEPT, help="the folder in which finished batches are kept")
    return given.parse_args()


def batches(draws: int, settings: Sequence[Setting] = SETTINGS) -> Iterator[Batch]:
    """Divide the samples of all settings and true rates into batches."""
    for setting in settings:
        rows = setting.units * (setting.households if setting.rows_by_household else 1)
        for fraction in FRACTIONS:
            wanted = draws if fraction == 1.0 else math.ceil(draws / POWER_PART)
            size = min(max(ROWS // rows, 1), wanted)
            for number, start in enumerate(range(0, wanted, size)):
                yield Batch(setting, fraction, number, min(size, wanted - start))


def run(draws: int, store: Store, settings: Sequence[Setting] = SETTINGS) -> Found:
    """Measure the batches that are not kept yet, and add all counts up by setting and part of the threshold."""
    known = dict(store.read())
    wanted = list(batches(draws, settings))
    missing = [batch for batch in wanted if batch.name not in known]
    began = time.monotonic()
    try:
        for done, batch in enumerate(missing, start=1):
            counts = measure(batch.setting, batch.fraction, batch.draws, batch.seed)
            known[batch.name] = {"sample": batch.name, "counts": counts}
            store.add(known[batch.name])
            tell(done, len(missing), began)
    except KeyboardInterrupt:
        raise SystemExit(f"interrupted; {len(known)} batches are kept, the same command goes on") from None
    found: dict[tuple[Setting, float], Counts] = {}
    for batch in wanted:
        added(found.setdefault((batch.setting, batch.fraction), {}), known[batch.name]["counts"])
    return found


def added(total: Counts, counts: Mapping[str, float]) -> None:
    """Add counts to a total."""
    for name, value in counts.items():
        total[name] = total.get(name, 0.0) + value


if __name__ == "__main__":
    main()
