"""Pages of drafts: saved, looked through, tried in the browser, published."""

from datetime import datetime

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import incoming, web
from evalsvc.access import page, upload
from evalsvc.db import now
from evalsvc.errors import InvalidError
from evalsvc.instruments import drafts, queries
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.draft_view import complaint_lines, missing_media, trial_lines
from evalsvc.instruments.operations import keep_files
from evalsvc.instruments.pages import given_files, given_form, refused
from evalsvc.instruments.questions import changes_in_words, question_lines
from evalsvc.instruments.reading import Reading, tables_of_form
from evalsvc.instruments.trial_page import answers_of, complaints_elsewhere, messages_of, trial_fields
from evalsvc.instruments.trials import DAYS, trials_of
from evalsvc.instruments.values import DraftRecord
from evalsvc.people import once
from evalsvc.people.once import ShownSecret
from evalsvc.people.phone_settings import settings_code
from evalsvc.zone import SHANGHAI
from forms.changes import changes
from forms.errors import FillingError
from forms.filling import Given
from forms.trial import Trial, try_out

blueprint = flask.Blueprint("drafts", __name__, template_folder="templates")


@blueprint.post("/evaluations/<evaluation>/drafts")
@upload
@page("designer", "lead")
def save(evaluation: str) -> ResponseReturnValue:
    """Save a form as a draft, in the place of the draft that the same form had."""
    try:
        kept = drafts.keep_draft(web.store(), *given_form())
    except InvalidError as error:
        return refused(evaluation, error)
    with web.database().transaction() as session:
        saved = drafts.save(session, web.current_actor(), flask.g.evaluation.id, kept)
    flask.flash(_("草稿已保存，可以随时替换。"), "good")
    return web.see_other(".draft", evaluation=evaluation, identifier=saved.id)


@blueprint.get("/evaluations/<evaluation>/drafts/<identifier>")
@page("designer", "lead", "supervisor")
def draft(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show a draft: what stands against it, its files, what changed, its questions."""
    shown, reading = _draft(identifier)
    definition = reading.definition
    with web.database().reading() as session:
        sent = trials_of(session, shown.id)
        last = queries.last_version(session, flask.g.evaluation.id, shown.form_id)
        before = None if last is None else form_of(session, web.store(), last).definition
    return flask.render_template(
        "instruments/draft.html",
        evaluation=evaluation,
        draft=shown,
        complaints=complaint_lines(reading, web.language()),
        may_publish=not reading.against_publishing and web.current_actor().has("designer", "lead"),
        may_change=web.current_actor().has("designer", "lead"),
        missing=missing_media(reading),
        trials=trial_lines(sent, web.language()),
        lines=[] if definition is None else question_lines(definition, web.language()),
        last=last,
        changes=[]
        if before is None or definition is None
        else changes_in_words(changes(before, definition), web.language()),
    )


@blueprint.post("/evaluations/<evaluation>/drafts/<identifier>/files")
@upload
@page("designer", "lead")
def add_files(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Put files beside a draft."""
    given = given_files()
    if not given:
        raise InvalidError("instrument.no_file")
    files = keep_files(web.store(), given)
    with web.database().transaction() as session:
        drafts.add_files(session, web.current_actor(), flask.g.evaluation.id, identifier, files)
    flask.flash(_("已加上 %(number)s 个附件。", number=len(files)), "good")
    return web.see_other(".draft", evaluation=evaluation, identifier=identifier)


@blueprint.post("/evaluations/<evaluation>/drafts/<identifier>/publish")
@page("designer", "lead")
def publish(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Publish a draft as a version that never changes."""
    incoming.require_confirmation()
    shown, _reading = _draft(identifier)
    form = drafts.ready_to_publish(web.store(), shown)
    with web.database().transaction() as session:
        made = drafts.publish_draft(session, web.current_actor(), flask.g.evaluation.id, shown, form).id
    flask.flash(_("问卷已发布，这个版本不再改动。"), "good")
    return web.see_other("instruments.instrument", evaluation=evaluation, identifier=made)


@blueprint.post("/evaluations/<evaluation>/drafts/<identifier>/remove")
@page("designer", "lead")
def remove(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Throw a draft away."""
    with web.database().transaction() as session:
        drafts.remove(session, web.current_actor(), flask.g.evaluation.id, identifier)
    flask.flash(_("草稿已删除。"), "good")
    return web.see_other("instruments.instruments", evaluation=evaluation)


@blueprint.route("/evaluations/<evaluation>/drafts/<identifier>/try", methods=["GET", "POST"])
@page("designer", "lead", "supervisor")
def trial(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Try a draft: what is filled in is settled and checked by the server's engine, and not kept."""
    shown, reading = _draft(identifier)
    root = "" if reading.definition is None else reading.definition.root
    added = {flask.request.form[name]: [""] for name in ("add",) if name in flask.request.form}
    given = answers_of({**flask.request.form.to_dict(flat=False), **added}, root)
    outcome, faults = _tried(reading, given, now().astimezone(SHANGHAI))
    told = flask.request.method == "POST"
    lines = trial_fields(() if outcome is None else outcome.lines, web.language(), told=told)
    return flask.render_template(
        "instruments/trial.html",
        evaluation=evaluation,
        draft=shown,
        lines=lines,
        faults=faults,
        told=told,
        elsewhere=() if outcome is None else messages_of(complaints_elsewhere(outcome), web.language()),
    )


@blueprint.post("/evaluations/<evaluation>/drafts/<identifier>/phone")
@page("designer", "lead")
def open_to_phones(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Make the code by which phones load the draft; an earlier one opens nothing any more."""
    with web.database().transaction() as session:
        made = drafts.open_draft(session, web.current_actor(), flask.g.evaluation.id, identifier)
    once.keep(ShownSecret(identifier, "", made.secret, for_device=True))
    return web.see_other(".phone", evaluation=evaluation, identifier=identifier)


@blueprint.get("/evaluations/<evaluation>/drafts/<identifier>/phone")
@page("designer", "lead")
def phone(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Show the code that was just made; a second look finds nothing."""
    shown, _reading = _draft(identifier)
    kept = once.take(identifier)
    if kept is None:
        flask.flash(_("二维码只显示一次，已经不能再看。需要的请重新生成。"), "open")
        return web.see_other(".draft", evaluation=evaluation, identifier=identifier)
    address = phone_address(evaluation, identifier, kept.secret)
    return flask.render_template(
        "instruments/draft_phone.html",
        evaluation=evaluation,
        draft=shown,
        address=address,
        code=settings_code(address, _("草稿：%(title)s", title=shown.title or shown.form_id)),
        days=DAYS,
    )


def phone_address(evaluation: str, identifier: str, secret: str) -> str:
    """Return the server address that a phone is set to in order to try a draft."""
    return f"{web.device_address(secret, evaluation)}/drafts/{identifier}"


def _tried(reading: Reading, given: Given, moment: datetime) -> tuple[Trial | None, tuple[str, ...]]:
    """Fill the form; where it cannot be filled with these answers, say why and leave it empty."""
    if reading.definition is None:
        return None, ()
    tables = tables_of_form(reading.definition, reading.files)
    try:
        return try_out(reading.definition, given, moment, tables), ()
    except FillingError as error:
        return None, messages_of(error.complaints, web.language())


def _draft(identifier: str) -> tuple[DraftRecord, Reading]:
    with web.database().reading() as session:
        found = drafts.draft_by_id(session, flask.g.evaluation.id, identifier)
    return found, drafts.reading_of(web.store(), found)
