"""Time the import of household lists that memory would not hold beside DuckDB reading, sorting and writing the same.

    .venv/bin/python -m benchmarks.frame_import [--households 20000000] [--folder out/frames] [--short]

Lists are made in the folder once and kept.
"""

import argparse
import resource
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.evidence import ROOT, Study, parser, publish, table
from benchmarks.memory import megabytes

STUDY = Study(
    page="frames",
    title="The import of long lists",
    question=(
        "How long does it take to check a CSV list of households, sort it, write it as a frame, describe and hash it,"
        " and how much memory does that need, whatever the length of the list?"
    ),
    module="benchmarks.frame_import",
    libraries=("duckdb", "pyarrow"),
)
A_VILLAGE, A_COUNTY, AT_A_TIME = 200, 250, 1000
"""Households of a village, villages of a county, villages that are written at a time."""
HEADER = "county_code,county,village_code,village,village_kind,household_id,household_class,registered,persons\n"
MAPPING = """\
levels:
  - {name: county, id: county_code, columns: {county: text}}
  - {name: village, id: village_code, columns: {village: text, village_kind: text}}
  - {name: household, id: household_id, columns: {household_class: text, registered: text, persons: integer}}
"""
PEER = """\
import sys, duckdb
source, out = sys.argv[1:]
rows = f"SELECT * FROM read_csv('{source}', all_varchar=true) ORDER BY county_code, village_code, household_id"
duckdb.sql(f"COPY ({rows}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
"""


@dataclass(frozen=True)
class Run:
    """What one process needed."""

    seconds: float
    processor: float
    peak: int


def main() -> None:
    given = arguments()
    sizes = [20_000] if given.short else [given.households // 10, given.households]
    given.folder.mkdir(parents=True, exist_ok=True)
    publish(STUDY, given, sections([(size, *_both(given.folder, size)) for size in sizes]))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--households", type=int, default=20_000_000)
    given.add_argument("--folder", type=Path, default=ROOT / "out" / "frames")
    return given.parse_args()


def _both(folder: Path, households: int) -> tuple[int, Run, Run]:
    """Give the size of the list, and what our import and the peer need."""
    source, mapping, out = folder / f"{households}.csv", folder / "mapping.yaml", folder / "frame.parquet"
    if not source.exists():
        write_list(source, households)
    mapping.write_text(MAPPING, encoding="utf-8")
    ours = ("-m", "evalsvc", "frame", "import", source, "--mapping", mapping, "--out", out, "--force")
    peer = ("-c", PEER, source, folder / "peer.parquet")
    return source.stat().st_size, measured(*ours), measured(*peer)


def write_list(path: Path, households: int) -> None:
    """Write a list in a mixed order of villages and households; the same for the same number."""
    generator = np.random.default_rng(20260322)
    villages = generator.permutation(max(1, households // A_VILLAGE))
    partial = path.with_suffix(".partial")
    with partial.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        for begin in range(0, villages.size, AT_A_TIME):
            file.writelines(_lines(villages[begin : begin + AT_A_TIME].tolist(), generator))
    partial.replace(path)


def _lines(villages: list[int], generator: np.random.Generator) -> list[str]:
    lines = []
    for village in villages:
        county = 350_000 + village // A_COUNTY
        code = f"{county}{100 + village % A_COUNTY // 25:03}{200 + village % 25:03}"
        head = f"{county},县{county},{code},第{village % A_COUNTY}村,{'脱贫村' if village % 3 else '其他村'}"
        standing = [("脱贫户,是", "一般农户,否")[poor] for poor in generator.integers(0, 2, A_VILLAGE)]
        numbers, persons = generator.permutation(A_VILLAGE), generator.integers(1, 8, A_VILLAGE)
        cells = zip(numbers.tolist(), standing, persons.tolist(), strict=True)
        lines += [f"{head},{code}{number:06},{kind},{count}\n" for number, kind, count in cells]
    return lines


def measured(*arguments: object) -> Run:
    """Run Python with some arguments in a process of its own, and see what it needed."""
    # What earlier children held most is not told apart from later ones, so each has a parent of its own.
    watcher = (
        "import resource, subprocess, sys\n"
        "subprocess.run([sys.executable, *sys.argv[1:]], check=True, stdout=subprocess.DEVNULL)\n"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    command = [sys.executable, "-c", watcher, *map(str, arguments)]
    told = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT).stdout
    seconds, after = time.monotonic() - began, resource.getrusage(resource.RUSAGE_CHILDREN)
    processor = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Run(seconds, processor, int(told) * 1024)


def sections(runs: list[tuple[int, int, Run, Run]]) -> list[str]:
    """Write the sections of the page."""
    rows = [
        (f"{households:,}", megabytes(size), name, f"{run.seconds:.1f}", f"{run.processor:.1f}", megabytes(run.peak))
        for households, size, ours, peer in runs
        for name, run in (("evalsvc frame import", ours), ("DuckDB: read, sort, write", peer))
    ]
    return [
        "## Time and memory",
        "Each run is one process, with its start. Ours reads the list twice (once for its encoding), checks every rule"
        " of docs/formats.md, sorts, writes, counts the profile and hashes the frame. The peer only reads the columns"
        " as text, sorts and writes them, in as much memory as it likes.",
        table(("Households", "CSV", "Program", "Seconds", "Of processors", "Peak memory"), rows),
    ]


if __name__ == "__main__":
    main()
