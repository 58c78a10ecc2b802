"""Servers in charge: a log of changed options, answers in variants, counters for limits."""

from __future__ import annotations

from datetime import UTC, datetime

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
    op.execute(
        "UPDATE options SET guild_id = (SELECT conversations.guild_id FROM conversations"
        " WHERE conversations.id = options.scope_id) WHERE scope IN ('channel', 'thread')"
    )
    op.create_index("ix_options_guild_id", "options", ["guild_id"])
    op.add_column("replies", sa.Column("variants", sa.JSON))
    op.add_column(
        "replies", sa.Column("variant", sa.SmallInteger, server_default="0", nullable=False)
    )
    create_option_changes()
    create_counters()
    count_what_was_used()


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


def count_what_was_used() -> None:
    """Begin the counters with this day's and this month's tokens, of each member and server."""
    names = ("guild_id", "user_id", "at", "prompt_tokens", "completion_tokens")
    usage = sa.table("usage", *(sa.column(name) for name in names))
    filled = ("guild_id", "user_id", "what", "started", "used")
    counters = sa.table("counters", *(sa.column(name) for name in filled))
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    periods = {"tokens_per_day": midnight, "tokens_per_month": midnight.replace(day=1)}
    server: sa.ColumnElement[int] = sa.literal_column(
        "0"
    )  # in place of a member: the server as a whole
    for what, begins in periods.items():
        since = sa.literal(begins.timestamp(), sa.Double)
        for whose, each in ((usage.c.user_id, [usage.c.user_id]), (server, [])):
            tokens = sa.func.sum(usage.c.prompt_tokens + usage.c.completion_tokens)
            used = (
                sa.select(usage.c.guild_id, whose, sa.literal(what, sa.String), since, tokens)
                .where(usage.c.guild_id.is_not(None), usage.c.at >= since)
                .group_by(usage.c.guild_id, *each)
            )
            op.execute(sa.insert(counters).from_select(filled, used))


def downgrade() -> None:
    op.drop_table("counters")
    op.drop_table("option_changes")
    # Not by batches, which copy a table on SQLite and drop the old one: what refers to its rows
    # would go with them, and AUTOINCREMENT, too.
    op.drop_column("replies", "variant")
    op.drop_column("replies", "variants")
    op.drop_index("ix_options_guild_id", "options")
    op.drop_column("options", "guild_id")
