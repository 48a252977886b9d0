"""The page on which somebody signs several reports at once: all whose turn is the reader's."""

import io
import zipfile
from collections.abc import Iterator

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from werkzeug.datastructures import FileStorage

from evalsvc import jobs, web
from evalsvc.access import page, upload
from evalsvc.editions import queries
from evalsvc.editions.jobs import (
    RECEIVE,
    SEAL,
    SIGN,
    request_receiving,
    request_sample_signatures,
    request_seals,
)
from evalsvc.editions.signing import INSTITUTE, edition_of, turn_of
from evalsvc.editions.values import LARGEST_REPORT, EditionRecord
from evalsvc.errors import InvalidError
from evalsvc.fieldwork.queries import areas
from evalsvc.incoming import require_confirmation

blueprint = flask.Blueprint("edition_batches", __name__, template_folder="templates")
SIGNERS = ("lead", "reviewer")


@blueprint.get("/evaluations/<evaluation>/editions/signing")
@page(*SIGNERS)
def signing(evaluation: str) -> ResponseReturnValue:
    """Show the reports that await the reader, and how far the last job on several of them is."""
    identifier = flask.g.evaluation.id
    with web.database().reading() as session:
        names = {each.unit_id: each.label for each in areas(session, identifier)}
        running = [each for each in jobs.of_subject(session, identifier) if each.kind in (SEAL, SIGN, RECEIVE)]
    mine = _mine()
    return flask.render_template(
        "editions/signing.html",
        evaluation=evaluation,
        to_sign=[each for each in mine if each.awaits != INSTITUTE],
        to_seal=[each for each in mine if each.awaits == INSTITUTE],
        names=names,
        job=running[0] if running else None,
        has_demo_keys=not web.config().has_signing_key,
        job_failure=web.failure_of,
    )


@blueprint.get("/evaluations/<evaluation>/editions/signing.zip")
@page(*SIGNERS)
def files(evaluation: str) -> ResponseReturnValue:
    """Send the reports that the reader has to sign, as they stand, in one ZIP."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for each in _mine():
            if each.awaits != INSTITUTE:
                archive.writestr(f"{evaluation}-{each.number}-report.pdf", web.store().get(each.pdf_sha256))
    response = flask.Response(buffer.getvalue(), content_type="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{evaluation}-to-sign.zip"'
    return response


@blueprint.post("/evaluations/<evaluation>/editions/signing")
@upload
@page(*SIGNERS)
def sign(evaluation: str) -> ResponseReturnValue:
    """Take the signatures of the reader on all these reports: with a demo key, or in files signed elsewhere."""
    require_confirmation()
    actor, how = web.current_actor(), flask.request.form.get("how")
    if how == "file":
        signed = dict(_kept(flask.request.files.getlist("signed")))
        if not signed:
            raise InvalidError("edition.signed_files_missing")
        with web.database().transaction() as session:
            request_receiving(session, actor, flask.g.evaluation, signed)
    else:
        numbers = [each.number for each in _mine() if (each.awaits == INSTITUTE) == (how == "seal")]
        wish = request_seals if how == "seal" else request_sample_signatures
        with web.database().transaction() as session:
            wish(session, actor, flask.g.evaluation, numbers)
    flask.flash(_("已安排，完成后本页自动更新。"), "good")
    return web.see_other("edition_batches.signing", evaluation=evaluation)


def _mine() -> list[EditionRecord]:
    """Return the reports of this evaluation whose turn is the reader's, oldest first."""
    with web.database().reading() as session:
        listed = queries.editions_of(session, flask.g.evaluation.id)
    return [each for each in reversed(listed) if turn_of(web.current_actor(), each)]


def _kept(sent: list[FileStorage]) -> Iterator[tuple[int, str]]:
    """Store the files that were sent; each says of itself which edition it is."""
    for file in sent:
        if file.filename:
            with file.stream as stream:
                pdf = stream.read(LARGEST_REPORT + 1)
            yield edition_of(pdf, file.filename[-100:]), web.store().put(pdf)
