"""Pages of draws: list, commitment, run, summary, units, publication; and the public log."""

from datetime import datetime

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import files, web
from evalsvc.access import page, public
from evalsvc.draws import operations, queries, summary
from evalsvc.draws.checking import Wish, check_wish, example_of
from evalsvc.draws.making import carry_out, commit_draw
from evalsvc.draws.presentation import draw_view
from evalsvc.draws.release import open_early, set_release
from evalsvc.draws.values import DrawRecord
from evalsvc.errors import Complaint, InvalidError, NotFoundError
from evalsvc.frames import queries as frames
from evalsvc.incoming import local_moment, require_confirmation, sent_text
from evalsvc.time_stamps.authority import TimeStampError
from evalsvc.words import sentence
from sampling.chain import write_chain

blueprint = flask.Blueprint("draws", __name__, template_folder="templates")
JSON = "application/json; charset=utf-8"


@blueprint.get("/evaluations/<evaluation>/draws")
@page("designer", "lead", "auditor", "reviewer", "supervisor")
def draws(evaluation: str) -> ResponseReturnValue:
    """List the draws, with the form that begins the next one."""
    return _draws_page(evaluation, Wish())


def _draws_page(evaluation: str, wish: Wish, refused: InvalidError | None = None) -> str:
    """Show the draws, and a form that keeps what was sent with what stands against it."""
    with web.database().reading() as session:
        rows = queries.draws_of(session, flask.g.evaluation.id)
        known = frames.frames_of(session, flask.g.evaluation.id)
        number = operations.next_number(session, flask.g.evaluation.id)
    return flask.render_template(
        "draws/draws.html",
        evaluation=evaluation,
        draws=rows,
        next_number=number,
        frames=known,
        may_draw=web.current_actor().has("designer", "lead"),
        wish=wish,
        refused=None if refused is None else sentence(refused.code, refused.details, web.language()),
        complaints=() if refused is None else [_told(each) for each in refused.complaints],
    )


def _told(complaint: Complaint) -> dict[str, str]:
    return {"message": sentence(complaint.code, complaint.details, web.language())}


@blueprint.post("/evaluations/<evaluation>/draws")
@page("designer", "lead")
def commit(evaluation: str) -> ResponseReturnValue:
    """Check a design and show what it means; commit the very design that was shown, once that was confirmed."""
    form, wish = flask.request.form, Wish()
    try:
        wish = wish_of_request()
        seen = form.get("confirmed") == "1" and form.get("shown") == wish.digest
        if not seen or form.get("wanted"):
            return _before_commitment(evaluation, wish, form.get("wanted", ""))
        made = _committed(wish)
    except InvalidError as error:
        return _draws_page(evaluation, wish, error), 422
    except TimeStampError as error:
        return _checked_page(evaluation, wish, error), 502
    flask.flash(_("方案已承诺并登记，登记后不能改动。"), "good")
    return web.see_other("draws.draw", evaluation=evaluation, number=made.number)


def _committed(wish: Wish) -> DrawRecord:
    return commit_draw(
        web.service(),
        web.current_actor(),
        flask.g.evaluation,
        frame_id=wish.frame_id,
        purpose=wish.purpose,
        design_text=wish.text,
        without_time_stamp=flask.request.form.get("without_time_stamp") == "1",
        release_at=local_moment(flask.request.form.get("release_at", "")),
    )


def _before_commitment(evaluation: str, wish: Wish, wanted: str) -> str:
    """Fill an empty form with an example, open it again, or show what its design would do."""
    if wanted == "example" and wish.text.strip():
        flask.flash(_("方案框里已有内容，没有改动。要填入示例，请先清空方案框。"))
        return _draws_page(evaluation, wish)
    if wanted == "example":
        return _draws_page(evaluation, _example(wish))
    return _draws_page(evaluation, wish) if wanted == "edit" else _checked_page(evaluation, wish)


def wish_of_request() -> Wish:
    """Return what the form was sent; browsers end lines of a box in their own way.

    Raises
    ------
    InvalidError
        ``file.not_text``
    """
    form = flask.request.form
    typed = form.get("design", "").replace("\r\n", "\n")
    text = sent_text(flask.request.files.get("design_file"), typed, files.DESIGN)
    return Wish(form.get("frame", ""), form.get("purpose", "").strip(), text)


def _checked_page(evaluation: str, wish: Wish, refused: TimeStampError | None = None) -> str:
    """Show what a design would do; whoever has seen it may commit it, without a stamp when none was to be had."""
    with web.database().reading() as session:
        checked = check_wish(session, web.store(), flask.g.evaluation, wish, web.language())
        frame = frames.frame_by_id(session, flask.g.evaluation.id, wish.frame_id)
    return flask.render_template(
        "draws/checked.html",
        evaluation=evaluation,
        wish=wish,
        checked=checked,
        frame=frame,
        authority=web.config().time_stamp_url,
        release_local=flask.request.form.get("release_at", ""),
        refused=None if refused is None else sentence(refused.code, refused.details, web.language()),
        complaints=() if refused is None else [_told(each) for each in refused.complaints],
    )


