"""Time estimates beside R survey, svy and samplics on the same sample, and see that they give the same figures.

    .venv/bin/python -m benchmarks.estimate [--rounds 3] [--short]
        [--folder out/estimate] [--python out/draw/peers/bin/python] [--r-library out/estimate/r-library]

The sample is made in the folder once and kept. The Python peers stand in the virtual environment that the study of
draws makes (`benchmarks.draw`); R survey is the one that R finds, or a newer one that was installed into the folder of
`--r-library` (`R CMD INSTALL -l out/estimate/r-library survey_4.5.tar.gz`; Debian has what it needs). A peer that is
not there is left out, and its targets are told as not kept. The short form has a small sample and no peers.
"""

import shutil
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks.draw_race import Target, kept, make_peers
from benchmarks.estimate_data import Size, made
from benchmarks.estimate_race import (
    OURS,
    Difference,
    Lane,
    Timed,
    difference,
    race,
    sameness,
    seconds,
    times,
)
from benchmarks.evidence import ROOT, Study, parser, publish, table
from benchmarks.memory import megabytes

STUDY = Study(
    page="estimate",
    title="The speed of estimates",
    question=(
        "How long do estimates from a sample of 300,000 households take beside R survey, svy and samplics, how much"
        " memory do they hold, and are the figures the same?"
    ),
    module="benchmarks.estimate",
    libraries=("numpy", "scipy", "pyarrow"),
)
ROWS, MORE = Size(300_000), Size(3_000_000)
SHORT = Size(6_000, 60, 6)
ONE_THREAD = "OPENBLAS_NUM_THREADS=1"
"""Threads for matrices this small gain little, and lose much where another process needs their core."""
INTRODUCTION = (
    "{rows:,} households in 5 villages in each of {counties} counties in {strata} strata; 60 indicators. Every lane has"
    " a process of its own, which reads the columns that it needs and then makes the design of them (`Design s`) and"
    " does the work (`Work s`, median of its runs; what takes less than three seconds runs once without counting, then"
    " up to five times). The lanes of a table take turns, round after round; given are medians of the rounds."
    " Starting, loading and reading are in no figure but the memory, which is the most that the process held, by the"
    " kernel's count. Ours begins every run with columns of which nothing is known yet, and has one thread for matrices"
    f" (`{ONE_THREAD}`); the peers take as many as they like. `Times`: how many times our time for the work, in"
    " brackets with the design on both sides; a target takes the smaller of the two."
)


@dataclass(frozen=True)
class Task:
    """One section: its words, the lanes of peers, and what they have to be beaten by."""

    name: str
    title: str
    words: str
    ours: str
    peers: Mapping[str, str]
    least: Mapping[str, float]
    """How many times our time a peer has to take."""


