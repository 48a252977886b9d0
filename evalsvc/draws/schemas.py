"""What goes in and out of the API of draws."""

from marshmallow import Schema, fields


class DrawSchema(Schema):
    """One draw without its secret."""

    number = fields.Integer()
    purpose = fields.String()
    state = fields.String()
    frame_id = fields.String()
    commitment = fields.String()
    committed_at = fields.AwareDateTime()
    time_stamped_at = fields.AwareDateTime(allow_none=True)
    time_stamped_by = fields.String(allow_none=True)
    public_value = fields.String(allow_none=True)
    manifest_sha256 = fields.String(allow_none=True)
    drawn_at = fields.AwareDateTime(allow_none=True)
    release_at = fields.AwareDateTime(allow_none=True)
    published_at = fields.AwareDateTime(allow_none=True)


class CommitmentWish(Schema):
    """What is to be committed."""

    frame_id = fields.String(required=True)
    purpose = fields.String(load_default="")
    design = fields.String(required=True, metadata={"description": "design.yaml as text"})
    release_at = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        metadata={"description": "when those who visit the households may see them; null: as soon as it is drawn"},
    )
    without_time_stamp = fields.Boolean(
        load_default=False,
        metadata={"description": "commit although the time-stamping authority of the settings gives no stamp"},
    )


class ReleaseWish(Schema):
    """When those who visit the households may see them; null: as soon as the draw is carried out."""

    release_at = fields.AwareDateTime(required=True, allow_none=True)


class EarlyOpeningWish(Schema):
    """Why somebody has to see the units before the release time."""

    reason = fields.String(required=True)


class RunWish(Schema):
    """The revealed public value; null where the design names none."""

    public_value = fields.String(load_default=None, allow_none=True)
