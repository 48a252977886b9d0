"""Enter in the public log what a draw's fieldwork is carried out by, before the first interview and when it changes."""

from collections.abc import Sequence

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import now
from evalsvc.draws import log
from evalsvc.draws.models import CommitmentEntry, Draw
from evalsvc.draws.operations import append_to_log
from evalsvc.errors import InvalidError
from evalsvc.evaluations.packs import pack_bytes
from evalsvc.evaluations.queries import EvaluationRecord, evaluation_by_id
from evalsvc.evaluations.rule_pack import Pack, read_pack
from evalsvc.fieldwork.values import GivenForm
from evalsvc.people.actor import Actor
from evalsvc.planning.fixed import (
    FixedEvaluation,
    FixedForm,
    FixedPack,
    GivenOut,
    fixed_bytes,
    fixed_plan,
    sha256_of,
)
from evalsvc.store import Store
from sampling.chain import ChainEntry


def enter_plan(
    session: Session, store: Store, actor: Actor, draw: Draw, *, forms: Sequence[GivenForm], plan: str | None
) -> ChainEntry | None:
    """Enter plan (its hash), pack and forms of a draw unless the last line says the same; the object is kept.

    Raises
    ------
    InvalidError
        ``pack.refused``
    """
    evaluation = evaluation_by_id(session, draw.evaluation_id)
    pack, written = pack_as_written(evaluation)
    data = fixed_bytes(
        fixed_plan(
            FixedEvaluation(
                evaluation.code, evaluation.name, evaluation.client, evaluation.institute, evaluation.simulated
            ),
            draw.number,
            FixedPack(pack.name, pack.edition, sha256_of(written)),
            plan,
            [_given_out(each) for each in forms],
        )
    )
    subject = log.subject_of(evaluation.code, draw.number)
    audit.hold(session)
    if _last_plan(session, subject) == sha256_of(data):
        return None
    digest = store.put(data)
    audit.record(session, actor.identifier, "fieldwork.plan", draw.id, {"plan": plan, "object": digest})
    return append_to_log(session, log.PLAN, subject, digest, now())


def _given_out(given: GivenForm) -> GivenOut:
    form = given.instrument
    return GivenOut(FixedForm(form.form_id, form.version, form.xform_sha256), given.classes)


def pack_as_written(evaluation: EvaluationRecord) -> tuple[Pack, bytes]:
    """Return the rule pack of an evaluation, and its bytes.

    Raises
    ------
    InvalidError
        ``pack.refused``
    """
    written = pack_bytes(evaluation.pack)
    pack, complaints = read_pack(written)
    if pack is None:
        raise InvalidError("pack.refused", complaints, pack=evaluation.pack)
    return pack, written


def _last_plan(session: Session, subject: str) -> str | None:
    query = select(CommitmentEntry.sha256).where(CommitmentEntry.kind == log.PLAN, CommitmentEntry.subject == subject)
    return session.scalars(query.order_by(CommitmentEntry.sequence.desc()).limit(1)).one_or_none()
