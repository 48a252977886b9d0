"""The feed of answers as OData 4.0, which Power BI, Excel and Tableau read; a token of the API is asked for."""

from typing import Any
from urllib.parse import urlencode

import flask
from flask.views import MethodView
from flask_smorest import Blueprint
from sqlalchemy.orm import Session

from evalsvc import audit, web
from evalsvc.access import api
from evalsvc.interviews.datasets.values import READERS
from evalsvc.interviews.feed.address import feed_address, form_of_address
from evalsvc.interviews.feed.odata import metadata_document, read_query
from evalsvc.interviews.feed.pages import PageSeal
from evalsvc.interviews.feed.rows import Feed, FeedPage, open_feed, page_of

blueprint = Blueprint(
    "feed_api",
    __name__,
    url_prefix="/api/v1/evaluations/<evaluation>/odata/<form_id>",
    description="The answers of one form as OData 4.0, always de-identified.",
)
HEADERS = {"OData-Version": "4.0"}
JSON = "application/json;odata.metadata=minimal"


@blueprint.route("")
class ServiceView(MethodView):
    """The tables of one form."""

    @api(*READERS)
    @blueprint.response(200)
    def get(self, evaluation: str, form_id: str) -> Any:
        """List the entity sets: the interviews, and one for each repeat."""
        with web.database().reading() as session:
            feed = opened(session, form_id)
        sets = [{"name": each.name, "kind": "EntitySet", "url": each.name} for each in feed.release.schema.tables]
        return answered({"@odata.context": f"{feed_address(evaluation, feed.form_id)}/$metadata", "value": sets})


@blueprint.route("/$metadata")
class MetadataView(MethodView):
    """The types of the columns."""

    @api(*READERS)
    @blueprint.response(200, content_type="application/xml")
    def get(self, evaluation: str, form_id: str) -> Any:
        """Describe the entity sets (CSDL)."""
        with web.database().reading() as session:
            feed = opened(session, form_id)
        document = metadata_document(feed.release.schema, web.language())
        return flask.Response(document, headers=HEADERS, content_type="application/xml; charset=utf-8")


@blueprint.route("/<table>")
class RowsView(MethodView):
    """The rows of one table."""

    @api(*READERS)
    @blueprint.response(200)
    def get(self, evaluation: str, form_id: str, table: str) -> Any:
        """Give a page of rows: $filter, $select, $top, $skip, $count; `@odata.nextLink` leads to the next."""
        given = flask.request.args.to_dict()
        with web.database().reading() as session:
            feed = opened(session, form_id)
            seal = PageSeal.of(
                web.config().secret_key, flask.g.evaluation.id, feed.form_id, table, web.current_actor().identifier
            )
            query = read_query(feed.release.schema, table, given, seal)
            page = page_of(feed, query, seal)
        if query.after is None:
            write_down(feed.form_id, table)
        return answered(as_odata(page, feed_address(evaluation, feed.form_id), table, given))


def opened(session: Session, form_id: str) -> Feed:
    """Open the feed of the form that the address names."""
    form = form_of_address(form_id)
    return open_feed(session, web.store(), flask.g.evaluation.id, form, web.config().secret_key)


def write_down(form_id: str, table: str) -> None:
    """Write down who reads a table; its further pages belong to the first."""
    with web.database().transaction() as session:
        details = {"form_id": form_id, "table": table}
        audit.record(session, web.current_actor().identifier, "dataset.feed", flask.g.evaluation.id, details)


def as_odata(page: FeedPage, address: str, table: str, given: dict[str, str]) -> dict[str, Any]:
    """Put a page into OData's envelope."""
    body: dict[str, Any] = {"@odata.context": f"{address}/$metadata#{table}"}
    if page.count is not None:
        body["@odata.count"] = page.count
    body["value"] = page.rows
    if page.next_token is not None:
        kept = {name: value for name, value in given.items() if name in ("$filter", "$select")}
        body["@odata.nextLink"] = f"{address}/{table}?{urlencode({**kept, '$skiptoken': page.next_token}, safe='$')}"
    return body


def answered(body: dict[str, Any]) -> flask.Response:
    """Answer with JSON as OData names it."""
    response = flask.jsonify(body)
    response.headers.update(HEADERS)
    response.content_type = JSON
    return response
