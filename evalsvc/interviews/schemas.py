"""What goes in and out of the API of interviews."""

from marshmallow import Schema, fields, validate

from evalsvc.instruments.contract import DISPOSITIONS
from evalsvc.interviews.review.moves import ACTIONS, REASONS
from evalsvc.interviews.values import COMPLAINT_KINDS, STATES, WAITING


class FilterSchema(Schema):
    """Which interviews a list shows; what is left out filters nothing."""

    county = fields.String(load_default="")
    village = fields.String(load_default="")
    enumerator = fields.String(load_default="", metadata={"description": "identifier of the person"})
    disposition = fields.String(load_default="", validate=validate.OneOf(["", *DISPOSITIONS]))
    state = fields.String(load_default="", validate=validate.OneOf(["", WAITING, *STATES]))
    form = fields.String(load_default="", metadata={"description": "form id"})
    complaint = fields.String(load_default="", validate=validate.OneOf(["", *COMPLAINT_KINDS]))
    since = fields.Date(load_default=None, metadata={"description": "first day of receipt, in China"})
    until = fields.Date(load_default=None, metadata={"description": "last day of receipt, in China"})
    superseded = fields.Boolean(load_default=False, metadata={"description": "also versions that were corrected"})


class ListWish(FilterSchema):
    """What the list is to show."""

    page = fields.Integer(load_default=1, validate=validate.Range(min=1))


class LineSchema(Schema):
    """One interview of the list."""

    id = fields.String()
    instance_id = fields.String()
    about = fields.String()
    unit_id = fields.String()
    county = fields.String()
    village = fields.String()
    form_id = fields.String()
    form = fields.String()
    disposition = fields.String()
    state = fields.String()
    complaints = fields.Integer()
    has_errors = fields.Boolean()
    is_correction = fields.Boolean()
    superseded = fields.Boolean()
    enumerator = fields.String()
    received_at = fields.AwareDateTime()


class PageSchema(Schema):
    """One page of the list."""

    lines = fields.List(fields.Nested(LineSchema))
    total = fields.Integer()
    page = fields.Integer()
    pages = fields.Integer()


class CommentSchema(Schema):
    """What a reviewer said at a question; without words where it is about personal data that the reader may not see."""

    path = fields.String()
    question = fields.String()
    words = fields.String()
    hidden = fields.Boolean()


class ReviewSchema(Schema):
    """One step of the review."""

    id = fields.String()
    version = fields.Integer()
    at = fields.AwareDateTime()
    person = fields.String()
    action = fields.String()
    state_before = fields.String()
    state_after = fields.String()
    reason = fields.String()
    words = fields.String()
    comments = fields.List(fields.Nested(CommentSchema))


class VersionSchema(Schema):
    """One version of an interview; the first one has number 1."""

    number = fields.Integer()
    id = fields.String()
    instance_id = fields.String()
    form_version = fields.String()
    enumerator = fields.String()
    received_at = fields.AwareDateTime()
    state = fields.String()
    superseded_at = fields.AwareDateTime(allow_none=True)


class InterviewSchema(Schema):
    """One interview, with all its versions and all that was said of them."""

    id = fields.String()
    instance_id = fields.String()
    about = fields.String()
    unit_id = fields.String()
    parent = fields.String()
    county = fields.String()
    stratum = fields.String()
    form_id = fields.String()
    version = fields.String()
    sha256 = fields.String()
    received_at = fields.AwareDateTime()
    disposition = fields.String()
    state = fields.String()
    answers = fields.Dict(keys=fields.String(), values=fields.String())
    complaints = fields.List(fields.Dict())
    root_instance_id = fields.String()
    replaces_instance_id = fields.String()
    rejected_for = fields.String()
    superseded = fields.Boolean()
    versions = fields.List(fields.Nested(VersionSchema))
    reviews = fields.List(fields.Nested(ReviewSchema))


class DifferenceWish(Schema):
    """With which version one is compared; without it with the one before."""

    other = fields.String(load_default=None, data_key="with")


class AnswerChangeSchema(Schema):
    """What changed at one question, a row that came or went, or what was commented on and did not change."""

    kind = fields.String()
    path = fields.String()
    label = fields.String()
    row = fields.Integer(allow_none=True)
    with_row = fields.Boolean(metadata={"description": "the answer came or went with its row"})
    old = fields.String()
    new = fields.String()
    hidden = fields.Boolean()
    around = fields.List(fields.String(), metadata={"description": "groups and rows around it, the outermost first"})
    comments = fields.List(fields.Nested(CommentSchema))
    complaints = fields.List(fields.Dict(), metadata={"description": "of the newer version"})


class FileChangeSchema(Schema):
    """A file that came, went or is another one under the same name."""

    name = fields.String()
    old_sha256 = fields.String()
    new_sha256 = fields.String()


class DifferenceSchema(Schema):
    """What changed between two versions, the earlier one first."""

    older = fields.Nested(VersionSchema)
    newer = fields.Nested(VersionSchema)
    changes = fields.List(fields.Nested(AnswerChangeSchema))
    files = fields.List(fields.Nested(FileChangeSchema))


class CommentWish(Schema):
    """A comment at a question."""

    path = fields.String(required=True, metadata={"description": "rows of repeats counted from 1: /data/member[2]/age"})
    words = fields.String(required=True)


class ReviewWish(Schema):
    """One move: the state that was seen is sent along, and 409 answers when it is another by now."""

    action = fields.String(required=True, validate=validate.OneOf(ACTIONS))
    state = fields.String(required=True, validate=validate.OneOf(STATES))
    reason = fields.String(load_default="", validate=validate.OneOf(["", *REASONS]))
    words = fields.String(load_default="")
    comments = fields.List(fields.Nested(CommentWish), load_default=list)


class ReviewedSchema(Schema):
    """The state that an interview has after a move."""

    state = fields.String()


class SeenSchema(Schema):
    """An interview with the state that was seen."""

    id = fields.String(required=True)
    state = fields.String(required=True, validate=validate.OneOf(STATES))


class BulkWish(Schema):
    """Which interviews are approved together: those named, or those of a list, of which the oldest come first."""

    action = fields.String(required=True, validate=validate.Equal("approve"))
    interviews = fields.List(fields.Nested(SeenSchema), load_default=None)
    filters = fields.Nested(FilterSchema, load_default=None)
    before = fields.AwareDateTime(
        load_default=None, metadata={"description": "only what had been received by then; with filters"}
    )
    with_errors = fields.Boolean(load_default=False, metadata={"description": "also where the checks found errors"})


class LeftSchema(Schema):
    """An interview that was left as it was, and why."""

    id = fields.String()
    unit_id = fields.String()
    code = fields.String()
    message = fields.String()


class BulkSchema(Schema):
    """What was approved and what was left."""

    approved = fields.List(fields.String())
    left = fields.List(fields.Nested(LeftSchema))
