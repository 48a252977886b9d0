"""Keep the files of instruments, drafts, and what an instrument tells of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_0005"
down_revision: str | None = "20261122_2350"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "instrument_file",
        sa.Column("instrument_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sha256", sa.Text(), nullable=False),
        sa.Column("md5", sa.Text(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["instrument_id"], ["instrument.id"], name=op.f("fk_instrument_file_instrument_id_instrument")
        ),
        sa.PrimaryKeyConstraint("instrument_id", "name", name=op.f("pk_instrument_file")),
    )
    op.create_table(
        "instrument_draft",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("evaluation_id", sa.Text(), nullable=False),
        sa.Column("form_id", sa.Text(), nullable=False),
        sa.Column("version", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("xform_sha256", sa.Text(), nullable=False),
        sa.Column("md5", sa.Text(), nullable=False),
        sa.Column("source_sha256", sa.Text(), nullable=False),
        sa.Column("source_name", sa.Text(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("saved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("saved_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["evaluation_id"], ["evaluation.id"], name=op.f("fk_instrument_draft_evaluation_id_evaluation")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_instrument_draft")),
        sa.UniqueConstraint("evaluation_id", "form_id", name=op.f("uq_instrument_draft_evaluation_id_form_id")),
    )
    _extend_instruments()


def _extend_instruments() -> None:
    """Every form published so far is about households and asks what came of the visit."""
    with op.batch_alter_table("instrument") as batch:
        batch.add_column(sa.Column("about", sa.Text(), nullable=True))
        batch.add_column(sa.Column("outcomes", sa.Text(), nullable=True))
    op.execute("UPDATE instrument SET about = 'household', outcomes = 'completed'")
    with op.batch_alter_table("instrument") as batch:
        batch.alter_column("about", existing_type=sa.Text(), nullable=False)
        batch.alter_column("outcomes", existing_type=sa.Text(), nullable=False)
