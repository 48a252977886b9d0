"""Pages of a whole evaluation: its stages, and its results."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import files, incoming, web
from evalsvc.access import page
from evalsvc.evaluations.rule_pack import short_title_of
from evalsvc.overview import queries
from evalsvc.overview.presentation import results_view
from evalsvc.people.actor import ENUMERATOR
from evalsvc.results import operations
from evalsvc.results.queries import result_by_id
from reports.chart import interval_chart, narrow_interval_chart

blueprint = flask.Blueprint("overview", __name__, template_folder="templates")
READERS = ("lead", "designer", "supervisor", "auditor", "reviewer")
DOWNLOADS = (files.RESULTS, files.ANSWERS, files.PLAN)
"""Files of a set of results that the page offers; everything else comes with the bundle."""


@blueprint.get("/evaluations/<evaluation>")
@page()
def evaluation(evaluation: str) -> ResponseReturnValue:
    """Show one evaluation with its stages; those who only visit households get their own."""
    roles = web.current_actor().roles
    if roles == {ENUMERATOR}:
        return web.see_other("fieldwork.own_tasks", evaluation=evaluation)
    with web.database().reading() as session:
        shown = queries.overview(session, flask.g.evaluation.id)
    pack_title = short_title_of(flask.g.evaluation.pack)
    return flask.render_template(
        "overview/evaluation.html",
        evaluation=evaluation,
        overview=shown,
        pack_title=pack_title,
        visits=ENUMERATOR in roles,
    )


@blueprint.get("/evaluations/<evaluation>/results")
@page(*READERS)
def results(evaluation: str) -> ResponseReturnValue:
    """Show a set of results: the newest, or the one asked for."""
    wanted = flask.request.args.get("set", "")
    with web.database().reading() as session:
        shown = queries.results_for_page(session, web.store(), flask.g.evaluation.id, wanted)
    facts, opened = shown.facts, shown.has_open_cases
    return flask.render_template(
        "overview/results.html",
        evaluation=evaluation,
        shown=shown,
        view=None if facts is None else results_view(facts, web.language(), has_open_cases=opened),
        downloads=DOWNLOADS,
        charts=lambda block: [draw(block, web.language()) for draw in (interval_chart, narrow_interval_chart)],
        job_failure=web.failure_of,
        may_compute=web.current_actor().has("designer", "lead"),
    )


@blueprint.post("/evaluations/<evaluation>/results")
@page("designer", "lead")
def compute(evaluation: str) -> ResponseReturnValue:
    """Wish for results to be computed in the background."""
    number = flask.request.form.get("draw", type=incoming.number)
    with web.database().transaction() as session:
        operations.request(session, web.current_actor(), flask.g.evaluation.id, number)
    flask.flash(_("已安排计算。"), "good")
    return web.see_other("overview.results", evaluation=evaluation)


@blueprint.get("/evaluations/<evaluation>/results/<identifier>/<any('results.json', 'answers.csv', 'plan.yaml'):name>")
@page("lead", "designer", "auditor", "reviewer")
def download(evaluation: str, identifier: str, name: str) -> ResponseReturnValue:  # noqa: ARG001 (the guard has read it)
    """Send one file of a set of results."""
    with web.database().reading() as session:
        found = result_by_id(session, flask.g.evaluation.id, identifier)
    response = flask.Response(web.store().get(found.inputs[name]), content_type="application/octet-stream")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
