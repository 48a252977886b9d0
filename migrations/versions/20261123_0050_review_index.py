"""Count interviews by state and enumerator without reading their answers."""

from collections.abc import Sequence

from alembic import op

revision: str = "20261123_0050"
down_revision: str | None = "20261123_0030"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

COLUMNS = ["evaluation_id", "superseded_at", "state", "enumerator_id", "instrument_id"]


def upgrade() -> None:
    op.create_index("ix_interview_review", "interview", COLUMNS)
