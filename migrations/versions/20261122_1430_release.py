"""Keep when the teams may see a draw, who opened it before, and which team visits a village."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261122_1430"
down_revision: str | None = "20261122_1410"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("draw") as table:
        table.add_column(sa.Column("release_at", sa.DateTime(timezone=True), nullable=True))
    with op.batch_alter_table("assignment") as table:
        table.add_column(sa.Column("team", sa.Text(), nullable=True))
    op.create_table(
        "early_opening",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("draw_id", sa.Text(), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["draw_id"], ["draw.id"], name=op.f("fk_early_opening_draw_id_draw")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_early_opening_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_early_opening")),
        sa.UniqueConstraint("draw_id", "person_id", name=op.f("uq_early_opening_draw_id_person_id")),
    )
