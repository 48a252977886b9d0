"""What goes in and out of the API of interviews."""

from marshmallow import Schema, fields, validate

from evalsvc.instruments.contract import DISPOSITIONS
from evalsvc.interviews.values import STATES


class ListWish(Schema):
    """What the list is to show."""

    county = fields.String(load_default="")
    village = fields.String(load_default="")
    disposition = fields.String(load_default="", validate=validate.OneOf(["", *DISPOSITIONS]))
    state = fields.String(load_default="", validate=validate.OneOf(["", *STATES]))
    page = fields.Integer(load_default=1, validate=validate.Range(min=1))


class LineSchema(Schema):
    """One interview of the list."""

    id = fields.String()
    instance_id = fields.String()
    unit_id = fields.String()
    county = fields.String()
    village = fields.String()
    disposition = fields.String()
    state = fields.String()
    complaints = fields.Integer()
    enumerator = fields.String()
    received_at = fields.AwareDateTime()


class PageSchema(Schema):
    """One page of the list."""

    lines = fields.List(fields.Nested(LineSchema))
    total = fields.Integer()
    page = fields.Integer()
    pages = fields.Integer()


class InterviewSchema(Schema):
    """One interview."""

    id = fields.String()
    instance_id = fields.String()
    unit_id = fields.String()
    parent = fields.String()
    county = fields.String()
    stratum = fields.String()
    form_id = fields.String()
    version = fields.String()
    sha256 = fields.String()
    received_at = fields.AwareDateTime()
    disposition = fields.String()
    state = fields.String()
    answers = fields.Dict(keys=fields.String(), values=fields.String())
    complaints = fields.List(fields.Dict())
