"""Keep which units of a draw, and which households in the field, are visited without notice."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261122_1530"
down_revision: str | None = "20261122_1430"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    for name in ("draw_unit", "assignment"):
        with op.batch_alter_table(name) as table:
            table.add_column(sa.Column("unannounced", sa.Boolean(), nullable=True))
