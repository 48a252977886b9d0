"""What an enumerator's device loads before it asks anything: the list of forms, a form, its manifest and its files."""

import flask
from flask.typing import ResponseReturnValue

from evalsvc import web
from evalsvc.access import device
from evalsvc.device_protocol import device_blueprint, same_device, xml_answer
from evalsvc.instruments import queries
from evalsvc.instruments.values import FormFile, InstrumentRecord
from forms import openrosa

blueprint = device_blueprint("form_devices", __name__)


@blueprint.get("/formList")
@device
def form_list(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """List the newest version of each form, or all of them where the client asks for all."""
    wanted = flask.request.args
    with web.database().reading() as session:
        rows = queries.instruments_of(session, flask.g.evaluation.id)
        with_files = queries.with_files(session, flask.g.evaluation.id)
    if wanted.get("listAllVersions") != "true":
        rows = list({row.form_id: row for row in reversed(rows)}.values())
    asked = [row for row in rows if wanted.get("formID") in (None, row.form_id)]
    return xml_answer(openrosa.form_list(_listed(row, has_files=row.id in with_files) for row in asked))


def _listed(row: InstrumentRecord, *, has_files: bool) -> openrosa.ListedForm:
    return openrosa.ListedForm(
        form_id=row.form_id,
        name=row.title,
        version=row.version,
        hash=f"md5:{row.md5}",
        download_url=same_device(".form", formID=row.form_id, version=row.version),
        description=f"{row.title} {row.version}" if flask.request.args.get("verbose") == "true" else "",
        manifest_url=same_device(".manifest", formID=row.form_id, version=row.version) if has_files else None,
    )


@blueprint.get("/form.xml")
@device
def form(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """Send a form, the version asked for or the newest; its id stands in the query, for it may hold any sign."""
    return xml_answer(web.store().get(_asked_for().xform_sha256))


@blueprint.get("/manifest")
@device
def manifest(token: str, evaluation: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read them)
    """List the files that a form is delivered with."""
    row = _asked_for()
    with web.database().reading() as session:
        files = queries.files_of(session, row.id)
    return xml_answer(openrosa.manifest(_media(row, each) for each in files))


def _media(row: InstrumentRecord, file: FormFile) -> openrosa.MediaFile:
    return openrosa.MediaFile(file.name, f"md5:{file.md5}", same_device(".file", instrument=row.id, name=file.name))


def _asked_for() -> InstrumentRecord:
    form_id, version = flask.request.args.get("formID", ""), flask.request.args.get("version")
    with web.database().reading() as session:
        if version is None:
            return queries.newest(session, flask.g.evaluation.id, form_id)
        return queries.instrument_by_version(session, flask.g.evaluation.id, form_id, version)


@blueprint.get("/files/<instrument>/<name>")
@device
def file(token: str, evaluation: str, instrument: str, name: str) -> ResponseReturnValue:  # noqa: ARG001 (as above)
    """Send a file of a form; a device that has it already is told so by its ETag."""
    with web.database().reading() as session:
        row = queries.instrument_by_id(session, flask.g.evaluation.id, instrument)
        found = queries.file_of(session, row.id, name)
    return sent_file(found)


def sent_file(file: FormFile) -> flask.Response:
    """Send a stored file under its own name."""
    return flask.send_file(
        web.store().path(file.sha256), file.content_type, as_attachment=True, download_name=file.name, etag=file.sha256
    )
