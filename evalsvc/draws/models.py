"""The tables of draws: the draw, its units, and the public log of commitments."""

from datetime import datetime
from typing import Any

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from evalsvc.collisions import met
from evalsvc.db import Base, new_identifier


class Draw(Base):
    """One draw: committed first, carried out once; a changed design is another draw with the next number."""

    __tablename__ = "draw"
    __table_args__ = (UniqueConstraint("evaluation_id", "number", info=met("draw.committed_meanwhile")),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    evaluation_id: Mapped[str] = mapped_column(ForeignKey("evaluation.id"), index=True)
    frame_id: Mapped[str] = mapped_column(ForeignKey("frame_file.id"))
    number: Mapped[int]
    purpose: Mapped[str]
    """What the draw is for, in the designer's words."""
    state: Mapped[str]
    """`committed` or `drawn`."""
    design_text: Mapped[str]
    """The design as it was handed in."""
    excluded: Mapped[list[Any]]
    """What the design leaves out of the frame, counted when it was committed."""
    commitment: Mapped[str]
    commitment_sha256: Mapped[str]
    """Store key of commitment.json."""
    secret_encrypted: Mapped[str]
    """The secret of the commitment under a key that is derived from the service's secret key."""
    committed_at: Mapped[datetime]
    committed_by: Mapped[str]
    time_stamped_at: Mapped[datetime | None]
    """When an authority stamped the commitment; null where the time is the service's own. Its token is in the file."""
    time_stamped_by: Mapped[str | None]
    """The authority, as its certificate names it."""
    public_value: Mapped[str | None]
    manifest_sha256: Mapped[str | None]
    """Store key of the first manifest, once drawn; where lists came later, others go on from it."""
    drawn_at: Mapped[datetime | None]
    drawn_by: Mapped[str | None]
    release_at: Mapped[datetime | None]
    """When those who visit the households may see them; null: as soon as it is drawn."""
    published_at: Mapped[datetime | None]
    """When the manifest with its secret was opened to the public; null as long as it is closed."""
    published_by: Mapped[str | None]
    continuations: Mapped[list["Continuation"]] = relationship(
        order_by="Continuation.number", lazy="selectin", viewonly=True
    )
    """The manifests that go on from the first one, with lists that came later; none where all was listed before."""

    @property
    def last_manifest_sha256(self) -> str | None:
        """Store key of the manifest that holds everything drawn so far."""
        return self.continuations[-1].manifest_sha256 if self.continuations else self.manifest_sha256


class LaterList(Base):
    """The list of one drawn unit that was made later, bound before anything is drawn from it; it never changes."""

    __tablename__ = "later_list"
    __table_args__ = (UniqueConstraint("draw_id", "parent", info=met("draw.lists_moved")),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    draw_id: Mapped[str] = mapped_column(ForeignKey("draw.id"))
    parent: Mapped[str]
    sha256: Mapped[str]
    """Node of the parent with its list, as the manifest and the public log name it."""
    units: Mapped[int]
    file_sha256: Mapped[str]
    """Store key of the Parquet file in which the list stands, with those of others that came along with it."""
    source_name: Mapped[str]
    source_sha256: Mapped[str]
    """Hash of the file as it was handed in; of several, of their list."""
    bound_at: Mapped[datetime]
    """To the second, as `committed_at` of its entry in the manifest says."""
    bound_by: Mapped[str]


class Continuation(Base):
    """A manifest that goes on from the one before it, and the frame with every list that it was drawn from."""

    __tablename__ = "continuation"
    __table_args__ = (UniqueConstraint("draw_id", "number", info=met("draw.lists_moved")),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    draw_id: Mapped[str] = mapped_column(ForeignKey("draw.id"))
    number: Mapped[int]
    """From 1."""
    manifest_sha256: Mapped[str]
    """Store key of the manifest."""
    frame_sha256: Mapped[str]
    """Store key of the frame's Parquet file."""
    drawn_at: Mapped[datetime]
    drawn_by: Mapped[str]


class EarlyOpening(Base):
    """Who of the designers and the lead opened a draw's units before its release time, and why."""

    __tablename__ = "early_opening"
    __table_args__ = (UniqueConstraint("draw_id", "person_id"),)
    id: Mapped[str] = mapped_column(primary_key=True, default=new_identifier)
    draw_id: Mapped[str] = mapped_column(ForeignKey("draw.id"))
    person_id: Mapped[str] = mapped_column(ForeignKey("person.id"))
    reason: Mapped[str]
    at: Mapped[datetime]


class DrawUnit(Base):
    """One unit that a draw took, or holds in reserve."""

    __tablename__ = "draw_unit"
    __table_args__ = (Index("ix_draw_unit_stage_parent", "draw_id", "stage", "parent"),)
    draw_id: Mapped[str] = mapped_column(ForeignKey("draw.id"), primary_key=True)
    unit_id: Mapped[str] = mapped_column(primary_key=True)
    """Identifier in the frame; unique over all stages by the protocol."""
    stage: Mapped[str]
    parent: Mapped[str | None]
    stratum: Mapped[str]
    sample_type: Mapped[str]
    order: Mapped[int | None]
    """Place among the reserves of its group, from 1; null for the main sample."""
    probability: Mapped[float | None]
    """Conditional on the parent; null for a reserve that nobody has opened."""
    weight: Mapped[float | None]
    unannounced: Mapped[bool | None]
    """Whether the draw marked it for a visit without notice; null where its stage has no such part."""
    attributes: Mapped[dict[str, Any]]
    """The frame's columns of the unit and of all its parents."""


class CommitmentEntry(Base):
    """One line of the public log, chained by hash over all evaluations of the service."""

    __tablename__ = "commitment_entry"
    sequence: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str]
    subject: Mapped[str]
    sha256: Mapped[str]
    at: Mapped[str]
    """The time as it is written and hashed: UTC, whole seconds, `2026-03-01T08:00:00Z`."""
    previous: Mapped[str]
    hash: Mapped[str] = mapped_column(unique=True)
