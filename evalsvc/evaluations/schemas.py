"""What goes in and out of the API of evaluations."""

from marshmallow import Schema, fields, validate

from evalsvc.evaluations.models import CODE, LONGEST_TEXT

_text = validate.Length(min=1, max=LONGEST_TEXT)


class EvaluationSchema(Schema):
    """One evaluation."""

    code = fields.String(required=True, validate=validate.Regexp(CODE), metadata={"example": "fujian-demo"})
    name = fields.String(required=True, validate=_text, metadata={"example": "四县退出评估"})
    client = fields.String(required=True, validate=_text)
    institute = fields.String(required=True, validate=_text)
    pack = fields.String(
        required=True, metadata={"description": "规则包 / rule pack", "example": "shifan-jiading-2026-1"}
    )
    simulated = fields.Boolean(load_default=False, metadata={"description": "模拟数据 / simulated data"})
    created_at = fields.AwareDateTime(dump_only=True)
