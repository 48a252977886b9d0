"""Computing results as a background job."""

from sqlalchemy.orm import Session

from evalsvc.evaluations.queries import evaluation_by_id
from evalsvc.people.actor import Actor
from evalsvc.results.operations import JOB, enter_received, keep, make
from evalsvc.worker import Finish, JobKind, Work


def _run(work: Work) -> Finish:
    """Compute outside any writing transaction; the row is written in the commit that ends the job."""
    database, store = work.service.database, work.service.store
    actor, number = Actor(work.actor, None, frozenset()), work.arguments.get("draw")
    with database.transaction() as session:
        enter_received(session, actor, evaluation_by_id(session, work.subject), number)
    with database.reading() as session:
        evaluation = evaluation_by_id(session, work.subject)
        made = make(session, store, evaluation, number)

    def finish(session: Session) -> None:
        keep(session, store, actor, made)

    return finish


KIND = JobKind(JOB, _run)
