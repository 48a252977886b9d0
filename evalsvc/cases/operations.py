"""Make cases from interviews with a suspicion, and let two different persons judge each."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.cases.decision import decide
from evalsvc.cases.models import Case, Judgement
from evalsvc.cases.queries import refusal_of
from evalsvc.cases.values import OPEN, VERDICTS, KeptEvidence
from evalsvc.db import new_identifier, now
from evalsvc.draws.models import DrawUnit
from evalsvc.errors import InvalidError, NotFoundError
from evalsvc.evaluations.packs import pack_bytes
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.evaluations.rule_pack import Pack, persons_of, read_pack, suspicion_of
from evalsvc.fieldwork.models import Assignment
from evalsvc.frames.judged import listed_persons
from evalsvc.instruments.contract import COMPLETED
from evalsvc.interviews.models import Interview
from evalsvc.people.actor import Actor
from evalsvc.typed_words import has_unseen_signs, plain_lines
from sampling.errors import complain

SHORTEST_REASON = 4
LONGEST_REASON = 4000


def pack_of(evaluation: EvaluationRecord) -> Pack:
    """Return the rule pack of an evaluation.

    Raises
    ------
    InvalidError
        ``pack.refused`` with every place where the pack leaves the format.
    """
    pack, complaints = read_pack(pack_bytes(evaluation.pack))
    if pack is None:
        raise InvalidError("pack.refused", complaints, pack=evaluation.pack)
    return pack


def collect_cases(session: Session, actor: Actor, evaluation: EvaluationRecord) -> int:
    """Make a case of every counted interview that suspects one and has none yet; return how many were made.

    A case follows its interview: a correction gives it other persons or another standard, or withdraws it, as a
    rejection does; judgements stay, and count again when the suspicion does.

    Raises
    ------
    InvalidError
        ``case.no_persons`` with every household whose size neither interview nor frame tells; ``pack.refused``
    """
    pack = pack_of(evaluation)
    # Whoever collects stands in line from here on: two who insert the same case would else wait for each other.
    audit.hold(session)
    suspected = list(_suspected(session, evaluation.id, pack))
    unknown = [complain("case.unit_persons", unit=each["unit_id"]) for each in suspected if each["persons"] is None]
    if unknown:
        raise InvalidError("case.no_persons", unknown, count=len(unknown))
    known = _known(session, evaluation.id)
    made = sum(_follow(session, known.pop((each["interview_id"], each["kind"]), None), each) for each in suspected)
    withdrawn = sum(_withdraw(case) for case in known.values())
    session.flush()
    if made or withdrawn:
        audit.record(session, actor.identifier, "cases.collect", evaluation.id, {"made": made, "withdrawn": withdrawn})
    return made


def _known(session: Session, evaluation_id: str) -> dict[tuple[str, str], Case]:
    rows = session.scalars(select(Case).where(Case.evaluation_id == evaluation_id))
    return {(row.interview_id, row.kind): row for row in rows}


def _follow(session: Session, case: Case | None, values: Mapping[str, Any]) -> bool:
    """Bring a case to what its interview says now; tell whether it is new."""
    if case is None:
        return _insert_once(session, values)
    case.persons, case.standard, case.withdrawn_at = values["persons"], values["standard"], None
    return False


def _withdraw(case: Case) -> bool:
    """Take a case out of what counts; tell whether it counted until now."""
    counted = case.withdrawn_at is None
    case.withdrawn_at = case.withdrawn_at or now()
    return counted


def _suspected(session: Session, evaluation_id: str, pack: Pack) -> Iterator[dict[str, Any]]:
    """Read the interviews that count for their household, with what the frame says of it."""
    rows = session.execute(
        select(Interview, Assignment.unit_id, DrawUnit.attributes)
        .join(Assignment, Assignment.id == Interview.assignment_id)
        .join(DrawUnit, (DrawUnit.draw_id == Assignment.draw_id) & (DrawUnit.unit_id == Assignment.unit_id))
        .where(
            Interview.evaluation_id == evaluation_id,
            Interview.disposition == COMPLETED,
            Assignment.instance_id == Interview.instance_id,
        )
        .order_by(Interview.received_at, Interview.id)
    ).all()
    for interview, unit_id, attributes in rows:
        kind = suspicion_of(interview.answers, pack)
        if kind is not None:
            yield _values(interview, unit_id, attributes, kind, pack)


def _values(interview: Interview, unit_id: str, attributes: Mapping[str, Any], kind: str, pack: Pack) -> dict[str, Any]:
    return {
        "id": new_identifier(),
        "evaluation_id": interview.evaluation_id,
        "interview_id": interview.root_id,
        "unit_id": unit_id,
        "kind": kind,
        "persons": persons_of(interview.answers, pack) or listed_persons(attributes),
        "standard": interview.answers.get(pack.questions.standard) or "",
        "state": OPEN,
        "made_at": now(),
    }


def _insert_once(session: Session, values: Mapping[str, Any]) -> bool:
    """Insert a case unless its interview has it already, also when two collect at once; tell whether it is new."""
    dialect = postgresql if session.get_bind().dialect.name == "postgresql" else sqlite
    statement = dialect.insert(Case).values(**values).on_conflict_do_nothing(index_elements=("interview_id", "kind"))
    return session.scalar(statement.returning(Case.id)) is not None


def admit(session: Session, actor: Actor, evaluation_id: str, case_id: str, *, verdict: str, reason: str) -> None:
    """Refuse early, before any byte is kept, what `judge` would refuse; raises what it raises."""
    _case_to_judge(session, actor, evaluation_id, case_id)
    _check(verdict, plain_lines(reason))


def judge(
    session: Session,
    actor: Actor,
    evaluation_id: str,
    case_id: str,
    *,
    verdict: str,
    reason: str,
    evidence: KeptEvidence | None = None,
) -> str:
    """Write down one person's judgement and return the state that the case has with it.

    Raises
    ------
    ForbiddenError
        ``case.expert_only``: an administrator cannot judge either; ``case.own_interview``
    NotFoundError
        ``case.unknown``
    ConflictError
        ``case.decided``, ``case.judged_already``
    InvalidError
        ``case.verdict``, ``case.reason_short``, ``case.reason_long``, ``case.reason_signs``
    """
    case = _case_to_judge(session, actor, evaluation_id, case_id, lock=True)
    reason = plain_lines(reason)
    _check(verdict, reason)
    judgement = Judgement(
        case_id=case.id,
        person_id=str(actor.person_id),
        verdict=verdict,
        reason=reason,
        evidence_sha256=None if evidence is None else evidence.sha256,
        evidence_name=None if evidence is None else evidence.name,
    )
    session.add(judgement)
    session.flush()
    case.state = decide(session.scalars(select(Judgement.verdict).where(Judgement.case_id == case.id)).all())
    session.flush()
    details = {"verdict": verdict, "evidence": judgement.evidence_sha256, "state": case.state}
    audit.record(session, actor.identifier, "cases.judge", case.id, details)
    return case.state


def _case_to_judge(session: Session, actor: Actor, evaluation_id: str, case_id: str, *, lock: bool = False) -> Case:
    wanted = select(Case).where(Case.id == case_id, Case.evaluation_id == evaluation_id)
    case = session.scalars(wanted.with_for_update() if lock else wanted).one_or_none()
    if case is None:
        raise NotFoundError("case.unknown", case=case_id)
    refusal = refusal_of(session, actor, case)
    if refusal is not None:
        raise refusal
    return case


def _check(verdict: str, reason: str) -> None:
    if verdict not in VERDICTS:
        raise InvalidError("case.verdict", verdict=verdict[:40])
    if len(reason) < SHORTEST_REASON:
        raise InvalidError("case.reason_short", shortest=SHORTEST_REASON)
    if len(reason) > LONGEST_REASON:
        raise InvalidError("case.reason_long", longest=LONGEST_REASON)
    if has_unseen_signs(reason):
        raise InvalidError("case.reason_signs")
