"""The API of datasets: ask for one, see how far it is, take the file, give it up."""

from typing import Any

import flask
from flask.views import MethodView
from flask_smorest import Blueprint

from evalsvc import web
from evalsvc.access import api
from evalsvc.interviews.datasets import operations, queries
from evalsvc.interviews.datasets.schemas import DatasetSchema, DatasetWishSchema, MadeDatasetSchema
from evalsvc.interviews.datasets.values import READERS, DatasetWish
from evalsvc.sending import send_made

blueprint = Blueprint(
    "datasets_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/datasets",
    description="Tables of answers with their codebook, de-identified unless asked otherwise.",
)


@blueprint.route("")
class DatasetsView(MethodView):
    """The datasets of an evaluation."""

    @api(*READERS)
    @blueprint.response(200, DatasetSchema(many=True))
    def get(self, evaluation: str) -> Any:
        """List the datasets that were asked for last, newest first."""
        with web.database().reading() as session:
            return queries.datasets_of(session, flask.g.evaluation.id)

    @api(*READERS)
    @blueprint.arguments(DatasetWishSchema)
    @blueprint.response(202, MadeDatasetSchema)
    def post(self, wish: dict[str, Any], evaluation: str) -> Any:
        """Ask for a dataset; it is made in the background."""
        with web.database().transaction() as session:
            made = operations.request(session, web.current_actor(), flask.g.evaluation.id, DatasetWish(**wish))
        return {"id": made}


@blueprint.route("/<identifier>")
class DatasetView(MethodView):
    """One dataset."""

    @api(*READERS)
    @blueprint.response(200, DatasetSchema)
    def get(self, evaluation: str, identifier: str) -> Any:
        """Show how far it is."""
        with web.database().reading() as session:
            return queries.dataset_by_id(session, flask.g.evaluation.id, identifier)

    @api(*READERS)
    @blueprint.response(204)
    def delete(self, evaluation: str, identifier: str) -> None:
        """Give it up: the file is removed, or not made."""
        with web.database().transaction() as session:
            operations.remove(session, web.current_actor(), flask.g.evaluation.id, identifier)


@blueprint.route("/<identifier>/file")
class DatasetFileView(MethodView):
    """The file of a dataset."""

    @api(*READERS)
    @blueprint.response(200, content_type="application/zip")
    def get(self, evaluation: str, identifier: str) -> Any:
        """Send the ZIP; who takes it is written down."""
        actor, store = web.current_actor(), web.store()
        with web.database().transaction() as session:
            path, name = operations.take(session, store, actor, flask.g.evaluation.id, identifier)
        return send_made(path, name, "application/zip")
