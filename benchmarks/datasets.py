"""Measure how long a dataset takes and how much memory it holds, in every format.

    .venv/bin/python -m benchmarks.datasets [--interviews 100000] [--short]

Every lane is a process of its own. The peers, pandas and pyreadstat with tables that lie in memory, run in the same
pass, in a virtual environment that uv makes for them.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.evidence import ROOT, Study, parser, publish, table
from benchmarks.memory import megabytes
from forms.dataset.formats import FORMATS

STUDY = Study(
    page="datasets",
    title="Datasets of answers",
    question="How fast are datasets written from the submissions as they were sent, and how much memory do they hold?",
    module="benchmarks.datasets",
    libraries=("lxml", "openpyxl", "polars", "pyarrow", "pyreadstat"),
)
Figures = Mapping[str, float]
OURS = [("none", "full"), ("csv", "deidentified"), *((name, "full") for name in FORMATS)]
PEERS = {"csv": "pandas to_csv", "sav": "pyreadstat write_sav", "dta": "pyreadstat write_dta"}


def main() -> None:
    given = arguments()
    count = 300 if given.short else given.interviews
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        ours = {(form, kind): _ours(form, kind, count, folder) for form, kind in OURS}
        peers = {name: figures for name in PEERS if (figures := _peer(name, folder)) is not None}
    publish(STUDY, given, sections(ours, peers, count))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--interviews", type=int, default=100_000)
    return given.parse_args()


def _ours(form: str, kind: str, count: int, folder: Path) -> Figures:
    target = folder / f"{form}-{kind}"
    target.mkdir()
    command = [sys.executable, "-m", "benchmarks.dataset_lane", form, kind, str(count), str(target)]
    return _figures(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)


def _peer(name: str, folder: Path) -> Figures | None:
    """Run a peer; None where its libraries cannot be had."""
    uv = Path(sys.executable).with_name("uv")
    libraries = [part for each in ("pandas", "pyarrow", "pyreadstat") for part in ("--with", each)]
    script = ROOT / "benchmarks" / "dataset_peers.py"
    source = folder / "parquet-full" / "interviews.parquet"
    run = [str(uv), "run", "--quiet", "--no-project", "--python", sys.executable, *libraries, "python"]
    try:
        done = subprocess.run(
            [*run, str(script), name, str(source), str(folder)], capture_output=True, text=True, check=True
        )  # fmt: skip
    except (OSError, subprocess.CalledProcessError) as error:
        print(f"no peer {name}: {error} {getattr(error, 'stderr', '')}", file=sys.stderr)
        return None
    return _figures(done.stdout)


def _figures(printed: str) -> Figures:
    figures: Figures = json.loads(printed.splitlines()[-1])
    return figures


def sections(ours: Mapping[tuple[str, str], Figures], peers: Mapping[str, Figures], count: int) -> list[str]:
    """Write the page's sections."""
    facts = [("Interviews", f"{count:,}"), ("Columns", f"{int(ours['none', 'full']['columns']):,}")]
    return [
        "## What was measured",
        table(("", ""), facts),
        "Ours begins with the bytes of each submission: making the sample data and reading XML are in the times (the"
        " first line is that alone), and so are the counts of the codebook. `Own memory` is what the process allocated;"
        " `resident` adds pages of files that the system takes back when it needs them (SPSS and Stata read their rows"
        " through a memory map).",
        table(
            ("Format", "Content", "Processor seconds", "Interviews a second", "Own memory", "Resident", "File"),
            [_row(form, kind, figures, count) for (form, kind), figures in ours.items()],
        ),
        "## The libraries alone",
        "pandas and pyreadstat write the same columns from a table that lies in memory already; no submission is read,"
        " nothing is labelled or counted.",
        table(
            ("Writer", "Processor seconds", "Rows a second", "Resident"),
            [
                (PEERS[name], f"{each['processor']:.1f}", f"{count / each['processor']:,.0f}", megabytes(each["held"]))
                for name, each in peers.items()
            ],
        ),
    ]


def _row(form: str, kind: str, figures: Figures, count: int) -> tuple[str, ...]:
    return (
        "nothing written" if form == "none" else form,
        "–" if form == "none" else kind,
        f"{figures['processor']:.1f}",
        f"{count / figures['processor']:,.0f}",
        megabytes(figures["anonymous"]),
        megabytes(figures["held"]),
        "–" if form == "none" else megabytes(figures["bytes"]),
    )


if __name__ == "__main__":
    main()
