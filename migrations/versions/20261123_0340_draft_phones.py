"""Keep what opens drafts of forms to phones, and what they send for trial."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261123_0340"
down_revision: str | None = "20261123_0055"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "draft_key",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("token_id", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["instrument_draft.id"],
            name=op.f("fk_draft_key_draft_id_instrument_draft"),
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(["token_id"], ["token.id"], name=op.f("fk_draft_key_token_id_token")),
        sa.PrimaryKeyConstraint("draft_id", name=op.f("pk_draft_key")),
    )
    op.create_table(
        "draft_trial",
        sa.Column("draft_id", sa.Text(), nullable=False),
        sa.Column("instance_id", sa.Text(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("complaints", sa.JSON(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["draft_id"],
            ["instrument_draft.id"],
            name=op.f("fk_draft_trial_draft_id_instrument_draft"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("draft_id", "instance_id", name=op.f("pk_draft_trial")),
    )
