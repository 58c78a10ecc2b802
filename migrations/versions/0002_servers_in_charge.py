"""Servers in charge: a log of changed options, answers in variants, counters for limits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.add_column("options", sa.Column("guild_id", sa.BigInteger))
    op.execute("UPDATE options SET guild_id = scope_id WHERE scope = 'server'")
    op.create_index("ix_options_guild_id", "options", ["guild_id"])
    op.add_column("replies", sa.Column("variants", sa.JSON))
    op.add_column(
        "replies", sa.Column("variant", sa.SmallInteger, server_default="0", nullable=False)
    )
    create_option_changes()
    create_counters()


def create_option_changes() -> None:
    op.create_table(
        "option_changes",
        sa.Column("id", ID, nullable=False),
        sa.Column("guild_id", sa.BigInteger, nullable=False),
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("scope_id", sa.BigInteger, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("before", sa.JSON),
        sa.Column("after", sa.JSON),
        sa.Column("by", sa.BigInteger, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_option_changes"),
    )
    op.create_index("ix_option_changes_guild_id_id", "option_changes", ["guild_id", "id"])


def create_counters() -> None:
    op.create_table(
        "counters",
        sa.Column("guild_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("user_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("what", sa.String(32), nullable=False),
        sa.Column("started", sa.Double, nullable=False),
        sa.Column("used", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("guild_id", "user_id", "what", name="pk_counters"),
    )


def downgrade() -> None:
    op.drop_table("counters")
    op.drop_table("option_changes")
    with op.batch_alter_table("replies") as replies:
        replies.drop_column("variant")
        replies.drop_column("variants")
    op.drop_index("ix_options_guild_id", "options")
    with op.batch_alter_table("options") as options:
        options.drop_column("guild_id")
