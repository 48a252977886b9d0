"""Issuing a report as a background job."""

from sqlalchemy.orm import Session

from evalsvc.db import now
from evalsvc.editions.keys import service_signer
from evalsvc.editions.operations import JOB, keep, prepare
from evalsvc.evaluations.queries import evaluation_by_id
from evalsvc.people.actor import Actor
from evalsvc.worker import Finish, JobKind, Work


def _run(work: Work) -> Finish:
    """Compose, print and sign outside any writing transaction; the row is written in the commit that ends the job."""
    service = work.service
    actor = Actor(work.actor, work.arguments["person"], frozenset())
    with service.database.reading() as session:
        evaluation = evaluation_by_id(session, work.subject)
        signer = service_signer(service.config, evaluation.institute, now())
        prepared = prepare(session, service.store, actor, evaluation, signer, result_id=work.arguments["result"])

    def finish(session: Session) -> None:
        keep(session, actor, evaluation, prepared)

    return finish


KIND = JobKind(JOB, _run)
