"""Study what opened reserves do to totals: the same simulated surveys weighed by several rules.

    .venv/bin/python -m benchmarks.replacement [--runs 2000] [--short]

Invented villages of two kinds are drawn with probability proportional to size, households by equal probability with
reserves. Some households are not eligible, more of them in one kind of village and one class; in some scenarios some do
not answer. Reserves are opened as the protocol says, and the totals of the eligible are estimated by every rule.
"""

import argparse
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from benchmarks.evidence import Study, parser, publish, table, tell
from sampling.design import Design, load_design
from sampling.estimate.table import FloatArray
from sampling.frame import Frame
from sampling.levels import Column, Level
from sampling.simulate import Pattern, Simulator, load_pattern
from sampling.simulate.fieldwork import Opened, open_units, parent_chances
from sampling.simulate.population import Population
from sampling.simulate.run import Survey
from sampling.simulate.summary import deviation_of, mean_of

STUDY = Study(
    page="replacement",
    title="Opened reserves and totals",
    question="Are totals of eligible households still right when reserves stand in for households that are not there?",
    module="benchmarks.replacement",
    libraries=("numpy", "duckdb"),
)
SEED = "replacement"
LEVELS = (
    Level("village", "village_code", (Column("village_kind", "text"),)),
    Level("household", "household_id", (Column("household_class", "text"), Column("persons", "integer"))),
)
VILLAGES = 60
DESIGN = """
version: 1
evaluation: replacement
draw: 1
frame:
  levels:
    - {{name: village, id: village_code, columns: {{village_kind: text}}}}
    - {{name: household, id: household_id, columns: {{household_class: text, persons: integer}}}}
stages:
  - {{name: village, strata: [village_kind], method: pps_systematic, size: {{count: household}}, take: {{each: 8}}}}
  - name: household
    strata: [household_class]
    method: equal
    take: {{each: {main}}}
    reserves: {reserves}
    when_short: take_all
"""
RATES = """
version: 1
indicators: [{{id: wrong, persons: persons, rates: {{each: 0.05}}}}]
ineligible: {{each: 0.04, by: [{{when: {{village_kind: 脱贫村, household_class: 脱贫户}}, rate: 0.16}},
  {{when: {{village_kind: 脱贫村}}, rate: 0.08}}]}}
response: {{each: {response}}}
"""
TOTALS = ("eligible households", "eligible persons", "persons of cases")
STOPPED, OPENED, NONE, INHERITED = "stopped", "opened", "no reserves", "inherited"
RULES: Mapping[str, str] = {
    OPENED: "N / (main + opened), as docs/draw-protocol.md has it under Weights after fieldwork",
    STOPPED: "Murthy's estimator, `sampling.weight.stopped_weights`",
    NONE: "no reserve is opened: N / main",
    INHERITED: "forbidden by the protocol: a reserve takes the weight of the household that it stands for, N / main",
}


@dataclass(frozen=True)
class Scenario:
    """One design and how many eligible households answer."""

    name: str
    main: int
    reserves: int
    response: float


SCENARIOS = (
    Scenario("all who are eligible answer; 6 households and 6 reserves", 6, 6, 1.0),
    Scenario("all who are eligible answer; 20 households and 10 reserves", 20, 10, 1.0),
    Scenario("all who are eligible answer; 2 households and 4 reserves", 2, 4, 1.0),
    Scenario("9 of 10 answer; 6 households and 6 reserves", 6, 6, 0.9),
    Scenario("9 of 10 answer; 6 households and 2 reserves, which are often used up", 6, 2, 0.9),
)


@dataclass(frozen=True)
class Outcome:
    """The estimates of one scenario: by rule, an array of shape (runs, totals), and the true totals."""

    scenario: Scenario
    estimates: Mapping[str, FloatArray]
    true: FloatArray
    reserves: float


def main() -> None:
    given = arguments()
    runs = 20 if given.short else given.runs
    began = time.monotonic()
    outcomes = []
    for number, scenario in enumerate(SCENARIOS):
        outcomes.append(study(scenario, runs))
        tell(number + 1, len(SCENARIOS), began)
    publish(STUDY, given, sections(outcomes, runs))


