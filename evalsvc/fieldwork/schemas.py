"""What goes in and out of the API of fieldwork."""

from marshmallow import Schema, fields, validate

from evalsvc.incoming import LARGEST_NUMBER


class ReserveWish(Schema):
    """Why a reserve is to be opened, and beside which household."""

    unit_id = fields.String(required=True)
    reason = fields.String(required=True)


class ReserveOpened(Schema):
    """The household that was opened."""

    unit_id = fields.String()
    replaces = fields.String()
    reason = fields.String()
    order = fields.Integer()
    unannounced = fields.Boolean(allow_none=True)


class EnumeratorWish(Schema):
    """Which villages an enumerator gets; null takes them back."""

    villages = fields.List(fields.String(), required=True)
    enumerator_id = fields.String(required=True, allow_none=True)


class TeamWish(Schema):
    """Which villages a team gets; an empty name takes them back."""

    villages = fields.List(fields.String(), required=True)
    team = fields.String(required=True)


class TeamGiven(Schema):
    """How many villages the team was given."""

    villages = fields.Integer()


class EnumeratorGiven(Schema):
    """How many open households the villages have."""

    households = fields.Integer()


class AssignmentWish(Schema):
    """Which draw is visited with which instrument, and which household classes with another one."""

    draw = fields.Integer(required=True, validate=validate.Range(min=0, max=LARGEST_NUMBER))
    instrument_id = fields.String(required=True)
    by_class = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        load_default=dict,
        metadata={"description": "household class: instrument"},
    )


class EndWish(Schema):
    """Why nobody goes to the households without an outcome any more; needed only while there are any."""

    reason = fields.String(load_default="")


class AssignmentsMade(Schema):
    """How many assignments there are now."""

    assignments = fields.Integer()
