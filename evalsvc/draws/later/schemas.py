"""What goes in and out of the API of lists made later."""

from marshmallow import Schema, fields


class ListStateSchema(Schema):
    """How far one drawn unit is whose list is made later."""

    parent = fields.String(metadata={"description": "id of the drawn unit"})
    name = fields.String()
    top = fields.String(metadata={"description": "name of the unit of the outermost level that it lies in"})
    state = fields.String(metadata={"description": "`waiting` for its list, `bound`, or `drawn` from"})
    units = fields.Integer(allow_none=True, metadata={"description": "how many the list holds"})
    sha256 = fields.String(allow_none=True, metadata={"description": "the entry in manifest and public log"})
    source_name = fields.String(allow_none=True)
    source_sha256 = fields.String(
        allow_none=True,
        metadata={"description": "SHA-256 of the file as sent: a tool that lost the answer sees that its list arrived"},
    )
    bound_at = fields.AwareDateTime(allow_none=True)
    taken = fields.Integer(metadata={"description": "drawn from the list, without reserves"})
    reserves = fields.Integer()


class ContinuationWish(Schema):
    """From which bound lists to draw; null: from all that wait."""

    parents = fields.List(fields.String(), load_default=None, allow_none=True)
