"""Ask for datasets, keep what was made, remove it again."""

from datetime import datetime
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit, jobs
from evalsvc.db import now
from evalsvc.errors import ForbiddenError, InvalidError, NotFoundError
from evalsvc.instruments.dataset_package import plain_file_name
from evalsvc.interviews.datasets.models import Dataset
from evalsvc.interviews.datasets.queries import dataset_by_id, forms_of
from evalsvc.interviews.datasets.values import (
    KEPT_FOR,
    LEAST_REASON,
    READERS,
    SEE_PERSONAL,
    DatasetRecord,
    DatasetWish,
)
from evalsvc.people.actor import Actor
from evalsvc.store import Store

JOB = "dataset.make"


def request(session: Session, actor: Actor, evaluation_id: str, wish: DatasetWish) -> str:
    """Wish for a dataset to be made in the background; return its identifier.

    Raises
    ------
    ForbiddenError
        ``dataset.not_yours``, ``dataset.full_not_yours``
    InvalidError
        ``dataset.reason_missing``, ``dataset.media_personal``
    NotFoundError
        ``instrument.unknown_form``
    """
    require(actor, full=wish.full)
    refuse_wish(wish)
    if all(each.form_id != wish.form_id for each in forms_of(session, evaluation_id)):
        raise NotFoundError("instrument.unknown_form", form_id=wish.form_id)
    given = {**vars(wish), "reason": wish.reason.strip() if wish.full else ""}
    empty = dict.fromkeys(("made_at", "size", "interviews", "expires_at", "removed_at"))
    row = Dataset(evaluation_id=evaluation_id, wished_by=str(actor.person_id), **given, **empty)
    session.add(row)
    session.flush()
    audit.record(session, actor.identifier, "dataset.request", row.id, {**given, "evaluation": evaluation_id})
    jobs.enqueue(session, actor, JOB, row.id)
    return row.id


def refuse_wish(wish: DatasetWish) -> None:
    """Refuse everything without a reason, and files that show persons beside answers that do not.

    Raises
    ------
    InvalidError
        ``dataset.reason_missing``, ``dataset.media_personal``
    """
    if wish.full and len(wish.reason.strip()) < LEAST_REASON:
        raise InvalidError("dataset.reason_missing", least=LEAST_REASON)
    if wish.media and not wish.full:
        raise InvalidError("dataset.media_personal")


def require(actor: Actor, *, full: bool) -> None:
    """Refuse those who may not have a dataset, or not with personal data."""
    if not actor.has(*READERS):
        raise ForbiddenError("dataset.not_yours")
    if full and not actor.has(*SEE_PERSONAL):
        raise ForbiddenError("dataset.full_not_yours")


def folder_of(store: Store) -> Path:
    """Return where finished files lie: beside the store's own, which never go away."""
    folder = store.directory / "datasets"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def file_of(store: Store, identifier: str) -> Path:
    """Return where the file of a dataset lies."""
    return folder_of(store) / f"{identifier}.zip"


def keep(session: Session, identifier: str, *, size: int, interviews: int) -> None:
    """Say that the file is there."""
    row = session.get_one(Dataset, identifier)
    row.made_at, row.size, row.interviews = now(), size, interviews
    row.expires_at = now() + KEPT_FOR


def take(session: Session, store: Store, actor: Actor, evaluation_id: str, identifier: str) -> tuple[Path, str]:
    """Return the file of a dataset and the name that it is sent under; who takes it is written down.

    Raises
    ------
    ForbiddenError
        ``dataset.not_yours``, ``dataset.full_not_yours``
    NotFoundError
        ``dataset.unknown``, ``dataset.not_there``
    """
    record = dataset_by_id(session, evaluation_id, identifier)
    require(actor, full=record.full)
    path = file_of(store, identifier)
    if record.state != "ready" or not path.exists():
        raise NotFoundError("dataset.not_there")
    audit.record(session, actor.identifier, "dataset.download", identifier, {"full": record.full})
    return path, name_of(record)


def name_of(record: DatasetRecord) -> str:
    """Return the name under which a dataset is sent."""
    made = record.made_at or record.wished_at
    kind = "full" if record.full else "deidentified"
    return f"{plain_file_name(record.form_id)}-{kind}-{record.format}-{made:%Y%m%d}.zip"


def remove(session: Session, actor: Actor, evaluation_id: str, identifier: str) -> None:
    """Give a dataset up: the file goes, and one that is being made is not finished.

    The file itself goes with the next look after expired ones, when this is committed.

    Raises
    ------
    ForbiddenError
        ``dataset.not_yours``, ``dataset.full_not_yours``
    NotFoundError
        ``dataset.unknown``
    """
    record = dataset_by_id(session, evaluation_id, identifier)
    require(actor, full=record.full)
    row = session.get_one(Dataset, identifier)
    if row.removed_at is None:
        row.removed_at = now()
        audit.record(session, actor.identifier, "dataset.remove", identifier)


def expire(session: Session, at: datetime) -> None:
    """Mark what has been kept long enough."""
    for row in session.scalars(select(Dataset).where(Dataset.expires_at <= at, Dataset.removed_at.is_(None))):
        row.removed_at = at


def is_given_up(session: Session, identifier: str) -> bool:
    """Tell whether somebody has given a dataset up."""
    return session.get_one(Dataset, identifier).removed_at is not None
