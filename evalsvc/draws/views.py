"""The API of draws; reserves, secrets and units of the last stage are not given here before publication."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.draws import queries
from evalsvc.draws.making import carry_out, commit_draw
from evalsvc.draws.release import open_early, set_release
from evalsvc.draws.schemas import CommitmentWish, DrawSchema, EarlyOpeningWish, ReleaseWish, RunWish

blueprint = Blueprint(
    "draws_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/draws",
    description="Draws: commit and run; the end of the fieldwork publishes them.",
)


@blueprint.route("")
class DrawsView(MethodView):
    """The draws of an evaluation."""

    @api("designer", "lead", "auditor", "reviewer", "supervisor")
    @blueprint.response(200, DrawSchema(many=True))
    def get(self, evaluation: str) -> Any:
        """List the draws by number."""
        with web.database().reading() as session:
            return queries.draws_of(session, flask.g.evaluation.id)

    @api("designer", "lead")
    @blueprint.arguments(CommitmentWish)
    @blueprint.response(201, DrawSchema)
    def post(self, wish: dict[str, Any], evaluation: str) -> Any:
        """Commit a design and a frame; the answer never holds the secret."""
        return commit_draw(
            web.service(),
            web.current_actor(),
            flask.g.evaluation,
            frame_id=wish["frame_id"],
            purpose=wish["purpose"],
            design_text=wish["design"],
            without_time_stamp=wish["without_time_stamp"],
            release_at=wish["release_at"],
        )


@blueprint.route("/<int:number>")
class DrawView(MethodView):
    """One draw."""

    @api("designer", "lead", "auditor", "reviewer", "supervisor")
    @blueprint.response(200, DrawSchema)
    def get(self, evaluation: str, number: int) -> Any:
        """Show one draw."""
        with web.database().reading() as session:
            return queries.draw_by_number(session, flask.g.evaluation.id, number)


@blueprint.route("/<int:number>/release")
class ReleaseView(MethodView):
    """When the teams may see a draw."""

    @api("designer", "lead")
    @blueprint.arguments(ReleaseWish)
    @blueprint.response(200, DrawSchema)
    def put(self, wish: dict[str, Any], evaluation: str, number: int) -> Any:
        """Set the release time; until then supervisors and enumerators see no unit of the draw."""
        with web.database().transaction() as session:
            actor = web.current_actor()
            return queries.record(set_release(session, actor, flask.g.evaluation, number, wish["release_at"]))


@blueprint.route("/<int:number>/early-opening")
class EarlyOpeningView(MethodView):
    """The opening of a draw's units before its release time."""

    @api("designer", "lead")
    @blueprint.arguments(EarlyOpeningWish)
    @blueprint.response(200, DrawSchema)
    def post(self, wish: dict[str, Any], evaluation: str, number: int) -> Any:
        """Open the units to the person whose token it is; the reason is written down."""
        with web.database().transaction() as session:
            return queries.record(open_early(session, web.current_actor(), flask.g.evaluation, number, wish["reason"]))


@blueprint.route("/<int:number>/run")
class RunView(MethodView):
    """The carrying out of a draw."""

    @api("designer", "lead")
    @blueprint.arguments(RunWish)
    @blueprint.response(200, DrawSchema)
    def post(self, wish: dict[str, Any], evaluation: str, number: int) -> Any:
        """Carry a committed draw out, once."""
        return carry_out(
            web.service(),
            web.current_actor(),
            flask.g.evaluation,
            number=number,
            public_value=wish["public_value"],
        )
