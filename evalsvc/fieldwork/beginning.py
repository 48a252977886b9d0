"""The way of a draw into the field: read and compute first, then write the assignments in one short commit.

Reading the frame takes a while, and on SQLite everybody who writes stands in one line: intake would wait for it.
"""

from collections.abc import Mapping

from evalsvc.draws.queries import draw_by_number
from evalsvc.evaluations.queries import EvaluationRecord
from evalsvc.fieldwork.form_choice import ONE_FORM
from evalsvc.fieldwork.operations import assign_from_draw
from evalsvc.fieldwork.preparing import prepare
from evalsvc.instruments.queries import instrument_by_id
from evalsvc.people.actor import Actor
from evalsvc.service import Service


def begin(
    service: Service,
    actor: Actor,
    evaluation: EvaluationRecord,
    *,
    number: int,
    instrument_id: str,
    by_class: Mapping[str, str] = ONE_FORM,
) -> int:
    """Make the assignments of a draw of this evaluation; return how many.

    `by_class` names the instruments of household classes that are visited with another form than the rest.

    Raises
    ------
    EvalsvcError
        Whatever `prepare` and `assign_from_draw` refuse.
    """
    with service.database.reading() as session:
        draw = draw_by_number(session, evaluation.id, number)
        for each in (instrument_id, *by_class.values()):
            instrument_by_id(session, evaluation.id, each)
        prepared = prepare(session, service.store, draw.id)
    with service.database.transaction() as session:
        return assign_from_draw(session, service.store, actor, prepared, instrument_id, by_class=by_class)
