"""What a resumed session is told that it missed: a question waits for what came after it.

Discord replays the events in their order, and ends with one of its own. A question among them may
have been edited or deleted since, as the next ones tell. Source: Discord's documentation, "Resume".
"""

from __future__ import annotations

import asyncio
from contextlib import suppress

import discord
from discord.ext import commands

LONGEST_REPLAY = 5.0  # seconds a question waits; it comes over a connection that works


class Replay(commands.Cog):
    """Knows which shards are being told what they missed."""

    def __init__(self) -> None:
        self._ends: dict[int, asyncio.Event] = {}

    async def over(self, guild: discord.Guild | None) -> None:
        """Return when a server's shard has been told everything; direct messages come to shard 0."""
        end = self._ends.get(0 if guild is None else guild.shard_id)
        if end is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(end.wait(), LONGEST_REPLAY)

    @commands.Cog.listener()
    async def on_shard_disconnect(self, shard: int) -> None:
        """What is said now will be told later."""
        self._ends.setdefault(shard, asyncio.Event())

    @commands.Cog.listener()
    async def on_shard_resumed(self, shard: int) -> None:
        """That was all."""
        self._end(shard)

    @commands.Cog.listener()
    async def on_shard_connect(self, shard: int) -> None:
        """It begins anew: nothing is replayed."""
        self._end(shard)

    def _end(self, shard: int) -> None:
        if (end := self._ends.pop(shard, None)) is not None:
            end.set()
