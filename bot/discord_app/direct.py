"""Direct messages: answered without a mention."""

from __future__ import annotations

import discord

from bot.core.conversation import Turn
from bot.discord_app.turns import turn_of_message


class DirectMessages:
    """Knows messages outside servers."""

    def __init__(self, me: int) -> None:
        self._me = me

    async def turn_of(self, message: discord.Message) -> Turn | None:
        """The message as a turn, if it is a direct one."""
        if message.guild is not None:
            return None
        return turn_of_message(message, self._me, gathers=True)
