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
