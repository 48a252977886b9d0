"""Drafts of forms: replaced freely, with whatever faults they have, until one of them is published."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import select
from sqlalchemy.orm import Session

from evalsvc import audit
from evalsvc.db import now
from evalsvc.errors import ForbiddenError, InvalidError, NotFoundError
from evalsvc.instruments.complaints import placed
from evalsvc.instruments.models import Instrument, InstrumentDraft
from evalsvc.instruments.operations import KeptForm, keep_files, keep_form, md5_of, publish
from evalsvc.instruments.reading import Reading, read_form
from evalsvc.instruments.trials import close_to_phones, forget_trials, open_to_phones
from evalsvc.instruments.values import DraftRecord, FormFile
from evalsvc.people.actor import DESIGNER, LEAD, Actor
from evalsvc.people.operations import NewSecret
from evalsvc.store import Store

KEPT = 16
"""Drafts whose reading is remembered: a page shows more than one part of it."""


@dataclass(frozen=True)
class KeptDraft:
    """A form that could be read, with the files beside it; all lie in the store."""

    form_id: str
    version: str
    title: str
    xform_sha256: str
    md5: str
    source_sha256: str
    source_name: str
    files: tuple[FormFile, ...]


def keep_draft(store: Store, data: bytes, name: str, attached: Mapping[str, bytes]) -> KeptDraft:
    """Read a form and put it into the store with its files; only what cannot be read at all is refused.

    Raises
    ------
    InvalidError
        ``instrument.refused`` with every complaint
    """
    reading = read_form(data, name, attached)
    if reading.xform is None or reading.definition is None:
        raise InvalidError("instrument.refused", placed(reading.errors, name), file=name, count=len(reading.errors))
    definition = reading.definition
    return KeptDraft(
        form_id=definition.form_id,
        version=definition.version,
        title=definition.title,
        xform_sha256=store.put(reading.xform),
        md5=md5_of(reading.xform),
        source_sha256=store.put(data),
        source_name=name,
        files=keep_files(store, attached),
    )


def save(session: Session, actor: Actor, evaluation_id: str, kept: KeptDraft) -> DraftRecord:
    """Save a draft in the place of the one that the same form had; files that did not come anew stay beside it.

    Raises
    ------
    ForbiddenError
        ``instrument.designer_only``
    """
    _require(actor)
    of_form = InstrumentDraft.evaluation_id == evaluation_id, InstrumentDraft.form_id == kept.form_id
    row = session.scalars(select(InstrumentDraft).where(*of_form).with_for_update()).one_or_none()
    if row is None:
        row = InstrumentDraft(evaluation_id=evaluation_id, form_id=kept.form_id, files=[])
        session.add(row)
    for name in ("version", "title", "xform_sha256", "md5", "source_sha256", "source_name"):
        setattr(row, name, getattr(kept, name))
    return _saved(session, actor, row, kept.files)


def add_files(
    session: Session, actor: Actor, evaluation_id: str, identifier: str, files: Iterable[FormFile]
) -> DraftRecord:
    """Put further files beside a draft, each in the place of one of the same name.

    Raises
    ------
    ForbiddenError
        ``instrument.designer_only``
    NotFoundError
        ``instrument.unknown_draft``
    """
    _require(actor)
    return _saved(session, actor, _row(session, evaluation_id, identifier), files)


def _saved(session: Session, actor: Actor, row: InstrumentDraft, files: Iterable[FormFile]) -> DraftRecord:
    kept = {each["name"]: each for each in row.files} | {each.name: dict(vars(each)) for each in files}
    row.files = [kept[name] for name in sorted(kept)]
    if row.id is not None:
        forget_trials(session, row.id)
    row.saved_at, row.saved_by = now(), actor.identifier
    session.flush()
    details = {"form_id": row.form_id, "version": row.version, "xform": row.xform_sha256}
    audit.record(session, actor.identifier, "instrument.draft", row.id, details)
    return record(row)


def remove(session: Session, actor: Actor, evaluation_id: str, identifier: str) -> None:
    """Throw a draft away.

    Raises
    ------
    ForbiddenError
        ``instrument.designer_only``
    NotFoundError
        ``instrument.unknown_draft``
    """
    _require(actor)
    row = _row(session, evaluation_id, identifier)
    close_to_phones(session, row.id)
    session.delete(row)
    audit.record(session, actor.identifier, "instrument.draft_removed", row.id, {"form_id": row.form_id})


def open_draft(session: Session, actor: Actor, evaluation_id: str, identifier: str) -> NewSecret:
    """Open a draft to phones, by a token of its own.

    Raises
    ------
    ForbiddenError
        ``instrument.designer_only``
    NotFoundError
        ``instrument.unknown_draft``
    """
    _require(actor)
    row = _row(session, evaluation_id, identifier)
    return open_to_phones(session, actor, row.id, row.title or row.form_id)


def ready_to_publish(store: Store, draft: DraftRecord) -> KeptForm:
    """Check a draft as every form is checked that is published; needs no transaction.

    Raises
    ------
    InvalidError
        ``instrument.refused``
    """
    attached = {each.name: store.get(each.sha256) for each in draft.files}
    return keep_form(store, store.get(draft.source_sha256), draft.source_name, attached)


def publish_draft(session: Session, actor: Actor, evaluation_id: str, draft: DraftRecord, form: KeptForm) -> Instrument:
    """Publish what a draft was found to be; a draft that was replaced meanwhile stays.

    Raises
    ------
    ForbiddenError, ConflictError
        As `publish` does.
    """
    instrument = publish(session, actor, evaluation_id, form)
    row = session.get(InstrumentDraft, draft.id)
    if row is not None and record(row) == draft:
        close_to_phones(session, row.id)
        session.delete(row)
    return instrument


def drafts_of(session: Session, evaluation_id: str) -> list[DraftRecord]:
    """List the drafts of an evaluation, the one saved last first."""
    rows = select(InstrumentDraft).where(InstrumentDraft.evaluation_id == evaluation_id)
    return [record(row) for row in session.scalars(rows.order_by(InstrumentDraft.saved_at.desc()))]


def draft_by_id(session: Session, evaluation_id: str, identifier: str) -> DraftRecord:
    """Return one draft of an evaluation.

    Raises
    ------
    NotFoundError
        ``instrument.unknown_draft``
    """
    return record(_row(session, evaluation_id, identifier))


def reading_of(store: Store, draft: DraftRecord) -> Reading:
    """Return what stands in a draft and against it, with sheet, row and column."""
    return _reading(store, draft.source_sha256, draft.source_name, draft.files)


@lru_cache(maxsize=KEPT)
def _reading(store: Store, source_sha256: str, source_name: str, files: tuple[FormFile, ...]) -> Reading:
    reading = read_form(store.get(source_sha256), source_name, {each.name: store.get(each.sha256) for each in files})
    return replace(
        reading,
        complaints=placed(reading.complaints, source_name),
        unfit=placed(reading.unfit, source_name),
    )


def _row(session: Session, evaluation_id: str, identifier: str) -> InstrumentDraft:
    row = session.get(InstrumentDraft, identifier)
    if row is None or row.evaluation_id != evaluation_id:
        raise NotFoundError("instrument.unknown_draft", draft=identifier)
    return row


def record(row: InstrumentDraft) -> DraftRecord:
    """Copy a row into the value that pages see."""
    return DraftRecord(
        id=row.id,
        form_id=row.form_id,
        version=row.version,
        title=row.title,
        xform_sha256=row.xform_sha256,
        md5=row.md5,
        source_sha256=row.source_sha256,
        source_name=row.source_name,
        files=tuple(FormFile(**each) for each in row.files),
        saved_at=row.saved_at,
    )


def _require(actor: Actor) -> None:
    if not actor.has(DESIGNER, LEAD):
        raise ForbiddenError("instrument.designer_only")
