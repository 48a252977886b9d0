"""Give a household of a draw out once, whatever the form."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261122_0930"
down_revision: str | None = "20261122_0640"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    with op.batch_alter_table("assignment") as table:
        table.drop_constraint(op.f("uq_assignment_instrument_id_draw_id_unit_id"), type_="unique")
        table.create_unique_constraint(op.f("uq_assignment_draw_id_unit_id"), ["draw_id", "unit_id"])
