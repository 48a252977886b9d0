"""Hold every figure of the estimation library against R survey's: how far apart are they at most?

    .venv/bin/python -m benchmarks.oracle [--short]

The cases and R's calls are those of tests/oracle, where each of them is a test.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from benchmarks.evidence import Study, parser, publish, table
from sampling.estimate import EstimateRow
from tests.oracle.survey_cases.compare import Pair, pairs
from tests.oracle.survey_cases.designs import written_design
from tests.oracle.survey_cases.fitted import figures_made_here, fit_tolerance
from tests.oracle.survey_cases.made_here import WITHOUT_PEERS, pairs_made_here, read_sets, tolerance
from tests.oracle.survey_cases.running import FOLDER, last_rows
from tests.oracle.survey_cases.statements import written_statements
from tests.oracle.survey_cases.weights import weight_pairs

STUDY = Study(
    page="oracle",
    title="Figures beside those of R survey",
    question="By how much do estimates, errors, limits, tests and weights differ from those of R survey?",
    module="benchmarks.oracle",
    libraries=("numpy", "scipy", "pyarrow"),
)
NEXT_TO_ZERO = 1e-10
"""What lies nearer than this is equal: R's numbers are written with 15 digits."""
HEADS = ("Cases", "Number of cases", "Figures", "Largest relative difference", "Where", "Outside the tolerance")


@dataclass(frozen=True)
class Held:
    """Hold one figure beside R's: of which group and case, and what difference is allowed."""

    group: str
    case: str
    pair: Pair
    allowed: float

    @property
    def outside(self) -> bool:
        """Tell whether the figures differ by more than is allowed."""
        if self.pair.without_width:
            return self.pair.ours is not None
        near = self.pair.ours is not None and abs(self.pair.ours - self.pair.theirs) <= NEXT_TO_ZERO
        return not near and self.pair.difference() > self.allowed


def survey45() -> Iterator[Held]:
    """Hold the cases of survey 4.5."""
    oracle = json.loads((FOLDER / "survey45.json").read_text(encoding="utf-8"))
    for case in oracle["cases"]:
        dataset = oracle["designs"][case["design"]]["dataset"] + ".csv"
        design = written_design(case["design"], oracle["designs"])
        if case["extractor"] == "weights":
            found = weight_pairs(case, dataset, design)
        else:
            found = pairs(case, last_rows(dataset, design, written_statements(case)))
        yield from (Held(case["group"], case["id"], pair, case["tol"]) for pair in found)


def survey41() -> Iterator[Held]:
    """Hold the cases that Debian's survey 4.1.1 made; those that R refuses are refused here too."""
    designs, cases = read_sets("survey41.json", "field41.json", "replicates41.json", "calibration41.json")
    for case in cases:
        stated, call = designs[case["design"]], case["r_call"]
        rows = last_rows(stated["dataset"], stated["plan"], case["estimates"])
        if "error" not in case["expected"] and not _without_peers(rows):
            name = f"{case['design']}: `{call}`"
            yield from (Held(case["design"], name, pair, tolerance(call)) for pair in pairs_made_here(case, rows))


def fits41() -> Iterator[Held]:
    """Hold the tests and models that Debian's survey 4.1.1 made, over designs of the newer cases."""
    designs = json.loads((FOLDER / "survey45.json").read_text(encoding="utf-8"))["designs"]
    for case in json.loads((FOLDER / "fits41.json").read_text(encoding="utf-8"))["cases"]:
        dataset, design = designs[case["design"]]["dataset"] + ".csv", written_design(case["design"], designs)
        rows = last_rows(dataset, design, [{"id": "asked", **case["statement"]}])
        allowed = fit_tolerance(case["statement"])
        for what, row, ours, theirs in figures_made_here(case["rows"], rows):
            pair = Pair(what, ours, theirs, row.reason, row.se)
            yield Held(case["statement"]["statistic"], f"{case['design']}: `{case['r_call']}`", pair, allowed)


def _without_peers(rows: Sequence[EstimateRow]) -> bool:
    return {row.reason for row in rows} == {WITHOUT_PEERS}


def lines(found: Iterable[Held]) -> list[tuple[str, ...]]:
    """Give a line for every group, and one for all."""
    groups: Mapping[str, list[Held]] = defaultdict(list)
    for held in found:
        groups[held.group].append(held)
    whole = [held for group in groups.values() for held in group]
    return [_line(name, group) for name, group in groups.items()] + [_line("**all**", whole)]


def _line(name: str, group: Sequence[Held]) -> tuple[str, ...]:
    far = max(group, key=_distance)
    outside = sum(held.outside for held in group)
    cases = len({held.case for held in group})
    place = f"{far.case}, {far.pair.what}"
    return name, str(cases), str(len(group)), f"{_distance(far):.1e}", place, str(outside)


def _distance(held: Held) -> float:
    return 0.0 if held.pair.without_width else held.pair.difference()


def main() -> None:
    given = parser(__doc__).parse_args()
    new, old, fits = list(survey45()), list(survey41()), list(fits41())
    outside = [held for held in (*new, *old, *fits) if held.outside]
    sections = [
        "The tolerance is what R itself is exact to: 1e-9 for closed formulas, 1e-8 to 1e-5 where R iterates or"
        " interpolates. An exact estimate has an interval without width in R and a reason here; such limits count as"
        " figures without difference. `likelihood` limits are spline values in R.",
        "## survey 4.5 (R 4.2.2)\n\n" + table(HEADS, lines(new)),
        "## survey 4.1.1 (Debian), by design\n\n" + table(HEADS, lines(old)),
        "## survey 4.1.1 (Debian), tests and models\n\n" + table(HEADS, lines(fits)),
        f"Outside the tolerance: {len(outside)} of {len(new) + len(old) + len(fits)} figures.",
    ]
    publish(STUDY, given, sections)
    if outside:
        raise SystemExit("\n".join(f"{held.case} {held.pair}" for held in outside))


if __name__ == "__main__":
    main()
