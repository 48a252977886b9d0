"""The tables of instruments: published versions with their files, and drafts."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from evalsvc.collisions import met
from evalsvc.db import Base, new_identifier, now


class Instrument(Base):
    """One published version of a form; it never changes."""

    __tablename__ = "instrument"
    __table_args__ = (
        UniqueConstraint("evaluation_id", "form_id", "version", info=met("instrument.published_meanwhile")),
    )
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    form_id: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    xform_sha256: Mapped[str]
    """Store key of the XForm."""
    md5: Mapped[str]
    """MD5 of the XForm's bytes: what OpenRosa clients compare."""
    source_sha256: Mapped[str]
    """Store key of the XLSForm as it was uploaded."""
    source_name: Mapped[str]
    about: Mapped[str]
    """What it tells of: `household`, `village` or `county` (contract.py)."""
    outcomes: Mapped[str]
    """What its `disposition` can say: `none` (it asks no such thing), `not_completed` or `completed` (contract.py)."""
    published_at: Mapped[datetime] = mapped_column(default=now)
    published_by: Mapped[str]


class InstrumentFile(Base):
    """One file that a published version is delivered with: a table, a picture, a recording; it never changes."""

    __tablename__ = "instrument_file"
    instrument_id: Mapped[str] = mapped_column(ForeignKey("instrument.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    """The name by which the form mentions it."""
    sha256: Mapped[str]
    """Store key."""
    md5: Mapped[str]
    """What OpenRosa clients compare."""
    size: Mapped[int]
    content_type: Mapped[str]


class InstrumentDraft(Base):
    """A form that is being written: replaced freely, tried, and gone when it is published."""

    __tablename__ = "instrument_draft"
    __table_args__ = (UniqueConstraint("evaluation_id", "form_id", info=met("instrument.draft_meanwhile")),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"))
    form_id: Mapped[str]
    version: Mapped[str]
    title: Mapped[str]
    xform_sha256: Mapped[str]
    md5: Mapped[str]
    source_sha256: Mapped[str]
    source_name: Mapped[str]
    files: Mapped[list[Any]]
    """The files beside it, each as `instrument_file` will hold it: name, sha256, md5, size, content_type."""
    saved_at: Mapped[datetime] = mapped_column(default=now)
    saved_by: Mapped[str]


class DraftKey(Base):
    """The token that opens a draft to phones: one at a time, gone with the draft."""

    __tablename__ = "draft_key"
    draft_id: Mapped[str] = mapped_column(ForeignKey("instrument_draft.id", ondelete="CASCADE"), primary_key=True)
    token_id: Mapped[str] = mapped_column(ForeignKey("token.id"))


class DraftTrial(Base):
    """What a phone sent for a trial of a draft; it never counts, and goes when the draft is changed or published."""

    __tablename__ = "draft_trial"
    draft_id: Mapped[str] = mapped_column(ForeignKey("instrument_draft.id", ondelete="CASCADE"), primary_key=True)
    instance_id: Mapped[str] = mapped_column(primary_key=True)
    answers: Mapped[dict[str, Any]]
    complaints: Mapped[list[Any]]
    """What the checks found: code, path and details of each."""
    files: Mapped[dict[str, Any]]
    """Bytes of each file by its name; the files are not kept."""
    received_at: Mapped[datetime] = mapped_column(default=now)
