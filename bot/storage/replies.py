"""The `replies` rows: every answer from its acceptance to its ending, across restarts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from time import time
from typing import Any

import sqlalchemy as sa

from bot.core.conversation import ChannelId, EventId, MessageId, ReplyId, Role, Said, Turn
from bot.core.quotas import Quota
from bot.core.replies import Address, Ending, ReplyRecord, ReplyState
from bot.storage.checkpoints import Checkpoints
from bot.storage.engine import INSERTS, Database
from bot.storage.history import append, ensure_conversation, remove_answer
from bot.storage.limits import count_question, count_tokens
from bot.storage.records import Lookup
from bot.storage.reply_messages import add_messages, asked, put_asked, put_shown
from bot.storage.tables import ASKED, IS_UNFINISHED, SHOWN, replies, reply_messages
from bot.storage.turns import encode_turn
from bot.storage.usage import record_usage
from bot.storage.variants import encode_variants, let_show

ENDED = [state for state in ReplyState if state.ended]
# What was withdrawn, or answered as a part of a later turn, is no answer of its own: it has no
# buttons, and it makes no other answer an older one.
ANSWERS_ENDED = [state for state in ReplyState if state.is_answer]
NO_ANSWERS = [state for state in ENDED if not state.is_answer]

# What the history and the account of usage need of a reply that ends.
OF_AN_ENDED_REPLY = (
    replies.c.id,
    replies.c.event_id,
    replies.c.conversation_id,
    replies.c.channel_id,
    replies.c.guild_id,
    replies.c.asker_id,
    replies.c.shared,
)

# Built once: to build a statement takes SQLAlchemy as long as to run it. Which columns an update
# sets is said by its parameters.
_ACCEPT = {
    name: insert(replies)
    .on_conflict_do_nothing(index_elements=[replies.c.event_id])
    .returning(replies.c.id)
    for name, insert in INSERTS.items()
}
_SET = sa.update(replies).where(replies.c.id == sa.bindparam("reply"))
_FINISH = _SET.returning(*OF_AN_ENDED_REPLY)
_SHOW = _SET.where(replies.c.state.in_(ENDED))

_BY_ID = Lookup(sa.select(replies.c.id).where(replies.c.id == sa.bindparam("reply")))
_UNFINISHED = Lookup(sa.select(replies.c.id).where(IS_UNFINISHED))
_SHOWING = Lookup(
    sa.select(reply_messages.c.reply_id)
    .where(reply_messages.c.message_id == sa.bindparam("message"))
    .order_by(reply_messages.c.reply_id.desc())
    .limit(1)
)
_THIS = replies.alias()
_PREVIOUS = Lookup(
    sa.select(replies.c.id)
    .join(_THIS, sa.and_(_THIS.c.id == sa.bindparam("before"), _THIS.c.shared))
    .where(
        replies.c.conversation_id == sa.bindparam("conversation"),
        replies.c.id < _THIS.c.id,
        replies.c.shared,
        replies.c.state.in_(ANSWERS_ENDED),
    )
    .order_by(replies.c.id.desc())
    .limit(1)
)


class SqlReplyStore:
    """`ReplyStore` in the database. `clock` gives Unix seconds."""

    def __init__(self, database: Database, *, clock: Callable[[], float] = time) -> None:
        self._database = database
        self._clock = clock
        self._checkpoints = Checkpoints(database, clock)

    async def accept(
        self, turn: Turn, address: Address, quota: Quota | None = None
    ) -> ReplyId | None:
        """Write a row in state ACCEPTED and count it; None if this event was accepted before."""
        now = self._clock()
        place = turn.place
        row = {
            "event_id": turn.event_id,
            "trigger": turn.event_id,
            "conversation_id": place.conversation_id,
            "channel_id": place.channel_id,
            "guild_id": place.guild_id,
            "asker_id": turn.asker.id,
            "shared": turn.shared,
            "state": ReplyState.ACCEPTED,
            "turn": encode_turn(turn),
            "token": address.token,
            "token_from": address.token_from,
            "created_at": now,
            "updated_at": now,
        }
        once = _ACCEPT[self._database.dialect]

        def accept(connection: sa.Connection) -> ReplyId | None:
            ensure_conversation(self._database, connection, place.conversation_id, place.guild_id)
            found = connection.execute(once, row).scalar_one_or_none()
            if found is None:
                return None
            reply = ReplyId(found)
            add_messages(connection, ASKED, {reply: asked(turn)})
            add_messages(connection, SHOWN, {reply: address.message_ids})
            if quota is not None:
                count_question(self._database, connection, quota, at=now)
            return reply

        return await self._database.write(accept)

    async def begin(self, reply: ReplyId, turn: Turn, gathered: Sequence[ReplyId] = ()) -> None:
        """Enter STREAMING with a turn, perhaps gathered from several, in one transaction."""
        now = self._clock()
        values = {"state": ReplyState.STREAMING, "turn": encode_turn(turn), "updated_at": now}
        theirs = {"shown": True, "token": None, "token_from": None, "updated_at": now}

        def begin(connection: sa.Connection) -> None:
            connection.execute(_SET, {"reply": reply, **values})
            if gathered:
                connection.execute(
                    sa.update(replies)
                    .where(replies.c.id.in_(gathered))
                    .values(**theirs, state=ReplyState.GATHERED)
                )
                put_asked(connection, reply, turn, gathered)
            if turn.shared:
                conversation = turn.place.conversation_id
                append(self._database, connection, conversation, turn.said, reply=reply, at=now)

        await self._database.write(begin)

    async def reopen(
        self, reply: ReplyId, trigger: EventId, *, keep: bool, quota: Quota | None = None
    ) -> ReplyRecord | None:
        """Enter STREAMING again from an ending; None, and nothing changed, where that may not be."""
        await self._checkpoints.settle(reply)
        now = self._clock()
        values: dict[str, Any] = {
            "state": ReplyState.STREAMING,
            "shown": False,
            "trigger": trigger,
            "updated_at": now,
        }
        if not keep:
            values |= {"text": "", "variants": None, "variant": 0}
        opened = (
            sa.update(replies)
            .where(replies.c.id == reply, _may_change(trigger))
            .values(values)
            .returning(replies.c.conversation_id)
        )

        def reopen(connection: sa.Connection) -> ReplyRecord | None:
            found = connection.execute(opened).scalar_one_or_none()
            if found is None:
                return None
            if not keep:
                remove_answer(connection, ChannelId(found), reply)
            if quota is not None:
                count_question(self._database, connection, quota, at=now)
            return _BY_ID.one(connection, reply=reply)

        return await self._database.write(reopen)

    async def choose_variant(
        self, reply: ReplyId, variant: int, trigger: EventId
    ) -> ReplyRecord | None:
        """Let another variant be the answer; None, and nothing changed, where that may not be."""
        await self._checkpoints.settle(reply)
        values = {"shown": False, "trigger": trigger, "updated_at": self._clock()}

        def choose(connection: sa.Connection) -> ReplyRecord | None:
            if not let_show(connection, reply, variant, _may_change(trigger), values):
                return None
            return _BY_ID.one(connection, reply=reply)

        return await self._database.write(choose)

    async def checkpoint(self, reply: ReplyId, text: str, address: Address) -> None:
        """Store what is about to be shown, so that a crash loses nothing that was visible.

        Of a reply that has ended only its messages are stored: it stays as it ended.
        """
        await self._checkpoints.save(reply, text, address)

    async def finish(self, reply: ReplyId, ending: Ending) -> None:
        """Store how a reply ended, in one transaction."""
        await self._checkpoints.settle(reply)
        now = self._clock()
        values = {
            "state": ending.state,
            "text": ending.text,
            "model": ending.model,
            "variants": encode_variants(ending.variants),
            "variant": ending.variant,
            "updated_at": now,
        }
        shown = ending.address.message_ids
        moved = shown != self._checkpoints.stored.get(reply)

        def finish(connection: sa.Connection) -> bool:
            row = connection.execute(_FINISH, {"reply": reply, **values}).one_or_none()
            if row is None:
                return False
            if moved:
                put_shown(connection, {reply: shown})
            if row.shared:
                self._replace_answer(connection, row, ending, at=now)
            if ending.usage is not None:
                record_usage(connection, row, ending, ending.usage, at=now)
                count_tokens(self._database, connection, row, ending.usage, at=now)
            return True

        if await self._database.write(finish):
            self._checkpoints.stored[reply] = shown

    def _replace_answer(
        self, connection: sa.Connection, row: sa.Row[Any], ending: Ending, *, at: float
    ) -> None:
        conversation, reply = ChannelId(row.conversation_id), ReplyId(row.id)
        remove_answer(connection, conversation, reply)
        if ending.text.strip():
            shown = ending.address.message_ids
            message = shown[0] if shown else MessageId(row.event_id)
            answer = [Said(message, Role.ASSISTANT, ending.text)]
            append(self._database, connection, conversation, answer, reply=reply, at=at)

    async def shown(self, reply: ReplyId, address: Address) -> None:
        """The ending is visible: nothing is left to do after a restart, and the token is dropped.

        A reply that has been reopened meanwhile, or whose ending was never stored, is left alone.
        """
        stored = self._checkpoints.stored.pop(reply, None)
        done = {"shown": True, "token": None, "token_from": None, "updated_at": self._clock()}
        moved = address.message_ids != stored

        def show(connection: sa.Connection) -> None:
            ended = connection.execute(_SHOW, {"reply": reply, **done}).rowcount
            if ended and moved:
                put_shown(connection, {reply: address.message_ids})

        await self._database.write(show)

    async def load(self, reply: ReplyId) -> ReplyRecord | None:
        """One row, if it is there."""
        return await self._database.read(lambda connection: _BY_ID.one(connection, reply=reply))

    async def unfinished(self) -> list[ReplyRecord]:
        """All rows whose ending is not `shown`, oldest first."""
        return await self._database.read(_UNFINISHED.all)

    async def showing(self, message: MessageId) -> ReplyRecord | None:
        """The reply that a Discord message belongs to, as its question or part of its answer."""
        return await self._database.read(
            lambda connection: _SHOWING.one(connection, message=message)
        )

    async def previous(self, conversation: ChannelId, before: ReplyId) -> ReplyRecord | None:
        """The newest ended reply of a conversation before this one, whose buttons are to go.

        Private replies are apart: they neither have a previous one nor are one.
        """
        return await self._database.read(
            lambda connection: _PREVIOUS.one(connection, conversation=conversation, before=before)
        )


def _may_change(trigger: EventId) -> sa.ColumnElement[bool]:
    """Whether an event may change an answer: it has ended and is the newest of its conversation.

    The newest is the one after which no other was accepted, gathered and private ones apart. A
    private answer is never superseded.
    """
    later = replies.alias()
    superseded = sa.exists().where(
        later.c.conversation_id == replies.c.conversation_id,
        later.c.id > replies.c.id,
        later.c.shared,
        later.c.state.not_in(NO_ANSWERS),
    )
    return sa.and_(
        replies.c.trigger < trigger,
        replies.c.state.in_(ANSWERS_ENDED),
        sa.or_(sa.not_(replies.c.shared), sa.not_(superseded)),
    )
