"""An index of what has ended, by when it last changed: old answers are found and deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

FINISHED = sa.text("shown")


def upgrade() -> None:
    op.create_index(
        "ix_replies_finished",
        "replies",
        ["updated_at"],
        sqlite_where=FINISHED,
        postgresql_where=FINISHED,
    )


def downgrade() -> None:
    op.drop_index("ix_replies_finished", "replies")
