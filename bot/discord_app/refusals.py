"""Whom a limit has refused already: each is told once until it ends, however often they ask."""

from __future__ import annotations

from collections import OrderedDict

import discord

from bot.core.errors import LimitReached

REMEMBERED = 10_000  # members; whoever is forgotten is told once more


class Refusals:
    """Remembers who was told of which limit. A server's messages come to one process only."""

    def __init__(self) -> None:
        self._told: OrderedDict[tuple[int, int], float] = OrderedDict()

    def is_news(self, message: discord.Message, reached: LimitReached) -> bool:
        """Whether the author does not know yet; they do when this has been asked once.

        A limit that ends later than the one they were told of is news.
        """
        guild = 0 if message.guild is None else message.guild.id
        key = guild, message.author.id
        if self._told.get(key, 0.0) >= reached.until:
            return False
        self._told[key] = reached.until
        self._told.move_to_end(key)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
        return True
