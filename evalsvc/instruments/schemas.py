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


class FileSchema(Schema):
    """A file beside a form."""

    name = fields.String()
    sha256 = fields.String()
    size = fields.Integer()
    content_type = fields.String()


class DraftSchema(Schema):
    """A form that is being written."""

    id = fields.String()
    form_id = fields.String()
    version = fields.String()
    title = fields.String()
    xform_sha256 = fields.String()
    source_name = fields.String()
    source_sha256 = fields.String()
    files = fields.List(fields.Nested(FileSchema))
    saved_at = fields.AwareDateTime()


class FormComplaintSchema(Schema):
    """One thing that stands against a form, with its place in the workbook."""

    kind = fields.String()
    code = fields.String()
    severity = fields.String(metadata={"description": "error: 发布前要改 / forbids publishing; warning: 提示"})
    path = fields.String()
    sheet = fields.String(allow_none=True)
    row = fields.Integer(allow_none=True)
    column = fields.String(allow_none=True)
    message = fields.String()


class DraftStateSchema(DraftSchema):
    """A draft with everything that stands against it; `missing` names files that it mentions and that are not there."""

    publishable = fields.Boolean()
    complaints = fields.List(fields.Nested(FormComplaintSchema))
    missing = fields.List(fields.String())


class DraftPhoneSchema(Schema):
    """How a phone loads a draft; shown this once."""

    address = fields.String(metadata={"description": "服务器地址 / server address"})
    settings = fields.String(metadata={"description": "ODK Collect 的二维码内容 / text of the code that Collect scans"})


class TrialSchema(Schema):
    """What a phone sent for a trial of a draft; its files are named with their bytes and not kept."""

    instance_id = fields.String()
    received_at = fields.AwareDateTime()
    answers = fields.Dict()
    files = fields.Dict(keys=fields.String(), values=fields.Integer())
    complaints = fields.List(fields.String())
