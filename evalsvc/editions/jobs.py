"""Composing reports, and signing several of them one after the other, as background jobs.

Each report is kept in a transaction of its own when it is ready, and only where it still is in the state that the job
found it in. So a job that is taken up again after a crash goes on with those that are left, and does nothing twice.
"""

from collections.abc import Callable, Mapping, Sequence

from sqlalchemy.orm import Session

from evalsvc import jobs
from evalsvc.db import now
from evalsvc.editions import batches, composing, signing, wishing
from evalsvc.editions.keys import sample_signer, service_signer
from evalsvc.editions.queries import edition_by_number
from evalsvc.editions.signing import INSTITUTE, Signed
from evalsvc.editions.values import WISHED, EditionRecord
from evalsvc.errors import InvalidError, coded, complaints_of
from evalsvc.evaluations.queries import EvaluationRecord, evaluation_by_id
from evalsvc.people.actor import Actor
from evalsvc.people.queries import names_of
from evalsvc.service import Service
from evalsvc.worker import JobKind, Work
from sampling.errors import Complaint

COMPOSE, SEAL, SIGN, RECEIVE = wishing.JOB, "editions.seal", "editions.sign", "editions.receive"


def request_seals(session: Session, actor: Actor, evaluation: EvaluationRecord, numbers: Sequence[int]) -> str:
    """Wish for the institute's seal on reports that lead and reviewer have signed; return the job's identifier.

    Raises
    ------
    ForbiddenError, NotFoundError, ConflictError
        As `evalsvc.editions.signing.require_sealable`.
    """
    for number in numbers:
        signing.require_sealable(actor, edition_by_number(session, evaluation.id, number))
    return _enqueue(session, actor, SEAL, evaluation, [(number, INSTITUTE, "") for number in numbers])


def request_sample_signatures(
    session: Session, actor: Actor, evaluation: EvaluationRecord, numbers: Sequence[int]
) -> str:
    """Wish for the demo key of the actor on reports whose turn it is; return the job's identifier.

    Raises
    ------
    ForbiddenError, NotFoundError, ConflictError
        As `evalsvc.editions.signing.require_turn`; ``edition.not_reviewed`` where it is the institute's.
    """
    turns = [(number, _own_turn(session, actor, evaluation, number), "") for number in numbers]
    return _enqueue(session, actor, SIGN, evaluation, turns)


def request_receiving(session: Session, actor: Actor, evaluation: EvaluationRecord, signed: Mapping[int, str]) -> str:
    """Wish for files that the actor signed elsewhere to be taken; `signed` are hashes in the store by edition number.

    Raises
    ------
    ForbiddenError, NotFoundError, ConflictError
        As `request_sample_signatures`.
    """
    turns = [(number, _own_turn(session, actor, evaluation, number), sha256) for number, sha256 in signed.items()]
    return _enqueue(session, actor, RECEIVE, evaluation, turns)


def _own_turn(session: Session, actor: Actor, evaluation: EvaluationRecord, number: int) -> str:
    """Return the role in which somebody signs an edition with a key of their own."""
    role = signing.require_turn(actor, edition_by_number(session, evaluation.id, number))
    if role == INSTITUTE:
        raise InvalidError("edition.expected.institute", number=number)
    return role


def _enqueue(
    session: Session, actor: Actor, kind: str, evaluation: EvaluationRecord, turns: Sequence[tuple[int, str, str]]
) -> str:
    """Note who wishes what, and for each edition the role of the signature and the file that was handed in."""
    arguments = {"turns": [list(turn) for turn in turns], "person": actor.person_id, "roles": sorted(actor.roles)}
    return jobs.enqueue(session, actor, kind, evaluation.id, arguments)


def _compose(work: Work) -> None:
    """Compose the reports that were wished for together; one that is refused leaves the others be.

    Raises
    ------
    InvalidError
        ``edition.some_not_composed`` with what is wrong with each.
    """
    service, evaluation, refused = work.service, _evaluation(work), list[Complaint]()
    with service.database.reading() as session:
        named = [edition_by_number(session, evaluation.id, number) for number in work.arguments["numbers"]]
        waiting = [each for each in named if each.state == WISHED]
        if not waiting:
            return
        desk = composing.open_desk(session, service.store, evaluation, waiting[0].result_set_id)
    work.report(len(named) - len(waiting), len(named))
    for done, made in enumerate(batches.prepared(service, evaluation, desk, waiting), start=len(named) - len(waiting)):
        try:
            _keep(service, _actor(work), evaluation, made)
        except Exception as error:
            refused.append(_told(error, made.number))
        work.report(done + 1, len(named))
    if refused:
        raise InvalidError("edition.some_not_composed", refused, refused=len(refused), all=len(named))


def _keep(service: Service, actor: Actor, evaluation: EvaluationRecord, made: batches.Made) -> None:
    """Keep one report, unless it could not be composed, or was given up meanwhile."""
    if made.error is not None:
        raise made.error
    if made.prepared is None:
        return
    with service.database.transaction() as session:
        composing.keep(session, actor, evaluation, made.number, made.prepared)


def _told(error: Exception, number: int) -> Complaint:
    """Return what is wrong with one report; whatever nobody foresaw is raised."""
    known = coded(error)
    if known is None:
        raise error
    first = next(iter(complaints_of(error)), known)
    return Complaint(first.code, details={"number": number, **first.details})


def _seal(work: Work) -> None:
    service = work.service
    signer = service_signer(service.config, _evaluation(work).institute, now())
    _sign_each(work, lambda edition, _sha256: signing.seal(service.config, service.store, edition, signer))


def _sign(work: Work) -> None:
    """Sign with the demo key of whoever wished for it."""
    service, person = work.service, work.arguments["person"]
    with service.database.reading() as session:
        name = names_of(session, [person]).get(person, "")
    signer = sample_signer(service.config, name, person, now())
    _sign_each(work, lambda edition, _sha256: signing.sign(service.store, edition, signer))


def _receive(work: Work) -> None:
    store = work.service.store
    _sign_each(work, lambda edition, sha256: signing.received(store, edition, store.get(sha256)))


def _sign_each(work: Work, sign: Callable[[EditionRecord, str], Signed]) -> None:
    """Give each edition the signature that it was named with; one that is refused leaves the others be.

    Raises
    ------
    InvalidError
        ``edition.some_refused`` with what is wrong with each.
    """
    service, evaluation, turns = work.service, _evaluation(work), work.arguments["turns"]
    refused: list[Complaint] = []
    for done, (number, role, sha256) in enumerate(turns):
        work.report(done, len(turns))
        with service.database.reading() as session:
            edition = edition_by_number(session, evaluation.id, number)
        if edition.awaits != role:
            continue  # signed before this job was taken up again, or closed meanwhile
        try:
            given = sign(edition, sha256)
            with service.database.transaction() as session:
                signing.keep(session, service.store, _actor(work), evaluation, given)
        except Exception as error:
            refused.append(_told(error, number))
    if refused:
        raise InvalidError("edition.some_refused", refused, refused=len(refused), all=len(turns))


def _evaluation(work: Work) -> EvaluationRecord:
    with work.service.database.reading() as session:
        return evaluation_by_id(session, work.subject)


def _actor(work: Work) -> Actor:
    """Return who wished for it, with the roles that were checked then."""
    return Actor(work.actor, work.arguments["person"], frozenset(work.arguments["roles"]))


KINDS = (JobKind(COMPOSE, _compose), JobKind(SEAL, _seal), JobKind(SIGN, _sign), JobKind(RECEIVE, _receive))
