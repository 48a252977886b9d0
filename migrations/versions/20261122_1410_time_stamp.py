"""Keep with a draw when an authority stamped its commitment, and which."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261122_1410"
down_revision: str | None = "20261122_0930"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("draw") as table:
        table.add_column(sa.Column("time_stamped_at", sa.DateTime(timezone=True), nullable=True))
        table.add_column(sa.Column("time_stamped_by", sa.Text(), nullable=True))
