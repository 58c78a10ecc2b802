"""Threads in which everybody is answered without a mention."""

from __future__ import annotations

from collections import OrderedDict

import discord

from bot.core.conversation import ChannelId, MessageId, Turn, UserId
from bot.core.ports.storage import ListenedThread, ReplyStore, ThreadStore
from bot.discord_app.own_messages import OwnMessages
from bot.discord_app.turns import turn_of_message

REMEMBERED_THREADS = 10_000  # whether the bot listens there; each is asked of the database once


class ListenedThreads:
    """Knows messages in the threads that the bot was asked into.

    Those are the threads it opened itself, and those that people start from an answer of its.
    A channel's events come to one process only, so that what is remembered stays true.

    Args:
        threads: the threads that are stored.
        replies: the answers, to recognise a thread that starts from one.
        own: the newest messages of answers, which may not be stored yet.
        me: the bot's user id.
    """

    def __init__(
        self, threads: ThreadStore, replies: ReplyStore, own: OwnMessages, me: int
    ) -> None:
        self._threads = threads
        self._replies = replies
        self._own = own
        self._me = me
        self._known: OrderedDict[ChannelId, bool] = OrderedDict()

    async def turn_of(self, message: discord.Message) -> Turn | None:
        """The message as a turn, if it is said in such a thread.

        One without a text (a picture, a sticker) is for the others there.
        """
        thread = message.channel
        if not isinstance(thread, discord.Thread):
            return None
        listens, starter = await self._listens(thread)
        if not listens:
            return None
        turn = turn_of_message(message, self._me, gathers=True, quoted=starter)
        mentioned = any(user.id == self._me for user in message.mentions)
        return turn if mentioned or turn.said[0].text else None

    async def listen(self, thread: ListenedThread) -> None:
        """From now on answer everybody there."""
        await self._threads.listen(thread)
        self._remember(thread.id, listens=True)

    async def leave(self, thread: ChannelId) -> None:
        """The thread was deleted."""
        self._known.pop(thread, None)
        await self._threads.leave(thread)

    async def opener(self, thread: ChannelId) -> UserId | None:
        """Who opened a listened thread."""
        listened = await self._threads.find(thread)
        return None if listened is None else listened.opener

    async def _listens(self, thread: discord.Thread) -> tuple[bool, str | None]:
        """Whether the bot listens, and for a thread's first message the answer it starts from."""
        thread_id = ChannelId(thread.id)
        known = self._known.get(thread_id)
        if known is not None:
            self._known.move_to_end(thread_id)
            return known, None
        listens = await self._threads.find(thread_id) is not None
        answer = None if listens else await self._answer_that_starts(thread_id)
        if answer is not None:
            await self.listen(ListenedThread(thread_id, UserId(thread.owner_id)))
            return True, answer
        self._remember(thread_id, listens=listens)
        return listens, None

    async def _answer_that_starts(self, thread: ChannelId) -> str | None:
        """A thread started from a message has its id."""
        starter = MessageId(thread)
        reply = self._own.reply_of(starter)
        if reply is not None:
            record = await self._replies.load(reply)
            return None if record is None else record.text
        record = await self._replies.showing(starter)
        if record is None or starter not in record.address.message_ids:
            return None
        return record.text

    def _remember(self, thread: ChannelId, *, listens: bool) -> None:
        self._known[thread] = listens
        self._known.move_to_end(thread)
        if len(self._known) > REMEMBERED_THREADS:
            self._known.popitem(last=False)
