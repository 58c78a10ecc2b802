"""Hears of the messages that answer commands and presses, whether or not their requests did.

A message that is made by an interaction's token takes no nonce: should the answer to its request
be lost, only the gateway tells that it is there. Source: Discord's documentation, "Message
Interaction Metadata Object" and "Execute Webhook".
"""

from __future__ import annotations

import discord
from discord.ext import commands

from bot.core.conversation import EventId, MessageId
from bot.discord_app.own_messages import OwnMessages


class Followups(commands.Cog):
    """Takes down which messages answer which interaction.

    Args:
        own: where they are taken down.
        application_id: the bot's; other applications' messages are none of its affair.
    """

    def __init__(self, own: OwnMessages, application_id: int) -> None:
        self._own = own
        self._application_id = application_id

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """One has appeared."""
        caused_by = message.interaction_metadata
        if caused_by is not None and message.application_id == self._application_id:
            self._own.saw(MessageId(message.id), EventId(caused_by.id))
