"""The API of drafts: saved with whatever stands against them, tried on phones, published."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api, upload
from evalsvc.errors import InvalidError
from evalsvc.instruments import drafts, operations, queries
from evalsvc.instruments.definitions import form_of
from evalsvc.instruments.draft_pages import phone_address
from evalsvc.instruments.draft_view import draft_complaints, missing_media, trial_lines
from evalsvc.instruments.pages import given_files, given_form
from evalsvc.instruments.schemas import (
    ChangeSchema,
    DraftPhoneSchema,
    DraftSchema,
    DraftStateSchema,
    InstrumentSchema,
    TrialSchema,
)
from evalsvc.instruments.trials import trials_of
from evalsvc.instruments.values import DraftRecord
from evalsvc.people.phone_settings import settings_text
from forms.changes import changes

blueprint = Blueprint(
    "drafts_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/drafts",
    description="Drafts of forms: replaced freely until one is published.",
)


@blueprint.route("")
class DraftsView(MethodView):
    """The drafts of an evaluation."""

    @api("designer", "lead", "supervisor")
    @blueprint.response(200, DraftSchema(many=True))
    def get(self, evaluation: str) -> Any:
        """List the drafts, the one saved last first."""
        with web.database().reading() as session:
            return drafts.drafts_of(session, flask.g.evaluation.id)

    @upload
    @api("designer", "lead")
    @blueprint.response(201, DraftStateSchema)
    def post(self, evaluation: str) -> Any:
        """Save a form in the place of the draft that the same form had (multipart: `file`, and `files` beside it).

        A form with faults is saved, and they are listed; only what cannot be read at all is refused.
        """
        kept = drafts.keep_draft(web.store(), *given_form())
        with web.database().transaction() as session:
            saved = drafts.save(session, web.current_actor(), flask.g.evaluation.id, kept)
        return _state(saved)


@blueprint.route("/<identifier>")
class DraftView(MethodView):
    """One draft."""

    @api("designer", "lead", "supervisor")
    @blueprint.response(200, DraftStateSchema)
    def get(self, evaluation: str, identifier: str) -> Any:
        """Show a draft with everything that stands against it."""
        return _state(_draft(identifier))

    @api("designer", "lead")
    @blueprint.response(204)
    def delete(self, evaluation: str, identifier: str) -> None:
        """Throw a draft away, with what phones sent for it."""
        with web.database().transaction() as session:
            drafts.remove(session, web.current_actor(), flask.g.evaluation.id, identifier)


@blueprint.route("/<identifier>/files")
class FilesView(MethodView):
    """The files beside a draft."""

    @upload
    @api("designer", "lead")
    @blueprint.response(201, DraftStateSchema)
    def post(self, evaluation: str, identifier: str) -> Any:
        """Put files beside a draft (multipart: `files`), each in the place of one of the same name."""
        given = given_files()
        if not given:
            raise InvalidError("instrument.no_file")
        files = operations.keep_files(web.store(), given)
        with web.database().transaction() as session:
            saved = drafts.add_files(session, web.current_actor(), flask.g.evaluation.id, identifier, files)
        return _state(saved)


@blueprint.route("/<identifier>/changes")
class DraftChangesView(MethodView):
    """What changed against the version that was published last."""

    @api("designer", "lead", "supervisor")
    @blueprint.response(200, ChangeSchema(many=True))
    def get(self, evaluation: str, identifier: str) -> Any:
        """List the changes; none while no version of the form is published."""
        draft = _draft(identifier)
        after = drafts.reading_of(web.store(), draft).definition
        with web.database().reading() as session:
            last = queries.last_version(session, flask.g.evaluation.id, draft.form_id)
            before = None if last is None else form_of(session, web.store(), last).definition
        return [] if before is None or after is None else list(changes(before, after))


@blueprint.route("/<identifier>/publish")
class PublishView(MethodView):
    """Publishing."""

    @api("designer", "lead")
    @blueprint.response(201, InstrumentSchema)
    def post(self, evaluation: str, identifier: str) -> Any:
        """Publish a draft as a version that never changes; the draft is gone then."""
        draft = _draft(identifier)
        form = drafts.ready_to_publish(web.store(), draft)
        with web.database().transaction() as session:
            made = drafts.publish_draft(session, web.current_actor(), flask.g.evaluation.id, draft, form)
            return queries.record(made)


@blueprint.route("/<identifier>/phone")
class PhoneView(MethodView):
    """Trials on phones."""

    @api("designer", "lead")
    @blueprint.response(201, DraftPhoneSchema)
    def post(self, evaluation: str, identifier: str) -> Any:
        """Make the address by which phones load the draft; one that was made before opens nothing any more."""
        draft = _draft(identifier)
        with web.database().transaction() as session:
            made = drafts.open_draft(session, web.current_actor(), flask.g.evaluation.id, identifier)
        address = phone_address(evaluation, identifier, made.secret)
        return {"address": address, "settings": settings_text(address, draft.title or draft.form_id)}


@blueprint.route("/<identifier>/trials")
class TrialsView(MethodView):
    """What phones sent for a trial."""

    @api("designer", "lead", "supervisor")
    @blueprint.response(200, TrialSchema(many=True))
    def get(self, evaluation: str, identifier: str) -> Any:
        """List what phones sent for the draft as it stands, the newest first; it never counts."""
        draft = _draft(identifier)
        with web.database().reading() as session:
            sent = trials_of(session, draft.id)
        lines = trial_lines(sent, web.language())
        return [
            {
                "instance_id": trial.instance_id,
                "received_at": trial.received_at,
                "answers": trial.answers,
                "files": trial.files,
                "complaints": line.complaints,
            }
            for trial, line in zip(sent, lines, strict=True)
        ]


def _draft(identifier: str) -> DraftRecord:
    with web.database().reading() as session:
        return drafts.draft_by_id(session, flask.g.evaluation.id, identifier)


def _state(draft: DraftRecord) -> dict[str, Any]:
    reading = drafts.reading_of(web.store(), draft)
    return {
        **vars(draft),
        "publishable": not reading.against_publishing,
        "complaints": draft_complaints(reading, web.language()),
        "missing": missing_media(reading),
    }