def _example(wish: Wish) -> Wish:
    with web.database().reading() as session:
        return example_of(session, web.store(), flask.g.evaluation, wish)


@blueprint.get("/evaluations/<evaluation>/draws/<int:number>")
@page("designer", "lead", "auditor", "reviewer", "supervisor")
def draw(evaluation: str, number: int) -> ResponseReturnValue:
    """Show one draw: its commitment, what the design left out, and what each stratum gave; no unit is named here."""
    actor = web.current_actor()
    with web.database().reading() as session:
        shown = draw_view(session, web.service(), actor, flask.g.evaluation, number, language=web.language())
    return flask.render_template(
        "draws/draw.html",
        evaluation=evaluation,
        **vars(shown),
        may_draw=actor.has("designer", "lead"),
        may_see_lists=actor.has("designer", "lead", "auditor"),
        may_end=actor.has("lead"),
    )


@blueprint.post("/evaluations/<evaluation>/draws/<int:number>/run")
@page("designer", "lead")
def run(evaluation: str, number: int) -> ResponseReturnValue:
    """Carry a committed draw out."""
    require_confirmation()
    value = flask.request.form.get("public_value", "").strip() or None
    carry_out(web.service(), web.current_actor(), flask.g.evaluation, number=number, public_value=value)
    flask.flash(_("抽取已完成。"), "good")
    return web.see_other("draws.draw", evaluation=evaluation, number=number)


@blueprint.post("/evaluations/<evaluation>/draws/<int:number>/units")
@page("designer", "lead", "auditor", "reviewer")
def units(evaluation: str, number: int) -> ResponseReturnValue:
    """Show the drawn units above the last stage; who opens them, and when, is written down."""
    reason = flask.request.form.get("reason", "")
    with web.database().transaction() as session:
        row = queries.record(open_early(session, web.current_actor(), flask.g.evaluation, number, reason))
        found = queries.units_above_last(session, row.id)
        operations.note_opening(session, web.current_actor(), row.id, "units")
    names = summary.labels(found)
    return flask.render_template(
        "draws/units.html", evaluation=evaluation, draw=row, stages=queries.grouped(found), names=names
    )


@blueprint.post("/evaluations/<evaluation>/draws/<int:number>/release")
@page("designer", "lead")
def release(evaluation: str, number: int) -> ResponseReturnValue:
    """Set when the teams may see a draw; the form is in Beijing time."""
    wanted = local_moment(flask.request.form.get("release_at", ""))
    with web.database().transaction() as session:
        set_release(session, web.current_actor(), flask.g.evaluation, number, wanted)
    flask.flash(_("开放时间已记下。"), "good")
    return web.see_other("draws.draw", evaluation=evaluation, number=number)


@blueprint.get("/commitments")
@public
def commitments() -> ResponseReturnValue:
    """Show the public log: what was committed, when, and whether it was revealed."""
    with web.database().reading() as session:
        lines = queries.log_lines(session)
        published = queries.published_subjects(session)
        stamped = queries.stamped_subjects(session)
    return flask.render_template(
        "draws/commitments.html",
        lines=list(reversed(lines)),
        published=published,
        stamped=stamped,
        moment=datetime.fromisoformat,
    )


@blueprint.get("/commitments.jsonl")
@public
def commitments_file() -> ResponseReturnValue:
    """Send the public log as a file."""
    with web.database().reading() as session:
        text = write_chain(queries.log_lines(session))
    return flask.Response(text, content_type="application/jsonl; charset=utf-8")


@blueprint.get("/commitments/<code>/<int:number>/commitment.json")
@public
def commitment_file(code: str, number: int) -> ResponseReturnValue:
    """Send a draw's commitment: the design, the frame's hashes, and the hash of the secret."""
    with web.database().reading() as session:
        row = queries.draw_in_public(session, code, number)
    return flask.Response(web.store().get(row.commitment_sha256), content_type=JSON)


@blueprint.get("/commitments/<code>/<int:number>/draw-manifest.json")
@public
def manifest_file(code: str, number: int) -> ResponseReturnValue:
    """Send a draw's last manifest, with secret and reserves, once it was published."""
    return flask.Response(web.store().get(_published_manifests(code, number)[-1]), content_type=JSON)


@blueprint.get("/commitments/<code>/<int:number>/manifests/<sha256>/draw-manifest.json")
@public
def manifest_of_line(code: str, number: int, sha256: str) -> ResponseReturnValue:
    """Send the manifest that a line of the public log names: the first, or one that goes on with later lists."""
    if sha256 not in _published_manifests(code, number):
        raise NotFoundError("draw.not_published", number=number)
    return flask.Response(web.store().get(sha256), content_type=JSON)


def _published_manifests(code: str, number: int) -> list[str]:
    with web.database().reading() as session:
        row = queries.draw_in_public(session, code, number)
        found = [] if row.published_at is None else queries.manifests_of(session, row.id)
    if not found:
        raise NotFoundError("draw.not_published", number=number)
    return found
