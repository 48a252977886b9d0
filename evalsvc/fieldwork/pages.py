"""Pages of the fieldwork: progress by county and village, one village, assignments, reserves, exports."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from markupsafe import Markup

from evalsvc import incoming, web
from evalsvc.access import page, public
from evalsvc.draws.operations import note_opening
from evalsvc.draws.queries import draw_by_number
from evalsvc.draws.release import require_open, visible_draws
from evalsvc.draws.values import DrawRecord
from evalsvc.draws.visits import TABLES, Listed
from evalsvc.fieldwork import course, operations, queries
from evalsvc.fieldwork.beginning import begin
from evalsvc.fieldwork.export import tasks_as_csv, tasks_as_xlsx
from evalsvc.fieldwork.lists import lists_as_pdf, lists_of, r_archive
from evalsvc.fieldwork.presentation import by_village, overview
from evalsvc.instruments.contract import DISPOSITIONS
from evalsvc.people.queries import ACCOUNT, tokens_of
from reports.visits import style, visits_body

blueprint = flask.Blueprint("fieldwork", __name__, template_folder="templates")
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "pdf": "application/pdf",
    "zip": "application/zip",
}


@blueprint.get("/evaluations/<evaluation>/fieldwork")
@page("supervisor", "lead", "designer", "auditor", "reviewer")
def progress(evaluation: str) -> ResponseReturnValue:
    """Show how far the fieldwork is; without assignments, the form that makes them."""
    wanted = flask.request.args.get("draw", type=incoming.number)
    with web.database().reading() as session:
        shown = overview(session, web.current_actor(), flask.g.evaluation.id, wanted)
    actor = web.current_actor()
    return flask.render_template(
        "fieldwork/progress.html",
        evaluation=evaluation,
        shown=shown,
        dispositions=DISPOSITIONS,
        may_assign=actor.has("supervisor", "designer", "lead"),
        may_supervise=actor.has("supervisor") and shown.in_field and shown.is_open,
    )


@blueprint.post("/evaluations/<evaluation>/fieldwork/assignments")
@page("supervisor", "lead", "designer")
def assign(evaluation: str) -> ResponseReturnValue:
    """Make the assignments of a draw."""
    incoming.require_confirmation()
    form, number = flask.request.form, flask.request.form.get("draw", 0, type=incoming.number)
    made = begin(
        web.service(),
        web.current_actor(),
        flask.g.evaluation,
        number=number,
        instrument_id=form.get("instrument", ""),
        by_class=_forms_of_classes(),
    )
    flask.flash(_("已生成 %(number)s 项调查任务。", number=made), "good")
    return web.see_other("fieldwork.progress", evaluation=evaluation, draw=number)


def _forms_of_classes() -> dict[str, str]:
    """Read which classes are visited with a form of their own; an empty choice leaves a class with the rest."""
    form = flask.request.form
    chosen = zip(form.getlist("household_class"), form.getlist("class_instrument"), strict=False)
    return {name: instrument for name, instrument in chosen if instrument}


@blueprint.get("/evaluations/<evaluation>/fieldwork/draws/<int:number>/village")
@page("supervisor", "lead")
def village(evaluation: str, number: int) -> ResponseReturnValue:
    """Show one village's open households."""
    with web.database().reading() as session:
        draw = draw_by_number(session, flask.g.evaluation.id, number)
        require_open(session, web.current_actor(), draw.id)
        shown = queries.village(session, draw.id, flask.request.args.get("village", ""))
        people = queries.enumerators_of(session, flask.g.evaluation.id)
    return flask.render_template(
        "fieldwork/village.html",
        evaluation=evaluation,
        draw=draw,
        village=shown,
        people=people,
        may_supervise=web.current_actor().has("supervisor") and draw.published_at is None,
    )


@blueprint.post("/evaluations/<evaluation>/fieldwork/draws/<int:number>/enumerator")
@page("supervisor")
def give(evaluation: str, number: int) -> ResponseReturnValue:
    """Give villages to an enumerator."""
    villages = flask.request.form.getlist("village")
    person_id = flask.request.form.get("person") or None
    if not villages:
        flask.flash(_("没有勾选村，什么也没有分派。请先勾选，再点“分派”。"), "bad")
        return _back(evaluation, number)
    if flask.request.form.get("wanted") == "team":
        return _give_to_team(evaluation, number, villages)
    with web.database().transaction() as session:
        opened = operations.assign_enumerator(
            session, web.current_actor(), flask.g.evaluation.id, villages, person_id, number=number
        )
    flask.flash(_("已分派 %(villages)s 个村、%(number)s 户。", villages=len(villages), number=opened), "good")
    return _back(evaluation, number)


def _give_to_team(evaluation: str, number: int, villages: list[str]) -> ResponseReturnValue:
    team = flask.request.form.get("team", "")
    with web.database().transaction() as session:
        actor, identifier = web.current_actor(), flask.g.evaluation.id
        given = operations.assign_team(session, actor, identifier, villages, team, number=number)
    flask.flash(_("已分到组：%(villages)s 个村。", villages=given), "good")
    return _back(evaluation, number)


@blueprint.get("/evaluations/<evaluation>/fieldwork/draws/<int:number>/lists")
@page("supervisor", "lead")
def lists(evaluation: str, number: int) -> ResponseReturnValue:
    """Show the list of a team, or of all, as it is printed."""
    draw, listed = _lists(number)
    return flask.render_template(
        "fieldwork/lists.html",
        evaluation=evaluation,
        draw=draw,
        body=Markup(visits_body(listed.lists)),  # noqa: S704 (our own template, which escapes what it is given)
        chosen=flask.request.args.to_dict(),
    )


