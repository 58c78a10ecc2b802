"""The tables, as the code of this version knows them; `migrations/` brings a database here.

Snowflakes and row ids are 64-bit integers, moments are Unix seconds. The same definitions serve
SQLite and PostgreSQL.
"""

from __future__ import annotations

import sqlalchemy as sa

from bot.storage.text_type import CleanText

# SQLite numbers its rows by itself only in a column that is declared exactly INTEGER.
Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# A channel, a thread or a DM: whatever has a history of its own. `opener_id` is who asked the bot
# into a thread; as long as it is set, everybody is answered there.
conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", Id, primary_key=True, autoincrement=False),
    sa.Column("guild_id", sa.BigInteger),
    sa.Column("opener_id", sa.BigInteger),
)

# The history. `position` is the order of what was said; `reply_id` names the reply that answers a
# question or that an answer belongs to. It is no foreign key: an entry may outlive its reply.
messages = sa.Table(
    "messages",
    metadata,
    sa.Column("position", Id, primary_key=True),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("message_id", sa.BigInteger, nullable=False),
    sa.Column("role", sa.String(16), nullable=False),
    sa.Column("author_id", sa.BigInteger),
    sa.Column("author_name", CleanText),
    sa.Column("text", CleanText, nullable=False),
    sa.Column("quoted", CleanText),
    sa.Column("reply_id", sa.BigInteger),
    sa.Column("at", sa.Double, nullable=False),
    # The newest entries of one conversation are read from the end of this index alone.
    sa.Index(None, "conversation_id", "position"),
    # Led by the message's id: Discord's edits and deletions do not name our conversation. The role
    # is in it because an answer that never got a message of its own goes by its question's id.
    sa.UniqueConstraint("message_id", "conversation_id", "role"),
)

options = sa.Table(
    "options",
    metadata,
    sa.Column("scope", sa.String(16), primary_key=True),
    sa.Column("scope_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
    sa.Column("by", sa.BigInteger, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    # The server that the channel or thread is in; none for what a member chose for themselves.
    sa.Column("guild_id", sa.BigInteger, index=True),
)

# Every change of an option in a server: who, when, what, from and to (null: inherited).
option_changes = sa.Table(
    "option_changes",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("guild_id", sa.BigInteger, nullable=False),
    sa.Column("scope", sa.String(16), nullable=False),
    sa.Column("scope_id", sa.BigInteger, nullable=False),
    sa.Column("name", sa.String(64), nullable=False),
    sa.Column("before", sa.JSON(none_as_null=True)),
    sa.Column("after", sa.JSON(none_as_null=True)),
    sa.Column("by", sa.BigInteger, nullable=False),
    sa.Column("at", sa.Double, nullable=False),
    sa.Index(None, "guild_id", "id"),
)

# Literal, not bound: only then can a planner see that a partial index below serves the query.
IS_UNFINISHED = sa.text("NOT shown")
IS_FINISHED = sa.text("shown")
IS_GROWING = sa.text("state IN ('accepted', 'streaming')")

replies = sa.Table(
    "replies",
    metadata,
    sa.Column("id", Id, primary_key=True),
    sa.Column("event_id", sa.BigInteger, nullable=False, unique=True),
    sa.Column("trigger", sa.BigInteger, nullable=False),
    sa.Column("conversation_id", sa.ForeignKey("conversations.id"), nullable=False),
    sa.Column("channel_id", sa.BigInteger, nullable=False),
    sa.Column("guild_id", sa.BigInteger),
    sa.Column("asker_id", sa.BigInteger, nullable=False),
    sa.Column("shared", sa.Boolean, nullable=False),
    sa.Column("state", sa.String(16), nullable=False),
    sa.Column("model", sa.Text),
    sa.Column("turn", sa.Text, nullable=False),
    sa.Column("text", CleanText, nullable=False, server_default=""),
    # Whether its ending is visible in Discord, so that nothing is left to do.
    sa.Column("shown", sa.Boolean, nullable=False, server_default=sa.false()),
    # The answers of a question that asked for several, and which of them `text` is.
    sa.Column("variants", sa.JSON(none_as_null=True)),
    sa.Column("variant", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Column("token", sa.Text),
    sa.Column("token_from", sa.Double),
    sa.Column("created_at", sa.Double, nullable=False),
    sa.Column("updated_at", sa.Double, nullable=False),
    sa.Index(None, "conversation_id", "id"),
    sa.Index(
        "ix_replies_unfinished", "id", sqlite_where=IS_UNFINISHED, postgresql_where=IS_UNFINISHED
    ),
    # A growing answer is not in it, so that its many changes need not touch it.
    sa.Index(
        "ix_replies_finished", "updated_at", sqlite_where=IS_FINISHED, postgresql_where=IS_FINISHED
    ),
    sqlite_autoincrement=True,  # an id is on buttons in Discord: it is never given out again
)

ASKED = "asked"  # a message of the question
SHOWN = "shown"  # a message that shows the answer

# Which Discord messages belong to a reply.
reply_messages = sa.Table(
    "reply_messages",
    metadata,
    sa.Column("reply_id", sa.ForeignKey("replies.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("part", sa.String(8), primary_key=True),
    sa.Column("position", sa.SmallInteger, primary_key=True, autoincrement=False),
    sa.Column("message_id", sa.BigInteger, nullable=False, index=True),
)

# What each answer cost. Rows stand on their own, so that the sums outlive what they are about.
usage = sa.Table(
    "usage",
    metadata,
    sa.Column("id", Id, primary_key=True),
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
    sa.Index(None, "guild_id", "at"),
    sa.Index(None, "user_id", "at"),
)

# What limits count, for each member and for the server as a whole (`user_id` 0). A row begins anew
# when its window is over, so there is nothing to sweep.
counters = sa.Table(
    "counters",
    metadata,
    sa.Column("guild_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("user_id", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("what", sa.String(32), primary_key=True),
    sa.Column("started", sa.Double, nullable=False),
    sa.Column("used", sa.BigInteger, nullable=False),
)
