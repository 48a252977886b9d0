"""The page of one report: who signs when, and the steps of those whose turn it is."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import jobs, web
from evalsvc.access import ORDINARY_LIMIT, body, page
from evalsvc.db import now
from evalsvc.editions import closing, queries, signing
from evalsvc.editions.chapters.kinds import FOLDERS
from evalsvc.editions.jobs import COMPOSE, SEAL, request_seals
from evalsvc.editions.keys import sample_signer
from evalsvc.editions.pages import BUNDLE_READERS, READERS
from evalsvc.editions.values import LARGEST_REPORT, OPEN, REVIEWED, WISHED
from evalsvc.editions.wishing import request_again
from evalsvc.errors import InvalidError
from evalsvc.fieldwork.queries import areas
from evalsvc.incoming import require_confirmation
from evalsvc.people.queries import names_of

blueprint = flask.Blueprint("edition_signing", __name__, template_folder="templates")
SIGNERS = ("lead", "reviewer")


@blueprint.get("/evaluations/<evaluation>/editions/<int:number>")
@page(*READERS)
def edition(evaluation: str, number: int) -> ResponseReturnValue:
    """Show how far a report is, and what the reader may do about it."""
    identifier, actor = flask.g.evaluation.id, web.current_actor()
    with web.database().reading() as session:
        found = queries.edition_by_number(session, identifier, number)
        counties = areas(session, identifier)
        names = names_of(session, [each for each in (found.lead_id, found.reviewer_id) if each])
        kind = COMPOSE if found.state == WISHED else SEAL
        running = [each for each in jobs.of_subject(session, identifier) if each.kind == kind]
    return flask.render_template(
        "editions/edition.html",
        evaluation=evaluation,
        edition=found,
        names=names,
        counties=counties,
        kinds=tuple(FOLDERS),
        county=next((each.label for each in counties if each.unit_id == found.scope), ""),
        job=running[0] if running and found.state in (WISHED, REVIEWED) else None,
        may_sign=signing.turn_of(actor, found),
        may_close=actor.has("lead"),
        may_take_files=found.issued_at is not None or actor.has(*BUNDLE_READERS),
        may_take_bundle=actor.has(*BUNDLE_READERS),
        is_open=found.state in OPEN,
        has_demo_keys=not web.config().has_signing_key,
        job_failure=web.failure_of,
    )


@blueprint.post("/evaluations/<evaluation>/editions/<int:number>/signature")
@body(LARGEST_REPORT + ORDINARY_LIMIT)
@page(*SIGNERS)
def sign(evaluation: str, number: int) -> ResponseReturnValue:
    """Take the signature of lead or reviewer: in a file that they signed, or a demo key's where there are no others."""
    require_confirmation()
    actor, service = web.current_actor(), web.service()
    with web.database().reading() as session:
        found = queries.edition_by_number(session, flask.g.evaluation.id, number)
        name = names_of(session, [actor.person_id])[actor.person_id] if actor.person_id else ""
    signing.require_turn(actor, found)
    sent = flask.request.files.get("signed")
    if flask.request.form.get("how") == "demo":
        signer = sample_signer(service.config, name, actor.person_id or "", now())
        given = signing.sign(service.store, found, signer)
    elif sent is None or not sent.filename:
        raise InvalidError("edition.signed_file_missing", number=number)
    else:
        with sent.stream as stream:
            given = signing.received(service.store, found, stream.read(LARGEST_REPORT + 1))
    with web.database().transaction() as session:
        signing.keep(session, service.store, actor, flask.g.evaluation, given)
    flask.flash(_("已签名。"), "good")
    return _back(evaluation, number)


@blueprint.post("/evaluations/<evaluation>/editions/<int:number>/seal")
@page("lead")
def seal(evaluation: str, number: int) -> ResponseReturnValue:
    """Wish for the institute's seal, with which the report is issued."""
    require_confirmation()
    with web.database().transaction() as session:
        request_seals(session, web.current_actor(), flask.g.evaluation, [number])
    flask.flash(_("已安排盖章和发布。"), "good")
    return _back(evaluation, number)


@blueprint.post("/evaluations/<evaluation>/editions/<int:number>/composition")
@page("lead")
def compose(evaluation: str, number: int) -> ResponseReturnValue:
    """Wish once more for a report to be composed."""
    with web.database().transaction() as session:
        request_again(session, web.current_actor(), flask.g.evaluation, number)
    flask.flash(_("已安排编制。"), "good")
    return _back(evaluation, number)


@blueprint.post("/evaluations/<evaluation>/editions/<int:number>/drop")
@page("lead")
def drop(evaluation: str, number: int) -> ResponseReturnValue:
    """Give up a report that was not issued."""
    require_confirmation()
    with web.database().transaction() as session:
        closing.drop(session, web.current_actor(), flask.g.evaluation, number, flask.request.form.get("reason", ""))
    flask.flash(_("这一版已放弃。"), "good")
    return _back(evaluation, number)


@blueprint.post("/evaluations/<evaluation>/editions/<int:number>/revocation")
@page("lead")
def revoke(evaluation: str, number: int) -> ResponseReturnValue:
    """Take back an issued report, in public."""
    require_confirmation()
    reason = flask.request.form.get("reason", "")
    with web.database().transaction() as session:
        closing.revoke(session, web.store(), web.current_actor(), flask.g.evaluation, number=number, reason=reason)
    flask.flash(_("这一版已作废，公开登记表里已写明。"), "good")
    return _back(evaluation, number)


def _back(evaluation: str, number: int) -> ResponseReturnValue:
    return web.see_other("edition_signing.edition", evaluation=evaluation, number=number)
