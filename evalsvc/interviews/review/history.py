"""Reads of an interview's history: its versions, and what reviewers said of them."""

from collections import defaultdict

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc.instruments.models import Instrument
from evalsvc.instruments.questions import ANOTHER, REFERENCE, title_of
from evalsvc.interviews.models import Interview, Review, ReviewComment
from evalsvc.interviews.presentation import Reader, last_row, plain_path
from evalsvc.interviews.values import CommentLine, History, ReviewLine, VersionLine
from evalsvc.people.models import Person
from forms.definition import FormDefinition
from forms.structure import Node


def history_of(session: Session, root_id: str, definition: FormDefinition, reader: Reader) -> History:
    """Return all versions of an interview and all that was said of them; questions are called as in one form version.

    Comments at questions about personal data are hidden from those who may not see these.
    """
    versions = versions_of(session, root_id)
    numbers = {each.id: each.number for each in versions}
    rows = session.execute(
        select(Review, Person.name)
        .join(Person, Person.id == Review.person_id)
        .where(Review.interview_id.in_(numbers))
        .order_by(Review.at, Review.id)
    ).all()
    comments: dict[str, list[ReviewComment]] = defaultdict(list)
    wanted = select(ReviewComment).where(ReviewComment.review_id.in_([row.id for row, _ in rows]))
    for comment in session.scalars(wanted.order_by(ReviewComment.path)):
        comments[comment.review_id].append(comment)
    reviews = (
        ReviewLine(
            id=row.id,
            version=numbers[row.interview_id],
            at=row.at,
            person=person,
            action=row.action,
            state_before=row.state_before,
            state_after=row.state_after,
            reason=row.reason,
            words=row.words,
            comments=tuple(_comment(each, row, person, definition, reader) for each in comments[row.id]),
        )
        for row, person in rows
    )
    return History(tuple(versions), tuple(reviews))


def versions_of(session: Session, root_id: str) -> list[VersionLine]:
    """List the versions of an interview, the first one first."""
    rows = session.execute(
        select(Interview, Instrument.version, Person.name)
        .join(Instrument, Instrument.id == Interview.instrument_id)
        .join(Person, Person.id == Interview.enumerator_id)
        .where(Interview.root_id == root_id)
        .order_by(Interview.received_at, Interview.id)
    )
    return [
        VersionLine(
            number=number,
            id=row.id,
            instance_id=row.instance_id,
            form_version=version,
            enumerator_id=row.enumerator_id,
            enumerator=person,
            received_at=row.received_at,
            state=row.state,
            superseded_at=row.superseded_at,
        )
        for number, (row, version, person) in enumerate(rows, start=1)
    ]


def _comment(
    row: ReviewComment, review: Review, person: str, definition: FormDefinition, reader: Reader
) -> CommentLine:
    node = definition.by_path.get(plain_path(row.path))
    hidden = not reader.sees_personal and (node is None or node.personal is not None)
    question = row.path if node is None else _question(node, row.path, reader)
    return CommentLine(row.path, question, "" if hidden else row.words, hidden, person, review.at)


def _question(node: Node, place: str, reader: Reader) -> str:
    """Return what a question is called, with the number of its row where it stands in a repeat."""
    title = REFERENCE.sub(ANOTHER, title_of(node, reader.language))
    return f"{title} {last_row(place)}".rstrip()
