"""What an enumerator's device gets back: interviews that were returned, what is to be corrected, and their bytes."""

from dataclasses import asdict
from typing import Any

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web
from evalsvc.access import device
from evalsvc.device_protocol import ADDRESS, data_blueprint, same_device
from evalsvc.interviews.review import returning
from evalsvc.interviews.review.returning import ReturnedInterview
from evalsvc.sending import send_stored

blueprint = data_blueprint("returned_interviews", __name__, f"{ADDRESS}/returned")


@blueprint.get("")
@device
def returned(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """List the returned interviews that the enumerator whose device asks is to correct."""
    with web.database().reading() as session:
        rows = returning.returned_to(session, web.store(), flask.g.evaluation.id, _person(), web.language())
    return flask.jsonify({"returned": [_dumped(row) for row in rows]})


def _dumped(row: ReturnedInterview) -> dict[str, Any]:
    """Write an interview with the addresses under which its bytes lie for the device that asks."""
    files = [
        {**asdict(file), "url": same_device(".file", instance=row.instance_id, name=file.name)} for file in row.files
    ]
    url = same_device(".submission", instance=row.instance_id)
    return {**asdict(row), "returned_at": row.returned_at.isoformat(), "url": url, "files": files}


@blueprint.get("/<path:instance>/submission.xml")
@device
def submission(token: str, evaluation: str, instance: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Send a returned interview as it was sent, byte for byte."""
    with web.database().reading() as session:
        row = returning.own_returned(session, flask.g.evaluation.id, _person(), instance)
    return flask.Response(web.store().get(row.sha256), content_type="text/xml; charset=utf-8")


@blueprint.get("/<path:instance>/files/<name>")
@device
def file(token: str, evaluation: str, instance: str, name: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Send a file of a returned interview."""
    with web.database().reading() as session:
        line = returning.own_file(session, flask.g.evaluation.id, _person(), instance, name)
    return send_stored(line.sha256, line.name, line.content_type)


def _person() -> str:
    return web.current_actor().person_id or ""
