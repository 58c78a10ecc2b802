"""Where a reply is to be shown: found from what Discord just told, or from what is stored."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from datetime import timedelta
from typing import Any

import discord

from bot.core.conversation import ChannelId, EventId, MessageId, Place
from bot.core.replies import ReplyRecord
from bot.discord_app.own_messages import OwnMessages
from bot.discord_app.replies import InteractionAccess, MessageChain
from bot.discord_app.rest import DiscordRest
from bot.discord_app.routes import ChannelRoutes, TokenRoutes

# Discord takes few edits of a message older than an hour (30046), and an answer takes some time.
EDITABLE_FOR = timedelta(minutes=55)


class ReplySurfaces:
    """Builds message chains; also the core's `Surfaces`.

    Args:
        rest: the requests.
        application_id: the bot's application, whose webhook the interactions' tokens open.
        owns: whether events of a server (None: direct messages) come to this process.
        clock: Unix seconds.

    Attributes:
        own: the messages that its chains make and delete.
    """

    def __init__(
        self,
        rest: DiscordRest,
        application_id: int,
        *,
        owns: Callable[[int | None], bool] = lambda _: True,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._rest = rest
        self._application_id = application_id
        self._owns = owns
        self._clock = clock
        self.own = OwnMessages()

    def of(self, record: ReplyRecord) -> MessageChain | None:
        """Where a stored reply is shown; None if another process shows it."""
        place = record.turn.place
        if not self._owns(place.guild_id):
            return None
        address = record.address
        private = not record.turn.shared
        access = None
        if address.token is not None and address.token_from is not None:
            # The token reaches all of a private reply. Of a public one it may not have made every
            # message, but the channel's routes have, and the token is for what is still to come.
            made = set(address.message_ids) if private else set()
            access = self._access(address.token, address.token_from, private=private, made=made)
            access.original = not address.message_ids
        return self._chain(
            place.conversation_id,
            EventId(record.trigger),
            private=private,
            access=access,
            messages=address.message_ids,
            reply_to=MessageId(record.turn.event_id),
        )

    def to_message(self, message: discord.Message) -> MessageChain:
        """Replies to a message."""
        return self._chain(
            ChannelId(message.channel.id),
            EventId(message.id),
            reply_to=MessageId(message.id),
        )

    def in_thread(self, thread: ChannelId, trigger: EventId) -> MessageChain:
        """Speaks in a thread, in reply to nothing."""
        return self._chain(thread, trigger)

    def to_interaction(
        self, interaction: discord.Interaction[Any], place: Place, *, private: bool
    ) -> MessageChain:
        """Fills the response of an interaction that is deferred as "thinking"."""
        access = self._access(interaction.token, self._clock(), private=private, made=set())
        access.original = True
        return self._chain(
            place.conversation_id, EventId(interaction.id), private=private, access=access
        )

    def to_press(
        self, interaction: discord.Interaction[Any], record: ReplyRecord, *, goes_on: bool
    ) -> MessageChain:
        """Shows a reply anew, whose button was pressed.

        The press's token edits the pressed message and what it makes itself. Of a private reply
        it reaches no other message: one that is to be written anew shrinks to the pressed one.
        By Discord's own clock it is known which messages are too old to be edited many times.
        """
        editable_from = discord.utils.snowflake_time(interaction.id) - EDITABLE_FOR
        too_old = {
            id_
            for id_ in record.address.message_ids
            if discord.utils.snowflake_time(id_) < editable_from
        }
        return self._pressed(interaction, record, whole=goes_on, too_old=too_old)

    def to_page(self, interaction: discord.Interaction[Any], record: ReplyRecord) -> MessageChain:
        """Shows another variant of a reply, one of whose buttons was pressed.

        That is one edit of each message, which Discord takes however old they are. Of a private
        reply the press reaches no message but the pressed one, as in `to_press`.
        """
        return self._pressed(interaction, record, whole=False)

    def _pressed(
        self,
        interaction: discord.Interaction[Any],
        record: ReplyRecord,
        *,
        whole: bool,
        too_old: Collection[MessageId] = (),
    ) -> MessageChain:
        private = not record.turn.shared
        messages = record.address.message_ids
        pressed = () if interaction.message is None else (MessageId(interaction.message.id),)
        if private and not whole:
            messages = pressed
        made = set(pressed)
        return self._chain(
            record.turn.place.conversation_id,
            EventId(interaction.id),
            private=private,
            access=self._access(interaction.token, self._clock(), private=private, made=made),
            messages=messages,
            too_old=too_old,
        )

    def _access(
        self, token: str, since: float, *, private: bool, made: set[MessageId]
    ) -> InteractionAccess:
        routes = TokenRoutes(self._rest, self._application_id, token, ephemeral=private)
        return InteractionAccess(routes, token, since, self._clock, made=made)

    def _chain(
        self,
        channel: ChannelId,
        trigger: EventId,
        *,
        private: bool = False,
        access: InteractionAccess | None = None,
        messages: tuple[MessageId, ...] = (),
        too_old: Collection[MessageId] = (),
        reply_to: MessageId | None = None,
    ) -> MessageChain:
        return MessageChain(
            ChannelRoutes(self._rest, channel),
            trigger,
            private=private,
            access=access,
            messages=messages,
            too_old=too_old,
            reply_to=reply_to,
            own=self.own,
        )
