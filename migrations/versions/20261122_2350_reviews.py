"""Keep corrections of interviews, their reviews, and what an interview tells of."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision: str = "20261122_2350"
down_revision: str | None = "20261122_1720"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.create_table(
        "review",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("interview_id", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("person_id", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("state_before", sa.Text(), nullable=False),
        sa.Column("state_after", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["interview_id"], ["interview.id"], name=op.f("fk_review_interview_id_interview")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_review_person_id_person")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
    )
    op.create_index(op.f("ix_review_interview_id"), "review", ["interview_id"])
    op.create_table(
        "review_comment",
        sa.Column("review_id", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["review_id"], ["review.id"], name=op.f("fk_review_comment_review_id_review")),
        sa.PrimaryKeyConstraint("review_id", "path", name=op.f("pk_review_comment")),
    )
    _extend_interviews()


def _extend_interviews() -> None:
    """Every interview so far is the first version of a visit to a household."""
    added = ("about", "unit_id", "root_id", "replaces_id", "rejected_for")
    with op.batch_alter_table("interview") as batch:
        for name in added:
            batch.add_column(sa.Column(name, sa.Text(), nullable=True))
        batch.add_column(sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
    unit = "SELECT unit_id FROM assignment WHERE assignment.id = interview.assignment_id"
    op.execute(f"UPDATE interview SET about = 'household', root_id = id, unit_id = ({unit})")  # noqa: S608 - no values
    with op.batch_alter_table("interview") as batch:
        for name in ("about", "unit_id", "root_id"):
            batch.alter_column(name, existing_type=sa.Text(), nullable=False)
        batch.alter_column("assignment_id", existing_type=sa.Text(), nullable=True)
        batch.create_foreign_key(op.f("fk_interview_root_id_interview"), "interview", ["root_id"], ["id"])
        batch.create_foreign_key(op.f("fk_interview_replaces_id_interview"), "interview", ["replaces_id"], ["id"])
        batch.create_unique_constraint(op.f("uq_interview_replaces_id"), ["replaces_id"])
        batch.create_index(op.f("ix_interview_root_id"), ["root_id"])
        batch.create_index("ix_interview_unit", ["evaluation_id", "unit_id"])
