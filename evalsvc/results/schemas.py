"""What goes in and out of the API of results."""

from marshmallow import Schema, fields


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


class WishedSchema(Schema):
    """The job that was wished for."""

    job = fields.String()
