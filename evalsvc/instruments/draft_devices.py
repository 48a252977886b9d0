"""A draft on a phone: the same protocol as for published forms, with one form in it; what is sent is only checked."""

import io

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import web
from evalsvc.access import draft_device
from evalsvc.device_parts import SentParts, sent_parts
from evalsvc.device_protocol import ADDRESS, device_blueprint, same_device, xml_answer
from evalsvc.errors import InvalidError, NotFoundError, TooLargeError
from evalsvc.instruments import drafts, trials
from evalsvc.instruments.attached import content_type_of
from evalsvc.instruments.operations import md5_of
from evalsvc.instruments.reading import Reading, tables_of_form
from evalsvc.instruments.values import DraftRecord
from forms import openrosa
from forms.check import check
from forms.columns import flatten
from forms.errors import InstanceError
from forms.instance import parse_instance

blueprint = device_blueprint("draft_devices", __name__, f"{ADDRESS}/drafts/<draft>")
MOST_XML = 1_000_000
"""Bytes of the XML of a trial."""


@blueprint.get("/formList")
@draft_device
def form_list(token: str, evaluation: str, draft: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """List the draft."""
    shown, reading = _draft(draft)
    listed = openrosa.ListedForm(
        form_id=shown.form_id,
        name=_("草稿：%(title)s", title=shown.title or shown.form_id),
        version=shown.version,
        hash=f"md5:{shown.md5}",
        download_url=same_device(".form", draft=draft),
        manifest_url=same_device(".manifest", draft=draft) if reading.files else None,
    )
    return xml_answer(openrosa.form_list([listed]))


@blueprint.get("/form.xml")
@draft_device
def form(token: str, evaluation: str, draft: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Send the draft's XForm."""
    return xml_answer(web.store().get(_draft(draft)[0].xform_sha256))


@blueprint.get("/manifest")
@draft_device
def manifest(token: str, evaluation: str, draft: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """List the files beside the draft, those that its conversion made among them."""
    files = sorted(_draft(draft)[1].files.items())
    listed = ((name, md5_of(content), same_device(".file", draft=draft, name=name)) for name, content in files)
    return xml_answer(openrosa.manifest(openrosa.MediaFile(name, f"md5:{md5}", url) for name, md5, url in listed))


@blueprint.get("/files/<name>")
@draft_device
def file(token: str, evaluation: str, draft: str, name: str) -> ResponseReturnValue:  # noqa: ARG001 (as above)
    """Send a file that lies beside the draft."""
    found = _draft(draft)[1].files.get(name)
    if found is None:
        raise NotFoundError("instrument.unknown_file", name=name)
    # As a download, whatever it is: a page among the files must not be opened in the name of this service.
    return flask.send_file(io.BytesIO(found), content_type_of(name), as_attachment=True, download_name=name)


@blueprint.route("/submission", methods=["HEAD"])
@draft_device
def ready(token: str, evaluation: str, draft: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Answer 204, by which a client tells this place from a hotel's sign-in page."""
    _draft(draft)
    return xml_answer(b"", openrosa.READY)


@blueprint.post("/submission")
@draft_device
def submission(token: str, evaluation: str, draft: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Check what was filled in on a trial and keep what came of it beside the draft; it never counts."""
    tried = _tried(*_draft(draft), sent_parts(trials.MOST_FILES))
    with web.database().transaction() as session:
        trials.keep_trial(session, web.current_actor(), draft, tried)
    words = _("试填已收到，检查发现 %(number)s 处问题；不计入调查结果。", number=len(tried.complaints))
    return xml_answer(openrosa.response(words, nature="submit_success"), openrosa.RECEIVED)


def _draft(identifier: str) -> tuple[DraftRecord, Reading]:
    """Return the draft that the token was made for, and what stands in it."""
    with web.database().reading() as session:
        trials.require_own_draft(session, web.current_actor(), identifier)
        found = drafts.draft_by_id(session, flask.g.evaluation.id, identifier)
    return found, drafts.reading_of(web.store(), found)


def _tried(draft: DraftRecord, reading: Reading, parts: SentParts) -> trials.Tried:
    if len(parts.xml) > MOST_XML:
        raise TooLargeError("instrument.trial_large", limit=MOST_XML)
    try:
        instance = parse_instance(parts.xml)
    except InstanceError as error:
        raise InvalidError("interview.unreadable", error.complaints) from error
    definition = reading.definition
    if definition is None or (instance.form_id, instance.version) != (draft.form_id, draft.version):
        raise NotFoundError("instrument.trial_outdated", form_id=instance.form_id, version=instance.version or "—")
    found = check(definition, instance, data=tables_of_form(definition, reading.files))
    complaints = found[: trials.MOST_COMPLAINTS]
    return trials.Tried(
        instance_id=instance.instance_id,
        answers={name: value for name, value in flatten(definition, instance).items() if value is not None},
        complaints=tuple({"code": each.code, "path": each.path, "details": dict(each.details)} for each in complaints),
        files={each.name: len(each.content) for each in parts.files},
    )