@blueprint.get("/evaluations/<evaluation>/fieldwork/draws/<int:number>/lists.<any(csv, xlsx, pdf):ending>")
@page("supervisor", "lead")
def lists_file(evaluation: str, number: int, ending: str) -> ResponseReturnValue:
    """Send the list of a team, or of all, as a file."""
    _draw, listed = _lists(number)
    data = lists_as_pdf(listed) if ending == "pdf" else TABLES[ending](listed, web.language())
    return _attached(data, ending, f"visits-{evaluation}-{number}")


@blueprint.post("/evaluations/<evaluation>/draws/<int:number>/r-script")
@page("designer", "lead", "auditor", "reviewer")
def r_script(evaluation: str, number: int) -> ResponseReturnValue:
    """Send the sample and an R script that rebuilds the design; who opens them, and when, is written down."""
    with web.database().transaction() as session:
        draw = draw_by_number(session, flask.g.evaluation.id, number)
        require_open(session, web.current_actor(), draw.id)
        data = r_archive(session, web.store(), draw)
        note_opening(session, web.current_actor(), draw.id, "r-script")
    return _attached(data, "zip", f"r-{evaluation}-{number}")


@blueprint.get("/visits.css")
@public
def visits_style() -> ResponseReturnValue:
    """Send the style sheet of the lists."""
    return flask.Response(style(), content_type="text/css; charset=utf-8")


def _lists(number: int) -> tuple[DrawRecord, Listed]:
    with web.database().reading() as session:
        draw = draw_by_number(session, flask.g.evaluation.id, number)
        require_open(session, web.current_actor(), draw.id)
        return draw, lists_of(session, web.store(), flask.g.evaluation, draw, flask.request.args.get("team"))


def _attached(data: bytes, ending: str, name: str) -> flask.Response:
    response = flask.Response(data, content_type=CONTENT_TYPES[ending])
    response.headers["Content-Disposition"] = f'attachment; filename="{name}.{ending}"'
    return response


@blueprint.post("/evaluations/<evaluation>/fieldwork/draws/<int:number>/reserves")
@page("supervisor")
def open_reserve(evaluation: str, number: int) -> ResponseReturnValue:
    """Open the next reserve beside a household that could not be interviewed."""
    form = flask.request.form
    with web.database().transaction() as session:
        opened = operations.open_reserve(
            session,
            web.current_actor(),
            flask.g.evaluation.id,
            form.get("unit", ""),
            form.get("reason", ""),
            number=number,
        )
        unit, parent = opened.unit_id, opened.parent
    flask.flash(_("已启用备选户 %(unit)s；原户记录保留。", unit=unit), "good")
    return web.see_other("fieldwork.village", evaluation=evaluation, number=number, village=parent)


@blueprint.post("/evaluations/<evaluation>/fieldwork/draws/<int:number>/end")
@page("lead")
def end(evaluation: str, number: int) -> ResponseReturnValue:
    """Declare the fieldwork of a draw ended, which opens its manifest to everybody."""
    incoming.require_confirmation()
    reason = flask.request.form.get("reason", "")
    with web.database().transaction() as session:
        course.end(session, web.current_actor(), flask.g.evaluation, number, reason)
    flask.flash(_("现场调查已结束，抽取清单已向公众公开。"), "good")
    return web.see_other("draws.draw", evaluation=evaluation, number=number)


def _back(evaluation: str, number: int) -> ResponseReturnValue:
    parent = flask.request.form.get("back")
    if parent:
        return web.see_other("fieldwork.village", evaluation=evaluation, number=number, village=parent)
    return web.see_other("fieldwork.progress", evaluation=evaluation, draw=number)


@blueprint.get("/evaluations/<evaluation>/tasks")
@page("enumerator")
def own_tasks(evaluation: str) -> ResponseReturnValue:
    """Show enumerators the households that are theirs to visit, and what their phones have to know."""
    person_id = web.current_actor().person_id or ""
    with web.database().reading() as session:
        tasks = queries.tasks(session, flask.g.evaluation.id, person_id, to_visit=True)
        usable = [each for each in tokens_of(session, person_id) if each.usable]
    return flask.render_template(
        "fieldwork/own_tasks.html",
        evaluation=evaluation,
        villages=by_village(tasks),
        tokens=[each for each in usable if each.kind == "device"],
        accounts=[each for each in usable if each.kind == ACCOUNT],
        token_address=web.device_address("…", evaluation),
        account_address=web.device_address(None, evaluation),
    )


@blueprint.get("/evaluations/<evaluation>/fieldwork/tasks.<any(csv, xlsx):ending>")
@page("supervisor", "lead")
def export(evaluation: str, ending: str) -> ResponseReturnValue:
    """Send the open households as a file, of one enumerator or of all."""
    with web.database().reading() as session:
        seen = visible_draws(session, web.current_actor(), flask.g.evaluation.id)
        rows = queries.tasks(session, flask.g.evaluation.id, flask.request.args.get("enumerator") or None, seen=seen)
    data = tasks_as_csv(rows) if ending == "csv" else tasks_as_xlsx(rows)
    return _attached(data, ending, f"tasks-{evaluation}")
