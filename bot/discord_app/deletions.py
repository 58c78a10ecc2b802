"""What people delete and edit in Discord, the bot forgets and learns anew."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Iterable

import discord
from discord.ext import commands

from bot.core.conversation import ChannelId, MessageId
from bot.core.errors import StorageError
from bot.core.service import ChatService
from bot.discord_app.own_messages import OwnMessages
from bot.discord_app.readable import words_of
from bot.discord_app.threads import ListenedThreads

log = logging.getLogger(__name__)


class Deletions(commands.Cog):
    """Passes deletions and edits on.

    Args:
        service: forgets and learns.
        threads: the threads the bot listens in.
        own: knows which messages the bot deleted itself, which changes nothing else.
        me: the bot's user id.
    """

    def __init__(
        self,
        service: ChatService,
        threads: ListenedThreads,
        own: OwnMessages,
        me: int,
    ) -> None:
        self._service = service
        self._threads = threads
        self._own = own
        self._me = me

    @commands.Cog.listener()
    async def on_raw_message_delete(self, event: discord.RawMessageDeleteEvent) -> None:
        """One message was deleted."""
        await self._deleted([event.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, event: discord.RawBulkMessageDeleteEvent) -> None:
        """Several were, at once."""
        await self._deleted(event.message_ids)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, event: discord.RawMessageUpdateEvent) -> None:
        """A person's message changed; a link's preview appearing is no edit."""
        message = event.message
        if message.author.bot or message.edited_at is None or "content" not in event.data:
            return
        text = words_of(message, self._me)
        if text:
            await _logged(self._service.edited(MessageId(message.id), text))

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, event: discord.RawThreadDeleteEvent) -> None:
        """A thread was deleted."""
        await _logged(self._threads.leave(ChannelId(event.thread_id)))

    async def _deleted(self, messages: Iterable[int]) -> None:
        others = [id_ for id_ in map(MessageId, messages) if not self._own.removed(id_)]
        if others:
            await _logged(self._service.deleted(others))


async def _logged(change: Awaitable[None]) -> None:
    try:
        await change
    except StorageError as error:  # nobody waits for an answer
        log.error("a deletion or edit could not be stored: %s", error)  # noqa: TRY400 - known, no trace needed
