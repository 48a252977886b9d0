"""What goes in and out of the API of results."""

from marshmallow import Schema, fields, validate

from evalsvc.incoming import LARGEST_NUMBER


class ResultSetSchema(Schema):
    """One computed set of results."""

    id = fields.String()
    draw_id = fields.String()
    plan_sha256 = fields.String()
    answers_sha256 = fields.String()
    results_sha256 = fields.String()
    inputs = fields.Dict(keys=fields.String(), values=fields.String())
    code_version = fields.String()
    computed_at = fields.AwareDateTime()


class ResultRowsSchema(Schema):
    """The rows of a set, as results.json holds them."""

    version = fields.Integer()
    estimates = fields.List(fields.Dict())


class ResultWish(Schema):
    """Of which draw results are wished; needed only where households of several were visited."""

    draw = fields.Integer(load_default=None, allow_none=True, validate=validate.Range(min=0, max=LARGEST_NUMBER))


class WishedSchema(Schema):
    """The job that was wished for."""

    job = fields.String()
