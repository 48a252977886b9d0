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
    sources = fields.List(fields.Dict(keys=fields.String(), values=fields.String()))
    notes = fields.Dict(metadata={"description": "Which columns hold administrative codes, or keyed hashes."})
    profile = fields.List(
        fields.Dict(), metadata={"description": "By level: missing values, spread of numbers and sizes, largest units."}
    )
    imported_at = fields.AwareDateTime()


class DesignTextSchema(Schema):
    """A design that is only looked at."""

    design = fields.String(required=True)


class CertaintySchema(Schema):
    """How many units of one stage a design is sure to take, given the units above them."""

    stage = fields.String()
    method = fields.String()
    units = fields.Integer()
    certainties = fields.Integer()
    expected = fields.Float()
