"""Who was refused already, and told why: not each time, however often they ask."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable

import discord

from bot.core.errors import LimitReached, LineFull

REMEMBERED = 10_000  # members; whoever is forgotten is told once more
FULL_FOR = 60.0  # seconds after which a line that is still full is told of again


class Refusals:
    """Remembers who was told of what. A server's messages come to one process only.

    Args:
        clock: Unix seconds.
    """

    def __init__(self, *, clock: Callable[[], float] = time.time) -> None:
        self._told: OrderedDict[tuple[str, int, int], float] = OrderedDict()
        self._clock = clock

    def is_news(self, message: discord.Message, refusal: LimitReached | LineFull) -> bool:
        """Whether the author does not know yet; they do when this has been asked once.

        A limit that ends later than the one they were told of is news, and so is a line that is
        still full after a minute.
        """
        if isinstance(refusal, LineFull):
            key = "line", message.channel.id, message.author.id
            known, until = self._told.get(key, 0.0) > self._clock(), self._clock() + FULL_FOR
        else:
            key = "limit", 0 if message.guild is None else message.guild.id, message.author.id
            known, until = self._told.get(key, 0.0) >= refusal.until, refusal.until
        if not known:
            self._remember(key, until)
        return not known

    def _remember(self, key: tuple[str, int, int], until: float) -> None:
        self._told[key] = until
        self._told.move_to_end(key)
        if len(self._told) > REMEMBERED:
            self._told.popitem(last=False)
