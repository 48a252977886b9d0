"""What goes in and out of the API of reports."""

from marshmallow import Schema, fields

from evalsvc.editions.chapters.kinds import GENERAL


class SignatureSchema(Schema):
    """One signature of a report."""

    role = fields.String()
    subject = fields.String()
    signed_at = fields.AwareDateTime()
    pdf_sha256 = fields.String()


class EditionSchema(Schema):
    """One report, from its composition on."""

    number = fields.Integer()
    kind = fields.String()
    language = fields.String()
    scope = fields.String()
    state = fields.String()
    awaits = fields.String(allow_none=True)
    result_set_id = fields.String()
    pdf_sha256 = fields.String()
    layout_sha256 = fields.String()
    bundle_sha256 = fields.String()
    data_sha256 = fields.String()
    wished_at = fields.AwareDateTime()
    composed_at = fields.AwareDateTime(allow_none=True)
    issued_at = fields.AwareDateTime(allow_none=True)
    closed_at = fields.AwareDateTime(allow_none=True)
    reason = fields.String()
    corrects = fields.Integer(allow_none=True)
    level = fields.String()
    signer = fields.String()
    signatures = fields.List(fields.Nested(SignatureSchema))


class EditionWish(Schema):
    """What reports are composed: of which results and kind, who reviews them, and which edition one corrects."""

    result_id = fields.String(load_default=None, allow_none=True, data_key="result")
    reviewer_id = fields.String(required=True, data_key="reviewer")
    kind = fields.String(load_default=GENERAL)
    language = fields.String(load_default="zh")
    scopes = fields.List(fields.String(), load_default=list, data_key="counties")
    answer_by = fields.String(load_default="")
    corrects = fields.Integer(load_default=None, allow_none=True)
    changed = fields.String(load_default="")


class ReasonSchema(Schema):
    """Why a report is given up or revoked, for everybody to read."""

    reason = fields.String(required=True)


class EditionJobSchema(Schema):
    """The job that was wished for."""

    job = fields.String()
