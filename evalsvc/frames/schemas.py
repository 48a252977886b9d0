"""What goes in and out of the API of frames."""

from marshmallow import Schema, fields


class LevelSchema(Schema):
    """One level of a frame."""

    name = fields.String()
    id_column = fields.String()
    columns = fields.List(fields.String())
    units = fields.Integer()
    totals = fields.Dict(keys=fields.String(), values=fields.String())


class FrameSchema(Schema):
    """One frame."""

    id = fields.String()
    frame_sha256 = fields.String()
    file_sha256 = fields.String()
    source_name = fields.String()
    source_sha256 = fields.String()
    levels = fields.List(fields.Nested(LevelSchema))
    encoding = fields.String(allow_none=True)
    unused_columns = fields.List(fields.String())
    imported_at = fields.AwareDateTime()
