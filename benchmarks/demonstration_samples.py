"""Repeat the demonstration's survey with many secrets: which verdicts come how often, which intervals hold the truth.

    .venv/bin/python -m benchmarks.demonstration_samples [--samples 200] [--short]

The register and its hidden state stay; every sample is drawn with its own secret, visited, judged and estimated as in
the demonstration. Finished samples are kept in out/studies: an interrupted run goes on where it stopped.
"""

import argparse
import hashlib
import os
import signal
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path

from benchmarks.coverage_tables import sections
from benchmarks.evidence import Study, parser, publish, tell
from benchmarks.kept import KEPT, Record, Store, identity
from benchmarks.memory import Watch
from benchmarks.repeated_survey import Population, draw, make_population, survey
from evalsvc.demonstration.scenario import FULL, SCALES, SMALL

STUDY = Study(
    page="demonstration-coverage",
    title="Repeated samples of the demonstration",
    question=(
        "How often does each county of the demonstration get each verdict, and how often does an interval hold the true"
        " rate, when the same register is surveyed again and again with fresh secrets?"
    ),
    module="benchmarks.demonstration_samples",
    libraries=("numpy", "scipy", "duckdb"),
)
SOURCES = (
    "sampling/**/*.py",
    "evalsvc/**/*.py",
    "evalsvc/**/*.yaml",
    "evalsvc/demonstration/data/*",
    "benchmarks/*.py",
)


def main() -> None:
    given = arguments()
    scale = SMALL if given.short else FULL
    store = Store(given.kept / f"demonstration-samples-{scale.name}.jsonl", identity(scale.name, SOURCES))
    samples = 3 if given.short else given.samples
    kept = sum(number < samples for number in store.read())
    with Watch() as watch:
        records = run(scale.name, samples, store, given.workers)
    publish(STUDY, given, sections(records, kept, watch.peak))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--samples", type=int, default=200)
    given.add_argument("--workers", type=int, default=len(os.sched_getaffinity(0)))
    given.add_argument("--kept", type=Path, default=KEPT, help="the folder in which finished samples are kept")
    return given.parse_args()


def run(scale: str, samples: int, store: Store, workers: int) -> list[Record]:
    """Make the samples that are not kept yet, and return them all in the order of their numbers."""
    known = store.read()
    missing = [number for number in range(samples) if number not in known]
    began = time.monotonic()
    with tempfile.TemporaryDirectory(prefix="evalsvc-samples-") as folder:
        pool = ProcessPoolExecutor(workers, get_context("spawn"), _prepare, (scale, folder))
        try:
            futures = [pool.submit(_one, number) for number in missing]
            for done, future in enumerate(as_completed(futures), start=1):
                record = future.result()
                store.add(record)
                known[record["sample"]] = record
                tell(done, len(missing), began)
        except KeyboardInterrupt:
            raise SystemExit(f"interrupted; {len(known)} samples are kept, the same command goes on") from None
        finally:
            pool.shutdown(cancel_futures=True)
    return [known[number] for number in range(samples)]


class Worker:
    """What a process of the pool keeps between samples."""

    population: Population


def _prepare(scale: str, folder: str) -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to answer
    own = Path(folder, str(os.getpid()))
    own.mkdir()
    Worker.population = make_population(SCALES[scale], own)


def _one(number: int) -> Record:
    return sample(Worker.population, number)


def sample(population: Population, number: int) -> Record:
    """Carry one survey out; its secret follows from its number, so that a study can be repeated."""
    secret = hashlib.sha256(f"demonstration-samples:{number}".encode()).hexdigest()
    found = survey(population, draw(population, secret))
    return {
        "sample": number,
        "outcomes": dict(found.outcomes),
        "cases": dict(found.cases),
        "false_suspicions": found.false_suspicions,
        "verdicts": list(found.verdicts),
        "figures": [vars(each) for each in found.compared],
    }


if __name__ == "__main__":
    main()
