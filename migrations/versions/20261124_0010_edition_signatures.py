"""Keep reports from the wish for them on, and each of their signatures."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261124_0010"
down_revision: str | None = "20261123_0700"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

SIGNED = """
INSERT INTO edition_signature (id, edition_id, place, role, person_id, subject, signed_at, pdf_sha256)
SELECT id, id, 1, 'institute', NULL, signer, issued_at, pdf_sha256 FROM edition
"""
"""Reports of before bear the institute's seal alone."""


DEFAULTED = (
    "state", "language", "scope", "answer_by", "changed", "layout_sha256", "data_sha256", "level", "log_lines",
    "reason", "renewed_sha256",
)  # fmt: skip
"""Columns whose default was for the rows of before alone."""


def upgrade() -> None:
    op.create_table(
        "edition_signature",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("edition_id", sa.Text(), nullable=False),
        sa.Column("place", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=True),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("pdf_sha256", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["edition_id"], ["edition.id"], name=op.f("fk_edition_signature_edition_id_edition")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_edition_signature_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_edition_signature")),
        sa.UniqueConstraint("edition_id", "role", name=op.f("uq_edition_signature_edition_id_role")),
    )
    op.create_index(op.f("ix_edition_signature_edition_id"), "edition_signature", ["edition_id"])
    op.execute(SIGNED)
    with op.batch_alter_table("edition") as batch:
        batch.add_column(sa.Column("state", sa.Text(), nullable=False, server_default="issued"))
        batch.add_column(sa.Column("layout_sha256", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("log_lines", sa.Integer(), nullable=False, server_default="0"))
        batch.add_column(sa.Column("language", sa.Text(), nullable=False, server_default="zh"))
        batch.add_column(sa.Column("scope", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("changed", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("answer_by", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("data_sha256", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("level", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("renewed_sha256", sa.Text(), nullable=False, server_default=""))
        batch.add_column(sa.Column("renewed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("renewal_tried_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("wished_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("composed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("lead_id", sa.Text(), nullable=True))
        batch.add_column(sa.Column("reviewer_id", sa.Text(), nullable=True))
        batch.add_column(sa.Column("corrects_id", sa.Text(), nullable=True))
        batch.add_column(sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True))
        batch.add_column(sa.Column("reason", sa.Text(), nullable=False, server_default=""))
        batch.create_foreign_key(op.f("fk_edition_lead_id_person"), "person", ["lead_id"], ["id"])
        batch.create_foreign_key(op.f("fk_edition_reviewer_id_person"), "person", ["reviewer_id"], ["id"])
        batch.create_foreign_key(op.f("fk_edition_corrects_id_edition"), "edition", ["corrects_id"], ["id"])
    op.execute("UPDATE edition SET wished_at = issued_at, composed_at = issued_at")
    with op.batch_alter_table("edition") as batch:
        batch.alter_column("wished_at", nullable=False)
        batch.alter_column("issued_at", nullable=True)
        for name in DEFAULTED:
            batch.alter_column(name, server_default=None)
        batch.drop_column("signer")
    op.create_index(op.f("ix_edition_data_sha256"), "edition", ["data_sha256"])
