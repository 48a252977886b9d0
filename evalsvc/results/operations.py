"""Compute results: everything they are made from is read, kept as files, and named by its hash."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlalchemy.orm import Session

from evalsvc import audit, files, jobs
from evalsvc.cases.operations import collect_cases
from evalsvc.draws.models import Draw
from evalsvc.errors import ConflictError, ForbiddenError, InvalidError
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.fieldwork.plan_lines import enter_plan
from evalsvc.fieldwork.queries import forms_of_draw
from evalsvc.interviews.log.chaining import enter_interviews
from evalsvc.interviews.log.rejection_lines import enter_rejections
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.results.gather import Gathered, gather
from evalsvc.results.models import ResultSet
from evalsvc.results.queries import draw_in_fieldwork, record
from evalsvc.results.values import ResultRecord
from evalsvc.store import Store
from evalsvc.version import CODE_VERSION

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
    enter_received(session, actor, evaluation, draw_number)
    return keep(session, store, actor, make(session, store, evaluation, draw_number))


def enter_received(session: Session, actor: Actor, evaluation: EvaluationRecord, draw_number: int | None) -> None:
    """Enter in the public log what was received, and make the cases of it: results are computed of this and no more."""
    draw = draw_in_fieldwork(session, evaluation.id, draw_number)
    enter_interviews(session, actor, draw.id)
    enter_rejections(session, actor, draw.id)
    collect_cases(session, actor, evaluation)


def make(session: Session, store: Store, evaluation: EvaluationRecord, draw_number: int | None) -> Made:
    """Compute and put every file into the store; needs no writing transaction."""
    from evalsvc.results.compute import compute_results  # noqa: PLC0415 (loads SciPy)

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


def keep(session: Session, store: Store, actor: Actor, made: Made) -> ResultRecord:
    """Write the row that names the results; a plan that is not the one in the public log is entered there first."""
    draw = session.get_one(Draw, made.draw_id, with_for_update={"read": True, "key_share": True})
    forms = forms_of_draw(session, draw.id)
    if not forms:
        raise ConflictError("results.no_fieldwork")
    enter_plan(session, store, actor, draw, forms=forms, plan=made.inputs[files.PLAN])
    row = ResultSet(
        evaluation_id=draw.evaluation_id,
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


def request(session: Session, actor: Actor, evaluation_id: str, draw_number: int | None = None) -> str:
    """Wish for results to be computed in the background; return the job's identifier.

    Raises
    ------
    ForbiddenError
        ``results.designer_only``
    ConflictError
        ``results.no_fieldwork``, ``results.several_draws``
    """
    require(actor)
    draw = draw_in_fieldwork(session, evaluation_id, draw_number)
    return jobs.enqueue(session, actor, JOB, evaluation_id, {"draw": draw.number})


def require(actor: Actor) -> None:
    """Refuse everybody but designers and the lead."""
    if not actor.has(DESIGNER, LEAD):
        raise ForbiddenError("results.designer_only")
