"""Pages of lists made later: which are awaited, the form, what was sent and what stands against it, and going on."""

import tempfile
from collections.abc import Callable
from pathlib import Path

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import web
from evalsvc.access import page, upload
from evalsvc.draws.later.binding import bind_sent
from evalsvc.draws.later.continuing import go_on
from evalsvc.draws.later.forms import TYPES, columns_in_files, list_form
from evalsvc.draws.later.progress import Progress, progress_of, states_of
from evalsvc.draws.later.reading import list_mapping
from evalsvc.draws.operations import note_opening
from evalsvc.draws.values import ListState
from evalsvc.errors import InvalidError, NotFoundError
from evalsvc.frames.complaint_rows import complaint_rows
from evalsvc.frames.reading import MAPPING_FILE, offered_mapping
from evalsvc.incoming import require_confirmation, saved_files, sent_text
from evalsvc.words import sentence

blueprint = flask.Blueprint("later_lists", __name__, template_folder="../templates")


@blueprint.get("/evaluations/<evaluation>/draws/<int:number>/lists")
@page("designer", "lead", "auditor", "reviewer")
def lists(evaluation: str, number: int) -> ResponseReturnValue:
    """Show whose lists are awaited, bound and drawn from; who looks, and when, is written down."""
    return _lists_page(evaluation, number)


@blueprint.get("/evaluations/<evaluation>/draws/<int:number>/lists/form.<ending>")
@page("designer", "lead", "auditor", "reviewer")
def form(evaluation: str, number: int, ending: str) -> ResponseReturnValue:
    """Send the empty form of one drawn unit's list, or of all that are awaited."""
    progress, states = _read(number)
    wanted = flask.request.args.get("village")
    parents = [each.parent for each in states if each.parent == wanted or (wanted is None and each.bound_at is None)]
    if wanted is not None and not parents:
        raise NotFoundError("draw.list_unknown", parent=wanted, number=number)
    content = list_form(progress.frame, list_mapping(progress.frame, progress.frame_mapping), parents, ending)
    name = f"{evaluation}-{number}{'' if wanted is None else '-' + wanted}.{ending}"
    answer = flask.Response(content, content_type=TYPES[ending])
    answer.headers.set("Content-Disposition", "attachment", filename=name)
    return answer


@blueprint.post("/evaluations/<evaluation>/draws/<int:number>/lists")
@upload
@page("designer", "lead")
def bind(evaluation: str, number: int) -> ResponseReturnValue:
    """Bind the lists of the files sent, all or none; every complaint about them is shown at once."""
    text = sent_text(flask.request.files.get("mapping_file"), flask.request.form.get("mapping", ""), MAPPING_FILE)

    def work() -> str:
        require_confirmation()
        with tempfile.TemporaryDirectory() as folder:
            paths = saved_files(flask.request.files.getlist("file"), Path(folder), "list")
            actor = web.current_actor()
            bound = bind_sent(web.service(), actor, flask.g.evaluation, number=number, sources=paths, mapping_text=text)
        return str(_("已登记 %(number)s 份名单，哈希已公开。", number=len(bound)))

    return _done_or_refused(evaluation, number, work, mapping=text)


@blueprint.post("/evaluations/<evaluation>/draws/<int:number>/lists/draw")
@page("designer", "lead")
def draw_from(evaluation: str, number: int) -> ResponseReturnValue:
    """Draw from the bound lists that were chosen, or from all that wait."""

    def work() -> str:
        require_confirmation()
        chosen = None if flask.request.form.get("all") else flask.request.form.getlist("village")
        go_on(web.service(), web.current_actor(), flask.g.evaluation, number=number, parents=chosen)
        return str(_("已从名单抽户，接续的抽取清单已登记。"))

    return _done_or_refused(evaluation, number, work)


def _done_or_refused(
    evaluation: str, number: int, work: Callable[[], str], mapping: str | None = None
) -> ResponseReturnValue:
    try:
        told = work()
    except InvalidError as error:
        return _lists_page(evaluation, number, refused=error, mapping=mapping), 422
    flask.flash(told, "good")
    return web.see_other("later_lists.lists", evaluation=evaluation, number=number)


def _read(number: int) -> tuple[Progress, list[ListState]]:
    """Read how far a draw is; whose lists are awaited tells what was drawn, so that looking is written down."""
    with web.database().transaction() as session:
        actor = web.current_actor()
        progress = progress_of(session, web.store(), actor, flask.g.evaluation, number)
        states = states_of(session, progress)
        note_opening(session, actor, progress.draw.id, "lists")
    return progress, states


def _lists_page(evaluation: str, number: int, refused: InvalidError | None = None, mapping: str | None = None) -> str:
    progress, states = _read(number)
    own = list_mapping(progress.frame, progress.frame_mapping)
    complaints = () if refused is None else refused.complaints
    offered = None if mapping is None else offered_mapping(mapping, complaints)
    return flask.render_template(
        "draws/lists.html",
        evaluation=evaluation,
        draw=progress.draw,
        states=states,
        counts={state: sum(each.state == state for each in states) for state in ("waiting", "bound", "drawn")},
        columns=columns_in_files(progress.frame, own),
        mapping=offered or mapping or own,
        level=progress.frame.levels[-1].name,
        parent_level=progress.frame.levels[-2].name,
        may_draw=web.current_actor().has("designer", "lead") and progress.draw.published_at is None,
        refused=None if refused is None else sentence(refused.code, refused.details, web.language()),
        rows=complaint_rows(complaints, web.language()),
        total=len(complaints),
    )
