"""The way of a draw through the service: read and compute first, then write it down in one short commit.

Checking a frame and drawing from it take a while, and on SQLite everybody who writes stands in one line: intake would
wait for them.
"""

from datetime import datetime

from evalsvc.draws.drawing import keep, sample
from evalsvc.draws.operations import bind, enter, stamped
from evalsvc.draws.queries import record
from evalsvc.draws.values import DrawRecord
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.people.actor import Actor
from evalsvc.service import Service
from evalsvc.time_stamps.configured import authority_of


def commit_draw(
    service: Service,
    actor: Actor,
    evaluation: EvaluationRecord,
    *,
    frame_id: str,
    purpose: str,
    design_text: str,
    without_time_stamp: bool = False,
    release_at: datetime | None = None,
) -> DrawRecord:
    """Bind a design and a frame to a fresh secret, have it stamped, and enter the commitment in the public log.

    Where the settings name a time-stamping authority, nothing is committed without its stamp unless that is asked for.

    Raises
    ------
    EvalsvcError
        Whatever `bind`, `stamped` and `enter` refuse.
    """
    authority = None if without_time_stamp else authority_of(service.config)
    key = service.config.secret_key
    with service.database.reading() as session:
        bound = bind(
            session, service.store, actor, evaluation, frame_id=frame_id, design_text=design_text, secret_key=key
        )
    if authority is not None:
        bound = stamped(service.store, bound, authority)
    with service.database.transaction() as session:
        return record(enter(session, actor, evaluation, bound, purpose, release_at=release_at))


def carry_out(
    service: Service, actor: Actor, evaluation: EvaluationRecord, *, number: int, public_value: str | None
) -> DrawRecord:
    """Reveal the secret to a committed draw, carry it out, and keep manifest and units.

    Raises
    ------
    EvalsvcError
        Whatever `sample` and `keep` refuse.
    """
    key = service.config.secret_key
    with service.database.reading() as session:
        taken = sample(
            session, service.store, actor, evaluation, number=number, public_value=public_value, secret_key=key
        )
    with service.database.transaction() as session:
        return record(keep(session, actor, evaluation, taken))
