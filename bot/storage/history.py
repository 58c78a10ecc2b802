"""The history of each conversation: what was said, in its order, the newest 50 entries of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import sqlalchemy as sa

from bot.core.conversation import (
    HISTORY_LIMIT,
    ChannelId,
    GuildId,
    MessageId,
    Person,
    ReplyId,
    Role,
    Said,
    Turn,
    UserId,
)
from bot.storage.engine import INSERTS, Database, Insert
from bot.storage.tables import ASKED, SHOWN, conversations, messages, replies, reply_messages
from bot.storage.turns import decode_turn, encode_turn

# Built once: to build a statement takes SQLAlchemy as long as to run it.
_HERE = messages.c.conversation_id == sa.bindparam("conversation")
NEWEST = (
    sa.select(
        messages.c.message_id,
        messages.c.role,
        messages.c.text,
        messages.c.author_id,
        messages.c.author_name,
        messages.c.quoted,
    )
    .where(_HERE)
    .order_by(messages.c.position.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)
"""The newest entries of a conversation, newest first, read from the end of one index."""
_ADD = {name: insert(messages).on_conflict_do_nothing() for name, insert in INSERTS.items()}
_TRIM = sa.delete(messages).where(
    _HERE,
    messages.c.position
    < sa.select(messages.c.position)
    .where(_HERE)
    .order_by(messages.c.position.desc())
    .limit(1)
    .offset(HISTORY_LIMIT - 1)
    .scalar_subquery(),
)
_REMOVE_ANSWER = sa.delete(messages).where(
    _HERE,  # the index; then at most 50 rows to look at
    messages.c.reply_id == sa.bindparam("reply"),
    messages.c.role == Role.ASSISTANT,
)
# An answer whose reply is not kept any more is known by its first message alone.
_OUTLIVES = ~sa.exists().where(replies.c.id == messages.c.reply_id)


def _ensure(insert: Insert) -> Insert:
    return insert.on_conflict_do_update(
        index_elements=[conversations.c.id],
        set_={"guild_id": insert.excluded.guild_id},
        where=conversations.c.guild_id.is_distinct_from(insert.excluded.guild_id),
    )


_ENSURE = {name: _ensure(insert(conversations)) for name, insert in INSERTS.items()}


class SqlHistoryStore:
    """`HistoryStore` in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._newest = database.prepare(NEWEST)

    async def recent(self, conversation: ChannelId, limit: int) -> list[Said]:
        """The newest `limit` entries, oldest first."""
        asked = {"conversation": conversation, "limit": limit}
        return [_said(*row) for row in reversed(await self._database.fetch(self._newest, asked))]

    async def edited(self, message: MessageId, text: str) -> None:
        """A question was edited in Discord; one that is not stored is ignored.

        It changes in the replies' turns too, so that a second answer is one to the new words.
        """
        entry = sa.and_(messages.c.message_id == message, messages.c.role == Role.USER)

        def edit(connection: sa.Connection) -> None:
            connection.execute(sa.update(messages).where(entry).values(text=text))
            _change_turns(
                connection,
                [message],
                lambda said: replace(said, text=text) if said.message_id == message else said,
            )

        await self._database.write(edit)

    async def deleted(self, gone: Sequence[MessageId]) -> None:
        """Messages were deleted in Discord: questions, or any message of an answer.

        A deleted question leaves the replies' turns too: no restart brings it back.
        """
        ids = frozenset(gone)
        if not ids:
            return
        answers = (
            sa.select(replies.c.conversation_id, replies.c.id)
            .join(reply_messages, reply_messages.c.reply_id == replies.c.id)
            .where(reply_messages.c.message_id.in_(ids), reply_messages.c.part == SHOWN)
        )
        entries = sa.and_(
            messages.c.message_id.in_(ids), sa.or_(messages.c.role == Role.USER, _OUTLIVES)
        )

        def delete(connection: sa.Connection) -> None:
            connection.execute(sa.delete(messages).where(entries))
            for conversation, reply in connection.execute(answers).all():
                remove_answer(connection, conversation, reply)
            _change_turns(connection, ids, lambda said: None if said.message_id in ids else said)

        await self._database.write(delete)

    async def forget(self, conversation: ChannelId) -> int:
        """Delete a conversation's history; how many entries there were.

        The answers that have ended go too, with the questions in them; what was used stays.
        """
        ended = sa.and_(
            replies.c.conversation_id == conversation, replies.c.shared, replies.c.shown
        )
        entries = sa.delete(messages).where(messages.c.conversation_id == conversation)

        def forget(connection: sa.Connection) -> int:
            count = connection.execute(entries).rowcount
            connection.execute(sa.delete(replies).where(ended))
            return count

        return await self._database.write(forget)


def append(
    database: Database,
    connection: sa.Connection,
    conversation: ChannelId,
    said: Sequence[Said],
    *,
    reply: ReplyId,
    at: float,
) -> None:
    """Append what is not there yet, and keep the newest 50 of the conversation."""
    rows = [
        {
            "conversation_id": conversation,
            "message_id": entry.message_id,
            "role": entry.role,
            "author_id": entry.author and entry.author.id,
            "author_name": entry.author and entry.author.name,
            "text": entry.text,
            "quoted": entry.quoted,
            "reply_id": reply,
            "at": at,
        }
        for entry in said
    ]
    if rows:
        connection.execute(_ADD[database.dialect], rows)
    connection.execute(_TRIM, {"conversation": conversation})


def remove_answer(connection: sa.Connection, conversation: ChannelId, reply: ReplyId) -> None:
    """Take a reply's answer out of the history, if it is there."""
    connection.execute(_REMOVE_ANSWER, {"conversation": conversation, "reply": reply})


def ensure_conversation(
    database: Database, connection: sa.Connection, conversation: ChannelId, guild: GuildId | None
) -> None:
    """See that a conversation has its row, and the row its server."""
    row = {"id": conversation, "guild_id": guild}
    connection.execute(_ENSURE[database.dialect], row)


def _change_turns(
    connection: sa.Connection,
    questions: Sequence[MessageId] | frozenset[MessageId],
    change: Callable[[Said], Said | None],
) -> None:
    """Change what was said in the turns of the replies to these messages; None takes it out."""
    asked = sa.select(reply_messages.c.reply_id).where(
        reply_messages.c.message_id.in_(questions), reply_messages.c.part == ASKED
    )
    found = connection.execute(
        sa.select(replies.c.id, replies.c.turn).where(replies.c.id.in_(asked)).with_for_update()
    )
    for reply, stored in found.all():
        turn: Turn = decode_turn(stored)
        changed = tuple(new for said in turn.said if (new := change(said)) is not None)
        connection.execute(
            sa.update(replies)
            .where(replies.c.id == reply)
            .values(turn=encode_turn(replace(turn, said=changed)))
        )


def _said(
    message: int, role: str, text: str, author: int | None, name: str, quoted: str | None
) -> Said:
    by = None if author is None else Person(UserId(author), name)
    return Said(MessageId(message), Role(role), text, by, quoted)
