"""What the pages of interviews post: one move of a review, and the approval of many."""

from datetime import datetime

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import web
from evalsvc.access import page
from evalsvc.errors import ConflictError, InvalidError
from evalsvc.incoming import require_confirmation
from evalsvc.interviews import queries
from evalsvc.interviews.pages import as_query, filters_of, interview_page
from evalsvc.interviews.review import operations as reviewing
from evalsvc.interviews.review import returning
from evalsvc.interviews.review.bulk import approve_chosen, approve_filtered
from evalsvc.interviews.review.moves import Comment, Wish
from evalsvc.interviews.review.operations import BulkOutcome
from evalsvc.interviews.review.refused import RefusedWish
from evalsvc.words import sentence

blueprint = flask.Blueprint("interview_reviews", __name__, template_folder="templates")
COMMENT = "comment:"
"""How the field of a comment begins; the path of its question follows."""


@blueprint.post("/evaluations/<evaluation>/interviews/<identifier>/reviews")
@page("supervisor", "lead")
def review(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Return, approve, reject or open an interview again."""
    wish = wish_of_request()
    try:
        state = _reviewed(identifier, wish)
    except (ConflictError, InvalidError) as error:
        return interview_page(evaluation, identifier, RefusedWish(wish, web.refusal_of(error)))
    flask.flash(_said(state), "good")
    return web.see_other("interviews.interview", evaluation=evaluation, identifier=identifier)


def _reviewed(identifier: str, wish: Wish) -> str:
    require_confirmation()
    with web.database().reading() as session:
        places = queries.question_places(session, web.store(), flask.g.evaluation.id, identifier)
    actor = web.current_actor()
    with web.database().transaction() as session:
        return reviewing.review(session, actor, flask.g.evaluation.id, identifier, wish, places=places)


@blueprint.get("/evaluations/<evaluation>/tasks/returned")
@page("enumerator")
def own_returned(evaluation: str) -> ResponseReturnValue:
    """Show enumerators the interviews that they are to correct, and what was said of them."""
    person_id = web.current_actor().person_id or ""
    with web.database().reading() as session:
        rows = returning.returned_to(session, web.store(), flask.g.evaluation.id, person_id, web.language())
    return flask.render_template("interviews/own_returned.html", evaluation=evaluation, returned=rows)


def wish_of_request() -> Wish:
    """Read a move from the form of an interview's page."""
    form = flask.request.form
    comments = tuple(
        Comment(name.removeprefix(COMMENT), words)
        for name, words in form.items(multi=True)
        if name.startswith(COMMENT) and words.strip()
    )
    return Wish(form.get("action", ""), form.get("state", ""), form.get("reason", ""), form.get("words", ""), comments)


def _said(state: str) -> str:
    words = {
        "returned": _(
            "已退回。调查员在“我的调查任务”里能看到这份访谈和您的意见。ODK Collect 不会自动提示，请告诉调查员。"
        ),
        "approved": _("已通过。"),
        "rejected": _("已判废。这份访谈不再计入任何结果，判废原因会随数据公开。"),
    }
    return str(words.get(state, _("已重新打开。")))


@blueprint.post("/evaluations/<evaluation>/interviews/approvals")
@page("supervisor", "lead")
def approve(evaluation: str) -> ResponseReturnValue:
    """Approve the interviews that were ticked, or all that the list shows; say what was left and why."""
    require_confirmation()
    filters = filters_of(flask.request.form)
    done = _approved(with_errors=flask.request.form.get("with_errors") == "1")
    return flask.render_template(
        "interviews/approved.html",
        evaluation=evaluation,
        done=done,
        chosen=as_query(filters),
        most=reviewing.MOST_AT_ONCE,
        why=lambda left: sentence(left.why.code, left.why.details, web.language()),
    )


def _approved(*, with_errors: bool) -> BulkOutcome:
    """Read which interviews are meant; a ticked one carries the state in which the page showed it."""
    form, actor, evaluation_id = flask.request.form, web.current_actor(), flask.g.evaluation.id
    if form.get("all") == "1":
        before = _moment(form.get("seen_at", ""))
        filters = filters_of(form)
        return approve_filtered(web.database(), actor, evaluation_id, filters, before=before, with_errors=with_errors)
    ticked = [each.partition(":") for each in form.getlist("ticked")]
    if not ticked:
        raise InvalidError("interview.bulk_nothing_chosen")
    seen = {identifier: state for identifier, _colon, state in ticked}
    return approve_chosen(web.database(), actor, evaluation_id, seen, with_errors=with_errors)


def _moment(text: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
