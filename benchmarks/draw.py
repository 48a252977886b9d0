"""Time draws beside a scan of the same file, R sampling, svy and samplics, and see that every form draws the same.

    .venv/bin/python -m benchmarks.draw [--folder out/draw] [--rounds 3] [--national] [--short]

Frames are made in the folder once and kept. The Python peers stand in a virtual environment of their own in that folder
(`peers`), which is made when it is not there; R needs its package `sampling` (Debian: r-cran-sampling).
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from benchmarks.draw_data import (
    COUNTRY,
    HOUSEHOLDS,
    VILLAGES_FILE,
    Integers,
    Size,
    country,
    villages_table,
    write_country,
    write_for_r,
    write_villages,
)
from benchmarks.draw_race import Lane, Peers, Target, figures, kept, make_peers, own, race, ratio
from benchmarks.draw_sameness import Form, forms
from benchmarks.evidence import ROOT, Study, parser, publish, table
from benchmarks.memory import megabytes

STUDY = Study(
    page="draw",
    title="The speed of draws",
    question=(
        "How long does a draw from a frame of a whole country take beside one scan of the same file, how long do its"
        " parts take beside other programs, and does every form of a list give the same sample?"
    ),
    module="benchmarks.draw",
    libraries=("duckdb", "pyarrow", "numpy"),
)
COUNTRY_SIZE, NATIONAL_SIZE = Size(30_000_000), Size(230_000_000)
FEW = 1_000
"""Villages for peers that take hours for all of them."""
INTRODUCTION = (
    "Every run has a process of its own, runs its work once without counting, which warms the disk's cache, and then"
    " once more; the lanes of a table take turns, round after round. Seconds are medians of the rounds. A ratio is the"
    " median of the rounds' ratios of wall time, in brackets of processor time. Memory is the most that the process"
    " held in any round, by the kernel's count; what a peer needs to read its data is in it, as is ours."
)
NATIONAL_ROUND = "One round. The frame was not hashed: with two processors that takes more than thirteen minutes."


@dataclass(frozen=True)
class Amount:
    """How much is drawn from."""

    country: Size
    villages: int
    listed: int
    rounds: int
    national: bool = False


SHORT = Amount(Size(60_000, 4, 12, 40), 600, 200_000, 1)


def main() -> None:
    given = parser(__doc__)
    given.add_argument("--folder", type=Path, default=ROOT / "out" / "draw", help="where frames and peers are kept")
    given.add_argument("--rounds", type=int, default=3)
    given.add_argument("--national", action="store_true", help="also 230 million households: half an hour and 1 GB")
    options = given.parse_args()
    amount = SHORT if options.short else Amount(COUNTRY_SIZE, 100_000, 600_000, options.rounds, options.national)
    publish(STUDY, options, study(amount, options.folder.resolve()))


def study(amount: Amount, folder: Path) -> list[str]:
    """Do everything and write the sections of the page."""
    folder.mkdir(parents=True, exist_ok=True)
    peers = Peers(folder, amount.villages, make_peers(folder))
    sections = whole_country(amount.country, amount.rounds, folder)
    if amount.national:
        sections += [*whole_country(NATIONAL_SIZE, 1, folder, hashed=False), NATIONAL_ROUND]
    sections += [*villages(amount, peers), *households(amount, peers)]
    return [INTRODUCTION, *sections, *sameness(forms(folder / "forms"))]


def whole_country(size: Size, rounds: int, folder: Path, *, hashed: bool = True) -> list[str]:
    """Draw three stages from all households; ``hashed`` says whether the frame is hashed, too, which takes longest."""
    at = folder / str(size.households)
    if not (at / COUNTRY).exists():
        at.mkdir(parents=True, exist_ok=True)
        print(f"making {size.households:,} households …", file=sys.stderr, flush=True)
        write_country(at / COUNTRY, country(size))
    lanes = {
        "scan": Lane("DuckDB: hash the codes of village and household, once", own("scan", at)),
        "draw": Lane("**three stages, equal probabilities**", own("draw", at), "scan"),
        "draw-pps": Lane("three stages, the first two in proportion to households", own("draw-pps", at), "scan"),
        "design-check": Lane("check the design against the frame", own("design-check", at), "scan"),
        "text-check": Lane("look for text that a hash cannot bind", own("text-check", at), "scan"),
    }
    if hashed:
        lanes["frame-hash"] = Lane("hash the frame", own("frame-hash", at), "scan")
    timed = race(lanes, rounds)
    return [
        f"## {size.households:,} households",
        f"{size.provinces} strata x {size.counties} counties x {size.villages} villages, of which 10 counties, 10"
        " villages in each and 10 households in each are drawn, from one Parquet file of"
        f" {megabytes((at / COUNTRY).stat().st_size)} in the form of an import. All three stages, reading and weights"
        " count; the checks and the frame's hash, which come before, have lines of their own.",
        figures(lanes, timed),
        kept(
            [
                Target("Three stages: at most 3 times the scan", ratio(lanes, timed, "draw"), 3.0, "times"),
                Target("Three stages: memory", timed["draw"].peak / 2**20, 600.0, "MiB"),
            ]
        ),
    ]


def villages(amount: Amount, peers: Peers) -> list[str]:
    """Draw villages systematically from a list in memory."""
    folder, listed = peers.folder, villages_table(amount.listed)
    pq.write_table(listed, folder / VILLAGES_FILE)
    write_for_r(folder, listed, _households(folder, amount.villages))
    lanes = {
        "tickets": Lane("hash the tickets alone", own("point-tickets", folder)),
        "frame": Lane("**in order of the frame**", own("points-frame", folder)),
        "ticket": Lane("**in order of tickets**", own("points-ticket", folder), "tickets"),
        **peers.r("R", "`UPsystematic` in each stratum", "pps", "frame"),
        **peers.library("svy", "`sampling.pps_sys`", "pps", "frame"),
        **peers.library("samplics", "`SampleSelection`", "pps", "frame"),
    }
    timed = race(lanes, amount.rounds)
    targets = [
        Target(f"In order of the frame: faster than {timed[each].label}", 1 / ratio(lanes, timed, each), 1.0, "times")
        for each in ("R", "svy")
        if each in lanes
    ]
    hashing = ratio(lanes, timed, "ticket")
    return [
        f"## 5,000 of {amount.listed:,} villages",
        "Systematic selection in proportion to size in 44 strata, from a list in memory to probabilities and weights."
        " Peers: how many times our time in order of the frame.",
        figures(lanes, timed),
        kept([*targets, Target("In order of tickets: at most 1.5 times their hashing", hashing, 1.5, "times")]),
    ]


def households(amount: Amount, peers: Peers) -> list[str]:
    """Draw twenty households in every village."""
    folder, few = peers.folder, min(FEW, amount.villages)
    total, some = int(_households(folder, amount.villages).sum()), replace(peers, villages=few)
    lanes = {
        "candidates": Lane("DuckDB: hash the candidates alone", own("candidates", folder)),
        "draw": Lane("**20 in each village**, as the manifest holds them", own("of-villages", folder), "candidates"),
        **peers.library("svy", "`sampling.srs`", "srs", "draw"),
        **peers.r("base R", "`order` by village and random number", "order", "draw"),
        **some.r("R", f"`strata` in {few:,} villages", "srs"),
        **some.library("samplics", f"`SampleSelection` in {few:,} villages", "srs"),
    }
    timed = race(lanes, amount.rounds)
    hashing = ratio(lanes, timed, "draw")
    targets = [Target("At most 1.5 times the hashing of the candidates", hashing, 1.5, "times")]
    if "svy" in lanes:
        targets.append(Target("Memory: below svy's", timed["draw"].peak / 2**20, timed["svy"].peak / 2**20, "MiB"))
    return [
        f"## 20 households in each of {amount.villages:,} villages",
        f"Out of {total:,} households: ours from a Parquet file, the peers from columns in memory. Peers: how many"
        " times our time; two of them draw from a few villages only, for the whole would take them hours.",
        figures(lanes, timed),
        kept(targets),
    ]


def _households(folder: Path, count: int) -> Integers:
    """Make the households of so many villages, where that was not done before, and tell how many each has."""
    counts = folder / f"households-{count}.npy"
    if not counts.exists():
        np.save(counts, write_villages(folder / HOUSEHOLDS, count))
    found: Integers = np.load(counts)
    return found


def sameness(found: Sequence[Form]) -> list[str]:
    """Tell of every form of the list whether it gave the first one's sample."""
    rows = [
        (
            form.name,
            f"`{form.frame_sha256[:16]}`",
            f"`{form.manifest_sha256[:16]}`",
            "yes" if form.manifest_sha256 == found[0].manifest_sha256 else "**no**",
        )
        for form in found
    ]
    return [
        "## The same sample from every form",
        f"One list of households in forms that it may come in; {found[0].units:,} units drawn in three stages by"
        " systematic selection in both orders and by tickets, with reserves.",
        table(("Form", "Frame hash", "Manifest", "The same"), rows),
    ]


if __name__ == "__main__":
    main()
