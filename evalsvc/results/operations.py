"""Compute results: everything they are made from is read, kept as files, and named by its hash."""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version

from sqlalchemy.orm import Session

from evalsvc import audit, jobs
from evalsvc.cases.operations import collect_cases
from evalsvc.errors import ForbiddenError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord, evaluation_by_id
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.results import files
from evalsvc.results.compute import compute_results
from evalsvc.results.gather import Gathered, gather
from evalsvc.results.models import ResultSet
from evalsvc.results.queries import draw_in_fieldwork, record
from evalsvc.results.values import ResultRecord
from evalsvc.store import Store

CODE_VERSION = version("evalsvc")
JOB = "results.compute"


@dataclass(frozen=True)
class Made:
    """Hold what a computation gave, durable in the store, before any row names it."""

    draw_id: str
    inputs: Mapping[str, str]


def compute(
    session: Session, store: Store, actor: Actor, evaluation: EvaluationRecord, *, draw_number: int | None = None
) -> ResultRecord:
    """Collect the cases that are not made yet, compute the results and keep them.

    Raises
    ------
    ForbiddenError
        ``results.designer_only``
    ConflictError
        ``results.no_fieldwork``, ``results.several_draws``
    InvalidError
        ``results.refused`` with everything that stands in the way.
    """
    require(actor)
    collect_cases(session, actor, evaluation)
    return keep(session, actor, evaluation, make(session, store, evaluation, draw_number))


def make(session: Session, store: Store, evaluation: EvaluationRecord, draw_number: int | None) -> Made:
    """Compute and put every file into the store; needs no writing transaction."""
    draw = draw_in_fieldwork(session, evaluation.id, draw_number)
    gathered = gather(session, store, evaluation, draw)
    computation = compute_results(gathered.sources, gathered.frame)
    if computation.computed is None:
        raise InvalidError("results.refused", computation.complaints, count=len(computation.complaints))
    computed = computation.computed
    made = {
        files.PLAN: computed.plan_text.encode("utf-8"),
        files.ANSWERS: computed.answers.to_csv(),
        files.RESULTS: computed.results.to_json().encode("utf-8"),
    }
    return Made(draw.id, _kept(store, gathered, made))


def _kept(store: Store, gathered: Gathered, made: Mapping[str, bytes]) -> dict[str, str]:
    written = {name: store.put(data) for name, data in {**gathered.tables, **made}.items()}
    return dict(sorted({**gathered.kept, **written}.items()))


def keep(session: Session, actor: Actor, evaluation: EvaluationRecord, made: Made) -> ResultRecord:
    """Write the row that names the results."""
    row = ResultSet(
        evaluation_id=evaluation.id,
        draw_id=made.draw_id,
        plan_sha256=made.inputs[files.PLAN],
        answers_sha256=made.inputs[files.ANSWERS],
        results_sha256=made.inputs[files.RESULTS],
        inputs=dict(made.inputs),
        code_version=CODE_VERSION,
    )
    session.add(row)
    session.flush()
    details = {"results": row.results_sha256, "answers": row.answers_sha256, "plan": row.plan_sha256}
    audit.record(session, actor.identifier, "results.compute", row.id, details)
    return record(row)


def request(session: Session, actor: Actor, evaluation_id: str) -> str:
    """Wish for results to be computed in the background; return the job's identifier.

    Raises
    ------
    ForbiddenError
        ``results.designer_only``
    """
    require(actor)
    evaluation = evaluation_by_id(session, evaluation_id)
    collect_cases(session, actor, evaluation)
    draw_in_fieldwork(session, evaluation.id)
    return jobs.enqueue(session, actor, JOB, evaluation.id, {"actor": actor.identifier})


def require(actor: Actor) -> None:
    """Refuse everybody but designers and the lead."""
    if not actor.has(DESIGNER, LEAD):
        raise ForbiddenError("results.designer_only")
