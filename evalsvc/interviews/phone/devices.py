"""The routes that the enumerator's application asks beside OpenRosa: the device, its households, receipts."""

from dataclasses import asdict

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web
from evalsvc.access import device
from evalsvc.db import as_text, now
from evalsvc.device_protocol import data_blueprint
from evalsvc.interviews.phone.households import households
from evalsvc.interviews.phone.receipts import held
from evalsvc.interviews.unsent.keys import key_for
from evalsvc.people.queries import device_ends, person_by_id

blueprint = data_blueprint("phones", __name__)


@blueprint.get("/device")
@device
def device_info(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Say whose device asks, until when it may, what to seal unsent interviews for, and how photos are taken."""
    actor, config = web.current_actor(), web.config()
    key = key_for(web.service(), actor, flask.g.evaluation.id)
    with web.database().reading() as session:
        person = person_by_id(session, actor.person_id or "")
        told = {
            "person": {"id": person.id, "name": person.name},
            "evaluation": {"id": flask.g.evaluation.id, "title": flask.g.evaluation.name},
            "server_time": as_text(now()),
            "token_expires_at": as_text(device_ends(session, actor.identifier)),
            "unsent_key": asdict(key),
            "settings": {
                "geofence_metres": config.geofence_metres,
                "photo_pixels": config.photo_pixels,
                "keep_exif": config.keep_exif,
            },
        }
    return flask.jsonify(told)


@blueprint.get("/assignments")
@device
def assignments(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Send the open households of the enumerator whose device asks."""
    person_id = web.current_actor().person_id or ""
    with web.database().reading() as session:
        rows = households(session, web.store(), flask.g.evaluation.id, person_id)
    return flask.jsonify({"assignments": [asdict(row) for row in rows]})


@blueprint.get("/receipts/<path:instance>")
@device
def receipt(token: str, evaluation: str, instance: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Say what is here of a submission that the person sent whose device asks."""
    person_id = web.current_actor().person_id or ""
    with web.database().reading() as session:
        found = held(session, web.store(), flask.g.evaluation.id, person_id, instance)
    return flask.jsonify({**asdict(found), "received_at": as_text(found.received_at)})
