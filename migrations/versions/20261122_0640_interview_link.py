"""Give interviews their place in the running hash of the public log."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261122_0640"
down_revision: str | None = "20261122_0400"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "interview_link",
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("interview_id", sa.Text(), nullable=False),
        sa.Column("hash", sa.Text(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_interview_link_draw_id_draw")),
        sa.ForeignKeyConstraint(
            ["interview_id"], ["interview.id"], name=op.f("fk_interview_link_interview_id_interview")
        ),
        sa.ForeignKeyConstraint(
            ["line"], ["commitment_entry.sequence"], name=op.f("fk_interview_link_line_commitment_entry")
        ),
        sa.PrimaryKeyConstraint("draw_id", "sequence", name=op.f("pk_interview_link")),
        sa.UniqueConstraint("interview_id", name=op.f("uq_interview_link_interview_id")),
    )
