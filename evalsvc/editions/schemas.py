"""What goes in and out of the API of issued reports."""

from marshmallow import Schema, fields


class EditionSchema(Schema):
    """One issued report."""

    number = fields.Integer()
    kind = fields.String()
    result_set_id = fields.String()
    pdf_sha256 = fields.String()
    bundle_sha256 = fields.String()
    issued_at = fields.AwareDateTime()
    signer = fields.String()


class EditionWish(Schema):
    """Which results a report is made of."""

    result = fields.String(required=True)


class EditionJobSchema(Schema):
    """The job that was wished for."""

    job = fields.String()
