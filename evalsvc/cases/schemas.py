"""What goes in and out of the API of cases."""

from marshmallow import Schema, fields, validate

from evalsvc.cases.values import KINDS, STATES, VERDICTS


class ListWish(Schema):
    """What the list is to show."""

    state = fields.String(load_default="", validate=validate.OneOf(["", *STATES]))
    kind = fields.String(load_default="", validate=validate.OneOf(["", *KINDS]))
    county = fields.String(load_default="")
    waiting_for_reader = fields.Boolean(load_default=False)
    page = fields.Integer(load_default=1, validate=validate.Range(min=1))


class CaseSchema(Schema):
    """One case."""

    id = fields.String()
    interview_id = fields.String()
    instance_id = fields.String()
    unit_id = fields.String()
    county = fields.String()
    village = fields.String()
    kind = fields.String()
    persons = fields.Integer()
    standard = fields.String()
    state = fields.String()
    made_at = fields.AwareDateTime()
    corrected_at = fields.AwareDateTime(allow_none=True)
    withdrawn_at = fields.AwareDateTime(allow_none=True)
    judgements = fields.Integer()
    judged_by_reader = fields.Boolean()


class CasePageSchema(Schema):
    """One page of the list."""

    lines = fields.List(fields.Nested(CaseSchema))
    total = fields.Integer()
    page = fields.Integer()
    pages = fields.Integer()


class CollectedSchema(Schema):
    """How many cases were made."""

    made = fields.Integer()


class JudgementWish(Schema):
    """One expert's judgement."""

    verdict = fields.String(required=True, validate=validate.OneOf(VERDICTS))
    reason = fields.String(required=True)


class StateSchema(Schema):
    """The state that a case has after a judgement."""

    state = fields.String()
