"""What goes in and out of the API of datasets."""

from marshmallow import Schema, fields, validate

from evalsvc.interviews.datasets.values import SCOPES, STANDING
from evalsvc.words import LANGUAGES
from forms.dataset.formats import FORMATS


class DatasetWishSchema(Schema):
    """What is asked for."""

    form_id = fields.String(required=True)
    format = fields.String(load_default="csv", validate=validate.OneOf(sorted(FORMATS)))
    full = fields.Boolean(load_default=False, metadata={"description": "With personal data; wants a reason."})
    media = fields.Boolean(load_default=False, metadata={"description": "With photos and other files; full ones only."})
    scope = fields.String(load_default=STANDING, validate=validate.OneOf(SCOPES))
    language = fields.String(load_default="zh", validate=validate.OneOf(LANGUAGES))
    reason = fields.String(load_default="", validate=validate.Length(max=500))


class DatasetSchema(Schema):
    """One dataset."""

    id = fields.String()
    form_id = fields.String()
    format = fields.String()
    full = fields.Boolean()
    media = fields.Boolean()
    scope = fields.String()
    language = fields.String()
    reason = fields.String()
    wished_by = fields.String()
    wished_at = fields.AwareDateTime()
    made_at = fields.AwareDateTime(allow_none=True)
    size = fields.Integer(allow_none=True)
    interviews = fields.Integer(allow_none=True)
    expires_at = fields.AwareDateTime(allow_none=True)
    removed_at = fields.AwareDateTime(allow_none=True)
    state = fields.String(metadata={"description": "waiting, running, failed, ready or removed"})
    done = fields.Integer(metadata={"description": "Interviews written so far."})
    all = fields.Integer(allow_none=True)
    failure_code = fields.String()


class MadeDatasetSchema(Schema):
    """The identifier of a dataset that was asked for."""

    id = fields.String()