def arguments() -> argparse.Namespace:
    given = parser(__doc__)
    given.add_argument("--runs", type=int, default=2000)
    return given.parse_args()


def make_frame() -> Frame:
    """Make the invented villages: 40 to 112 households, two classes."""
    rows: dict[str, list[object]] = {
        name: [] for name in ("village_code", "village_kind", "household_id", "household_class", "persons")
    }
    for village in range(VILLAGES):
        for household in range(40 + 12 * (village % 7)):
            rows["village_code"].append(f"9901{village:03d}")
            rows["village_kind"].append("脱贫村" if village % 2 else "其他村")
            rows["household_id"].append(f"9901{village:03d}{household:03d}")
            rows["household_class"].append("脱贫户" if household % 5 < 2 else "一般农户")
            rows["persons"].append(1 + (3 * household + village) % 6)
    types = {name: pa.int64() if name == "persons" else pa.string() for name in rows}
    return Frame(LEVELS, pa.table({name: pa.array(values, types[name]) for name, values in rows.items()}))


def documents(scenario: Scenario) -> tuple[Design, Pattern]:
    """Read the scenario's design and rates."""
    design = load_design(DESIGN.format(main=scenario.main, reserves=scenario.reserves)).design
    reading = None if design is None else load_pattern(RATES.format(response=scenario.response), design)
    if design is None or reading is None or reading.pattern is None:
        raise ValueError("the study's design or rates are not in form")
    return design, reading.pattern


def study(scenario: Scenario, runs: int) -> Outcome:
    """Repeat one scenario, and weigh every survey by every rule."""
    design, pattern = documents(scenario)
    found: dict[str, list[FloatArray]] = {rule: [] for rule in RULES}
    reserves = 0
    with Simulator(design, make_frame(), pattern, SEED) as simulator:
        population = simulator.population
        for number in range(runs):
            survey = simulator.survey(number)
            reserves += sum(unit.sample_type == "reserve" for unit in survey.opened.units)
            for rule, (opened, weights) in weighed(simulator, survey).items():
                found[rule].append(totals(population, opened, weights))
        true = true_totals(population)
    return Outcome(scenario, {rule: np.array(rows) for rule, rows in found.items()}, true, reserves / runs)


def weighed(simulator: Simulator, survey: Survey) -> Mapping[str, tuple[Opened, FloatArray]]:
    """Weigh one survey by every rule; without reserves the main units stand alone."""
    opened, population = survey.opened, simulator.population
    responding = np.zeros(population.size, dtype=np.bool_)
    responding[opened.place[opened.responded]] = True
    alone = open_units(survey.stages, population, responding, 0)
    stopped = open_units(survey.stages, population, responding, simulator.pattern.rounds, "stopped")
    return {
        OPENED: (opened, opened.weight),
        STOPPED: (stopped, stopped.weight),
        NONE: (alone, alone.weight),
        INHERITED: (opened, inherited_weights(survey)),
    }


def inherited_weights(survey: Survey) -> FloatArray:
    """Weigh every interview by N / main, as if the reserve were the household that it stands for."""
    above = parent_chances(survey.stages)
    counts = {(each.parent, each.stratum): each.population for each in survey.stages[-1].strata}
    units = survey.opened.units
    main = Counter((unit.parent, unit.stratum) for unit in units if unit.sample_type != "reserve")
    groups = [(unit.parent, unit.stratum) for unit in units]
    weights = np.array([counts[group] / main[group] / above[group[0]] for group in groups])
    return np.asarray(np.where(survey.opened.responded, weights, 0.0), dtype=np.float64)


def totals(population: Population, opened: Opened, weights: FloatArray) -> FloatArray:
    """Estimate the totals from one survey: interviewed households stand for all that are eligible."""
    met = np.where(opened.responded, weights, 0.0)
    persons = population.persons[0][opened.place]
    cases = population.cases[0][opened.place]
    return np.array([met.sum(), (met * persons).sum(), (met * persons * cases).sum()])