TASKS = (
    Task(
        "means",
        "60 means",
        "Means and standard errors of all indicators, with replacement at the county.",
        "**60 means**",
        {"R": "`svymean`", "svy": "`estimation.mean`", "samplics": "`TaylorEstimator`, 60 times"},
        {"svy": 2.0},
    ),
    Task(
        "two-stage",
        "60 means, two stages without replacement",
        "The same with finite populations of counties and of villages.",
        "**60 means**",
        {"R": "`svymean`", "svy": "`estimation.mean`"},
        {"svy": 2.0},
    ),
    Task(
        "domains",
        "832 counties x 10 indicators",
        "Means with standard errors and intervals for every county. The county is the first-stage unit, and so the"
        " peers give an error of 0 or none; ours is the one given the county, from its villages. The last lane lets R"
        " do the same, by a design in which the counties are strata.",
        "**means of 832 x 10**, Wald intervals on t",
        {"R": "`svyby(svymean)`", "svy": "`estimation.mean(by=)`"},
        {"R": 40.0, "svy": 100.0},
    ),
    Task(
        "bootstrap",
        "500 bootstrap replicates",
        "Replicates of Rao and Wu made and used for the means of 10 indicators. Ours are made with the design; what"
        " they add to it counts as work, as does the rank of the weights for the degrees of freedom.",
        "**500 replicates, 10 means**",
        {
            "R": '`as.svrepdesign(type = "subbootstrap")`, `svymean`',
            "svy": "`create_bs_wgts`, `estimation.mean`",
            "samplics": "`ReplicateWeight`, `ReplicateEstimator`",
        },
        {"svy": 50.0},
    ),
    Task(
        "raking",
        "Raking to 22 + 3 + 4 cells",
        "Weights raked to totals of provinces, types and size classes until they hold, and one mean with the error that"
        " is left after raking. Ours are raked with the design; what that adds to it counts as work.",
        "**raking, one mean**",
        {"R": "`rake`, `svymean`", "svy": "`weighting.rake`, `estimation.mean`"},
        {"svy": 5.0},
    ),
    Task(
        "intervals",
        "Intervals of a rare indicator by 22 provinces",
        "Ours and svy: logit, beta, Korn-Graubard and Wilson, one after the other. R: xlogit (the formula that others"
        " call logit), beta and Wilson. samplics: logit alone.",
        "**four intervals of 22 rates**",
        {"R": "`svyby(svyciprop)`", "svy": "`estimation.prop`", "samplics": "`TaylorEstimator`"},
        {"svy": 4.0},
    ),
)
MORE_OURS = {"domains": {"rates": ("domains-rates", "**rates of 832 x 10**, Korn-Graubard intervals")}}
WITHOUT_ERRORS = frozenset({"domains", "bootstrap"})
"""Tasks in which errors are not the same: a county has none over the whole design, a bootstrap's are random."""
WILSON = "svy adjusts for the degrees of freedom twice, in n and in the quantile"


@dataclass(frozen=True)
class Setting:
    """What the lanes are run with, and on what."""

    folder: Path
    python: Path | None
    libraries: Path | None
    r: bool
    rounds: int

    def own(self, task: str, sample: Path) -> Lane:
        """Give a lane of ours."""
        return Lane(task, ["env", ONE_THREAD, sys.executable, "-m", "benchmarks.estimate_lanes", task, sample])

    def peer(self, name: str, title: str, task: str, sample: Path) -> Lane | None:
        """Give a lane of a peer; None where it is not installed."""
        here = ROOT / "benchmarks"
        if name == "R":
            return Lane(f"R: {title}", ["Rscript", here / "estimate_peers.R", task, sample]) if self.r else None
        if self.python is None:
            return None
        return Lane(f"{name}: {title}", [self.python, here / "estimate_peers.py", name, task, sample])


def main() -> None:
    given = parser(__doc__)
    given.add_argument("--folder", type=Path, default=ROOT / "out" / "estimate", help="where the sample is kept")
    given.add_argument("--python", type=Path, help="a Python with svy and samplics")
    given.add_argument("--r-library", type=Path, default=ROOT / "out" / "estimate" / "r-library")
    given.add_argument("--rounds", type=int, default=3)
    options = given.parse_args()
    folder = options.folder.resolve()
    if options.short:
        publish(STUDY, options, study(Setting(folder, None, None, r=False, rounds=1), SHORT, SHORT))
        return
    python = options.python or make_peers(ROOT / "out" / "draw")
    libraries = options.r_library.resolve() if options.r_library.exists() else None
    setting = Setting(folder, python, libraries, r=shutil.which("Rscript") is not None, rounds=options.rounds)
    publish(STUDY, options, study(setting, ROWS, MORE))


def study(setting: Setting, size: Size, more: Size) -> list[str]:
    """Do everything and write the sections of the page."""
    sample = made(size, setting.folder)
    sections, differences, usual = [], list[Difference](), dict[str, Timed]()
    for task in TASKS:
        lanes = _lanes(setting, task, sample)
        timed = race(lanes, setting.rounds, setting.libraries)
        sections += [f"## {task.title}", task.words, seconds(lanes, timed)]
        sections += [] if size == SHORT else [kept(_targets(task, timed))]
        sections += _spreads(timed, usual["means"]) if task.name == "bootstrap" else []
        differences += _differences(task, timed)
        usual[task.name] = timed[OURS]
    introduction = INTRODUCTION.format(**vars(size))
    return [introduction, *sections, *_same(differences), *_more_rows(setting, more, usual)]


