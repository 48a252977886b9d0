"""From sources to results: the whole way of the figures as one function of files, the same for service and outsider."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from evalsvc import files
from evalsvc.planning.layout import Layout
from evalsvc.planning.making import plan_of_draw
from evalsvc.planning.plan import plan_text
from evalsvc.results.assembly import AnswersTable, Sources, assemble
from sampling.errors import Complaint, placed
from sampling.estimate import DataRefusedError, Results, load_plan, run_plan
from sampling.frame import Frame


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
    made = plan_of_draw(sources.pack, sources.manifest, sources.attributes, frame)
    if made.plan is None:
        return Computation(None, made.complaints)
    results, refused = estimate(plan_text(made.plan), assembly.table)
    if results is None:
        return Computation(None, tuple(refused))
    return Computation(Computed(assembly.table, assembly.layout, made.plan, results), ())


def estimate(text: str, table: AnswersTable) -> tuple[Results | None, Sequence[Complaint]]:
    """Run a plan's text over a table; the one path for files and service."""
    reading = load_plan(text)
    if reading.plan is None:
        return None, placed(files.PLAN, reading.complaints)
    columns = {name: [row[place] for row in table.rows] for place, name in enumerate(table.columns)}
    try:
        return run_plan(reading.plan, columns), ()
    except DataRefusedError as error:
        return None, placed(files.ANSWERS, error.complaints)
