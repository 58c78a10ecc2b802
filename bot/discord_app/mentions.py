"""A mention of the bot in a channel."""

from __future__ import annotations

import discord

from bot.core.conversation import Turn
from bot.discord_app.turns import turn_of_message


class Mentions:
    """Knows messages that mention the bot itself (a role or @everyone is not enough)."""

    def __init__(self, me: int) -> None:
        self._me = me

    async def turn_of(self, message: discord.Message) -> Turn | None:
        """The message as a turn, if it mentions the bot."""
        if all(user.id != self._me for user in message.mentions):
            return None
        return turn_of_message(message, self._me)
