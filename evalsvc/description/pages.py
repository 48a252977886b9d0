"""Two public addresses: the OpenAPI document, and the page that shows it. They hold no data."""

from typing import cast

import flask
from flask.typing import ResponseReturnValue
from flask_smorest import Api

from evalsvc.access import public
from evalsvc.description.document import operations

blueprint = flask.Blueprint("description", __name__, template_folder="templates")


@blueprint.get("/api/v1/openapi.json")
@public
def document() -> ResponseReturnValue:
    """Return the OpenAPI document."""
    return flask.jsonify(_api().spec.to_dict())


@blueprint.get("/api")
@public
def page() -> ResponseReturnValue:
    """Show every address of the API."""
    listed = operations(_api().spec.to_dict())
    groups = [(tag, [each for each in listed if each.tag == tag]) for tag in dict.fromkeys(each.tag for each in listed)]
    return flask.render_template("description/page.html", groups=groups)


def _api() -> Api:
    return cast("Api", flask.current_app.extensions["flask-smorest"]["apis"][""]["ext_obj"])