def _lanes(setting: Setting, task: Task, sample: Path) -> dict[str, Lane]:
    own = setting.own(task.name, sample)
    lanes = {OURS: Lane(task.ours, own.command)}
    for name, (other, title) in MORE_OURS.get(task.name, {}).items():
        lanes[name] = Lane(title, setting.own(other, sample).command)
    for name, title in task.peers.items():
        lane = setting.peer(name, title, task.name, sample)
        if lane is not None:
            lanes[name] = lane
    given = setting.peer("R", "`svyby(svymean)`, counties as strata", "given", sample)
    if task.name == "domains" and given is not None:
        lanes["given"] = Lane(given.title, given.command, once=True)
    return lanes


def _targets(task: Task, timed: Mapping[str, Timed]) -> list[Target]:
    """Put the figures beside their targets; a peer that is not there keeps none."""
    found = []
    for name, least in task.least.items():
        beaten = min(times(timed, name), times(timed, name, whole=True)) if name in timed else 0.0
        found.append(
            Target(f"Faster than {timed[name].label if name in timed else name}", beaten, least, "times", least=True)
        )
    peers = [timed[name].peak for name in task.peers if name in timed]
    own = max(timed[name].peak for name in timed if name == OURS or name in MORE_OURS.get(task.name, {}))
    least_memory = min(peers, default=0) / 2**20
    return [*found, Target("Memory: below every peer's", own / 2**20, least_memory, "MiB")]


def _differences(task: Task, timed: Mapping[str, Timed]) -> list[Difference]:
    """Compare the figures of every peer with ours."""
    ours, found = timed[OURS].figures, []
    for name in [*task.peers, "given"]:
        if name not in timed:
            continue
        for key, theirs in timed[name].figures.items():
            if key not in ours or (key == "se" and task.name in WITHOUT_ERRORS and name != "given"):
                continue
            words = f"{task.title}: {key}, {timed[name].label}"
            remark = WILSON if name == "svy" and key.endswith("wilson") else ""
            found.append(difference(words, ours[key], theirs, remark))
    return found


def _spreads(timed: Mapping[str, Timed], linear: Timed) -> list[str]:
    """Compare the standard errors of replicates with those by linearisation."""
    rows = []
    for each in timed.values():
        pairs = zip(each.figures["se"], linear.figures["se"], strict=False)
        ratios = [one / other for one, other in pairs if one is not None and other]
        rows.append((each.label, f"{min(ratios):.3f}", f"{max(ratios):.3f}"))
    words = "Standard errors by replicates, in proportion to those by linearisation (at random some 3 % apart):"
    return [words, table(("By", "Smallest of 10", "Largest of 10"), rows)]


def _same(found: Sequence[Difference]) -> list[str]:
    if not found:
        return []
    words = "Every figure of a peer beside ours, by the largest difference in proportion to the figure."
    return ["## The same figures", words, sameness(found)]


def _more_rows(setting: Setting, size: Size, usual: Mapping[str, Timed]) -> list[str]:
    """Do all tasks of ours on ten times the rows."""
    sample = made(size, setting.folder, for_peers=False)
    lanes = {task.name: setting.own(task.name, sample) for task in TASKS}
    timed = race(lanes, setting.rounds)
    rows, targets = [], []
    for task in TASKS:
        one, ten = usual[task.name], timed[task.name]
        both = {"usual": one, "more": ten}
        grown = max(times(both, "more", "usual"), times(both, "more", "usual", whole=True))
        rows.append(
            (
                task.title,
                *(f"{median(each.design):.3f} + {median(each.wall):.3f}" for each in (one, ten)),
                f"{times(both, 'more', 'usual'):.1f} ({times(both, 'more', 'usual', whole=True):.1f})",
                *(megabytes(each.peak) for each in (one, ten)),
            )
        )
        targets.append(Target(f"{task.title}: time", grown, 11.0, "times"))
    header = ("Work", "Design + work s", "ten times the rows", "Times", "Memory", "ten times the rows")
    words = f"{size.rows:,} rows, in as many counties and villages; in brackets with the design."
    return ["## Ten times the rows", words, table(header, rows), kept(targets)]


if __name__ == "__main__":
    main()
