"""From sources to results: the whole way of the figures as one function of files, the same for service and outsider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalsvc.results.assembly import AnswersTable, Sources, assemble
from evalsvc.results.frame_facts import county_totals
from evalsvc.results.layout import Layout
from evalsvc.results.plan import ANSWERS_FILE, check_variance, plan_for, plan_text
from sampling.design import load_design
from sampling.errors import Complaint
from sampling.estimate import DataRefusedError, Results, load_plan, run_plan
from sampling.frame import Frame
from sampling.hashing import canonical_json

PLAN_FILE = "plan.yaml"


@dataclass(frozen=True)
class Computed:
    """Everything that a computation makes: the table, the plan and the rows."""

    answers: AnswersTable
    layout: Layout
    plan: Mapping[str, Any]
    results: Results

    @property
    def plan_text(self) -> str:
        """Return plan.yaml."""
        return plan_text(self.plan)


@dataclass(frozen=True)
class Computation:
    """Hold what was computed, or the complaints for which nothing was."""

    computed: Computed | None
    complaints: tuple[Complaint, ...]


def compute_results(sources: Sources, frame: Frame) -> Computation:
    """Assemble the answers, make the plan and run it."""
    assembly = assemble(sources)
    if assembly.table is None or assembly.layout is None:
        return Computation(None, assembly.complaints)
    complaints = check_variance(assembly.layout)
    if complaints:
        return Computation(None, tuple(complaints))
    plan = make_plan(sources, frame, assembly.layout, assembly.table)
    results, refused = estimate(plan_text(plan), assembly.table)
    if results is None:
        return Computation(None, tuple(refused))
    return Computation(Computed(assembly.table, assembly.layout, plan, results), ())


def make_plan(sources: Sources, frame: Frame, layout: Layout, table: AnswersTable) -> Mapping[str, Any]:
    """Make the plan for the counties that were drawn."""
    place = table.columns.index(layout.county)
    design = load_design(canonical_json(sources.manifest.design).decode("utf-8")).design
    if design is None:
        raise ValueError("assembly let a design pass that cannot be read")
    totals = county_totals(frame, design, {row[place] for row in table.rows})
    return plan_for(sources.pack, layout, totals)


def estimate(text: str, table: AnswersTable) -> tuple[Results | None, Sequence[Complaint]]:
    """Run a plan's text over a table; the one path for files and service."""
    reading = load_plan(text)
    if reading.plan is None:
        return None, [_placed(PLAN_FILE, each.code, each.details) for each in reading.complaints]
    columns = {name: [row[place] for row in table.rows] for place, name in enumerate(table.columns)}
    try:
        return run_plan(reading.plan, columns), ()
    except DataRefusedError as error:
        return None, [_placed(ANSWERS_FILE, each.code, each.details) for each in error.complaints]


def _placed(file: str, code: str, details: Mapping[str, object]) -> Complaint:
    return Complaint(code, file, details={"file": file, **details})