def true_totals(population: Population) -> FloatArray:
    """Give the totals of the frame."""
    persons = population.persons[0] * population.eligible
    return np.array([population.eligible.sum(), persons.sum(), (persons * population.cases[0]).sum()], dtype=np.float64)


def sections(outcomes: Sequence[Outcome], runs: int) -> list[str]:
    """Write the sections of the page."""
    shown = [section for outcome in outcomes for section in _scenario(outcome)]
    return [
        f"{runs:,} simulated surveys for each scenario: {VILLAGES} invented villages, of which 16 are drawn with"
        " probability proportional to size in two strata; in each, households of two classes are drawn by ticket, and"
        " the next reserve of the same village and class is opened beside each that is not interviewed. Of the"
        " registered households of one kind of village 16 % are not eligible, of its other households 8 %, elsewhere"
        " 4 %. Every survey is the same for all rules.",
        table(("Rule", "Weight of a household in its village and class"), RULES.items()),
        _conclusion(outcomes),
        *shown,
    ]


def bias(outcome: Outcome, rule: str, number: int) -> tuple[float, float]:
    """Give the bias of an estimated total and its Monte-Carlo error, as shares of the true total."""
    mean = mean_of((outcome.estimates[rule][:, number] / outcome.true[number]).tolist())
    return (mean.value or 0.0) - 1.0, mean.error or 0.0


def largest(outcomes: Sequence[Outcome], rule: str) -> float:
    """Give the largest bias of a rule over scenarios and totals, in Monte-Carlo errors."""
    found = [bias(outcome, rule, number) for outcome in outcomes for number in range(len(TOTALS))]
    return max(abs(value) / error for value, error in found if error > 0)


def _conclusion(outcomes: Sequence[Outcome]) -> str:
    """Say what the figures say, rule by rule."""
    lines = ["## What the figures say", "The largest bias over all scenarios and totals, in its Monte-Carlo errors:"]
    of = len(outcomes) * len(TOTALS)
    rows = []
    for rule in RULES:
        worst = max(abs(bias(outcome, rule, 0)[0]) for outcome in outcomes)
        beyond = largest(outcomes, rule)
        verdict = "within Monte-Carlo limits" if beyond < limit(of) else "biased"
        rows.append((rule, f"{beyond:.1f}" if beyond < 100 else "above 100", f"{100 * worst:.2f} %", verdict))
    header = (
        "Rule",
        "Largest bias / its error",
        "Largest bias of the eligible households",
        f"Finding (limit {limit(of):.1f})",
    )
    reason = (
        "Reserves are opened until there are interviews enough, so that a group's last opened household is an interview"
        " more often than the others: N / (main + opened) counts interviews for too many, the more so the fewer"
        " households a group takes. The bias is one of totals; in rates it stands above and below the line."
    )
    return "\n\n".join([*lines, table(header, rows), reason])


def limit(figures: int) -> float:
    """Give the bound that the largest of so many unbiased figures exceeds once in a hundred studies (Bonferroni)."""
    from scipy import special  # noqa: PLC0415 (one number)

    return float(-special.ndtri(0.01 / 2 / figures))


def _scenario(outcome: Outcome) -> list[str]:
    rows = []
    for number, name in enumerate(TOTALS):
        for rule in RULES:
            value, error = bias(outcome, rule, number)
            spread = deviation_of((outcome.estimates[rule][:, number] / outcome.true[number]).tolist()).value or 0.0
            rows.append(
                (name, rule, f"{outcome.true[number]:,.0f}", f"{100 * value:+.2f} %", f"{100 * error:.2f} %",
                 f"{100 * spread:.1f} %")
            )  # fmt: skip
    header = ("Total", "Rule", "True", "Bias", "Monte-Carlo error", "Standard error of one survey")
    told = f"{outcome.reserves:.1f} reserves are opened in a survey."
    return [f"## {outcome.scenario.name[0].upper()}{outcome.scenario.name[1:]}", told, table(header, rows)]


if __name__ == "__main__":
    main()
