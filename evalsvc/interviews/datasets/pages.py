"""The page of datasets: ask for one, see how far it is, take it."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import jobs, web
from evalsvc.access import page
from evalsvc.interviews.datasets import operations, queries
from evalsvc.interviews.datasets.values import READERS, SCOPES, SEE_PERSONAL, STANDING, DatasetWish
from evalsvc.interviews.feed.address import feed_address
from evalsvc.sending import send_made
from evalsvc.words import LANGUAGES, sentence
from forms.dataset.formats import FORMATS

blueprint = flask.Blueprint("datasets", __name__, template_folder="templates")


@blueprint.get("/evaluations/<evaluation>/datasets")
@page(*READERS)
def datasets(evaluation: str) -> ResponseReturnValue:
    """Show the forms, and the datasets that were asked for last."""
    with web.database().reading() as session:
        forms = queries.forms_of(session, flask.g.evaluation.id)
        listed = queries.datasets_of(session, flask.g.evaluation.id)
    return flask.render_template(
        "datasets/datasets.html",
        evaluation=evaluation,
        forms=forms,
        listed=listed,
        formats=list(FORMATS),
        working=any(each.state in (jobs.WAITING, jobs.RUNNING) for each in listed),
        sees_personal=web.current_actor().has(*SEE_PERSONAL),
        feed_address=lambda form_id: feed_address(evaluation, form_id),
        failure=lambda each: sentence(each.failure_code, each.failure_details, web.language()),
    )


@blueprint.post("/evaluations/<evaluation>/datasets")
@page(*READERS)
def ask(evaluation: str) -> ResponseReturnValue:
    """Wish for a dataset to be made in the background."""
    with web.database().transaction() as session:
        operations.request(session, web.current_actor(), flask.g.evaluation.id, wish_of_form())
    flask.flash(_("已安排制作数据集，完成后可以下载。"), "good")
    return web.see_other("datasets.datasets", evaluation=evaluation)


def wish_of_form() -> DatasetWish:
    """Read what was chosen; what is not among the choices is the first of them."""
    given = flask.request.form
    chosen = {
        name: given.get(name, "") if given.get(name, "") in known else first
        for name, known, first in (
            ("format", FORMATS, "csv"),
            ("scope", SCOPES, STANDING),
            ("language", LANGUAGES, LANGUAGES[0]),
        )
    }
    full = given.get("full") == "1"
    media = full and given.get("media") == "1"
    return DatasetWish(given.get("form_id", ""), full=full, media=media, reason=given.get("reason", "")[:500], **chosen)


@blueprint.get("/evaluations/<evaluation>/datasets/<identifier>/file")
@page(*READERS)
def file(evaluation: str, identifier: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send the file of a dataset; who takes it is written down."""
    actor, store = web.current_actor(), web.store()
    with web.database().transaction() as session:
        path, name = operations.take(session, store, actor, flask.g.evaluation.id, identifier)
    return send_made(path, name, "application/zip")


@blueprint.post("/evaluations/<evaluation>/datasets/<identifier>/remove")
@page(*READERS)
def remove(evaluation: str, identifier: str) -> ResponseReturnValue:
    """Give a dataset up."""
    with web.database().transaction() as session:
        operations.remove(session, web.current_actor(), flask.g.evaluation.id, identifier)
    return web.see_other("datasets.datasets", evaluation=evaluation)
