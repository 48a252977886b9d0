"""What goes out of the API of unsent interviews."""

from marshmallow import Schema, fields, validate

from evalsvc.interviews.unsent.importing import HERE, NEW, REFUSED


class ImportedSchema(Schema):
    """What became of one interview of a file."""

    instance_id = fields.String()
    form_id = fields.String()
    version = fields.String()
    outcome = fields.String(validate=validate.OneOf([NEW, HERE, REFUSED]))
    code = fields.String()
    message = fields.String()


class ImportSchema(Schema):
    """What became of a file."""

    new = fields.Integer()
    here = fields.Integer(metadata={"description": "had come already"})
    refused = fields.Integer()
    interviews = fields.List(fields.Nested(ImportedSchema))
