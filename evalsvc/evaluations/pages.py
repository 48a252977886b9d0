"""Pages of evaluations: the list that everybody sees first. The page of one evaluation lives in overview."""

import flask
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from evalsvc import web
from evalsvc.access import page
from evalsvc.evaluations import operations, queries
from evalsvc.evaluations.packs import pack_names
from evalsvc.evaluations.rule_pack import short_title_of
from evalsvc.people import queries as people
from evalsvc.people.actor import DESIGNER, LEAD

blueprint = flask.Blueprint("evaluations", __name__, template_folder="templates")


@blueprint.get("/")
@page()
def index() -> ResponseReturnValue:
    """Show the evaluations that the reader takes part in."""
    actor = web.current_actor()
    with web.database().reading() as session:
        among = None if actor.roles else people.evaluations_of(session, str(actor.person_id))
        rows = queries.evaluations(session, among)
    may_create = actor.has(DESIGNER, LEAD)
    packs = {name: short_title_of(name) for name in pack_names()}
    return flask.render_template("evaluations/index.html", evaluations=rows, may_create=may_create, packs=packs)


@blueprint.post("/evaluations")
@page(DESIGNER, LEAD)
def create() -> ResponseReturnValue:
    """Open an evaluation; the role has to hold everywhere."""
    given = {name: flask.request.form.get(name, "").strip() for name in ("code", "name", "client", "institute", "pack")}
    simulated = flask.request.form.get("simulated") == "1"
    with web.database().transaction() as session:
        operations.create_evaluation(session, web.current_actor(), **given, simulated=simulated)
    flask.flash(_("评估项目已建立。下一步：导入抽样框，并请管理员给参加的人授予角色。"), "good")
    return web.see_other("overview.evaluation", evaluation=given["code"])
