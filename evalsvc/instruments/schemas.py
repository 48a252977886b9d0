"""What goes in and out of the API of instruments."""

from marshmallow import Schema, fields


class InstrumentSchema(Schema):
    """One published version."""

    id = fields.String()
    form_id = fields.String()
    version = fields.String()
    title = fields.String()
    xform_sha256 = fields.String()
    md5 = fields.String()
    about = fields.String()
    outcomes = fields.String()
    source_name = fields.String()
    source_sha256 = fields.String()
    published_at = fields.AwareDateTime()


class ChangeSchema(Schema):
    """One thing that is otherwise than in the version before; `breaks` says that columns cannot be compared."""

    kind = fields.String()
    path = fields.String()
    name = fields.String()
    before = fields.String()
    after = fields.String()
    breaks = fields.Boolean()
