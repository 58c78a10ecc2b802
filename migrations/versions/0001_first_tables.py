"""First tables: conversations, their messages, options, replies, usage."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
UNFINISHED = sa.text("NOT shown")


def upgrade() -> None:
    create_conversations()
    create_options()
    create_replies()
    create_usage()


def create_conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", ID, autoincrement=False, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("opener_id", sa.BigInteger),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_table(
        "messages",
        sa.Column("position", ID, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("author_id", sa.BigInteger),
        sa.Column("author_name", sa.Text),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("quoted", sa.Text),
        sa.Column("reply_id", sa.BigInteger),
        sa.Column("at", sa.Double, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_messages_conversation_id"
        ),
        sa.PrimaryKeyConstraint("position", name="pk_messages"),
        sa.UniqueConstraint(
            "message_id",
            "conversation_id",
            "role",
            name="uq_messages_message_id_conversation_id_role",
        ),
    )
    op.create_index(
        "ix_messages_conversation_id_position", "messages", ["conversation_id", "position"]
    )


def create_options() -> None:
    op.create_table(
        "options",
        sa.Column("scope", sa.String(16), nullable=False),
        sa.Column("scope_id", sa.BigInteger, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.Column("by", sa.BigInteger, nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("scope", "scope_id", "name", name="pk_options"),
    )


def create_replies() -> None:
    op.create_table(
        "replies",
        sa.Column("id", ID, nullable=False),
        sa.Column("event_id", sa.BigInteger, nullable=False),
        sa.Column("trigger", sa.BigInteger, nullable=False),
        sa.Column("conversation_id", ID, nullable=False),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("asker_id", sa.BigInteger, nullable=False),
        sa.Column("shared", sa.Boolean, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("turn", sa.Text, nullable=False),
        sa.Column("text", sa.Text, server_default="", nullable=False),
        sa.Column("shown", sa.Boolean, server_default=sa.false(), nullable=False),
        sa.Column("token", sa.Text),
        sa.Column("token_from", sa.Double),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name="fk_replies_conversation_id"
        ),
        sa.PrimaryKeyConstraint("id", name="pk_replies"),
        sa.UniqueConstraint("event_id", name="uq_replies_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_replies_conversation_id_id", "replies", ["conversation_id", "id"])
    op.create_index(
        "ix_replies_unfinished",
        "replies",
        ["id"],
        sqlite_where=UNFINISHED,
        postgresql_where=UNFINISHED,
    )
    op.create_table(
        "reply_messages",
        sa.Column("reply_id", ID, nullable=False),
        sa.Column("part", sa.String(8), nullable=False),
        sa.Column("position", sa.SmallInteger, autoincrement=False, nullable=False),
        sa.Column("message_id", sa.BigInteger, nullable=False),
        sa.ForeignKeyConstraint(
            ["reply_id"], ["replies.id"], name="fk_reply_messages_reply_id", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("reply_id", "part", "position", name="pk_reply_messages"),
    )
    op.create_index("ix_reply_messages_message_id", "reply_messages", ["message_id"])


def create_usage() -> None:
    op.create_table(
        "usage",
        sa.Column("id", ID, nullable=False),
        sa.Column("reply_id", sa.BigInteger, nullable=False),
        sa.Column("guild_id", sa.BigInteger),
        sa.Column("channel_id", sa.BigInteger, nullable=False),
        sa.Column("user_id", sa.BigInteger, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("prompt_tokens", sa.Integer, nullable=False),
        sa.Column("completion_tokens", sa.Integer, nullable=False),
        sa.Column("estimated", sa.Boolean, nullable=False),
        sa.Column("seconds", sa.Double, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_usage"),
    )
    op.create_index("ix_usage_guild_id_at", "usage", ["guild_id", "at"])
    op.create_index("ix_usage_user_id_at", "usage", ["user_id", "at"])


def downgrade() -> None:
    for table in ("usage", "reply_messages", "replies", "options", "messages", "conversations"):
        op.drop_table(table)
