"""Messages missed while the gateway was away.

Discord replays what a *resumed* session missed. A session that had to begin anew misses it for
good, so the places where something new stands are read, and what they hold goes to the same
listeners. An event that was answered before is not answered again: the core sees to that.
"""

from __future__ import annotations

import logging
import time
from collections import OrderedDict
from collections.abc import Iterator

import discord
from discord.ext import commands

from bot.core.pacing import EditBudget
from bot.discord_app.errors import UNREACHABLE
from bot.discord_app.lanes import lane_of

log = logging.getLogger(__name__)

MOST_PLACES = 50  # read after one gap, those with the newest messages first
MOST_MESSAGES = 50  # read in each
REMEMBERED_DMS = 200  # Discord does not tell a bot its direct conversations

Readable = discord.TextChannel | discord.VoiceChannel | discord.Thread


class CatchUp(commands.Cog):
    """Reads what was missed.

    Args:
        bot: whose messages these are; they are dispatched as if they had come in time.
        budget: gives leave for the readings: there may be hundreds, while answers go on.
    """

    def __init__(self, bot: commands.AutoShardedBot, budget: EditBudget) -> None:
        self._bot = bot
        self._budget = budget
        self._newest: dict[int, int] = {}  # shard → the newest message's id
        self._gaps: dict[int, int] = {}  # shard → the newest id before its session was lost
        self._direct: OrderedDict[int, discord.DMChannel] = OrderedDict()

    @commands.Cog.listener()
    async def on_message(self, message: discord.Message) -> None:
        """Take note of what has come."""
        shard = 0 if message.guild is None else message.guild.shard_id
        self._newest[shard] = max(self._newest.get(shard, 0), message.id)
        if isinstance(message.channel, discord.DMChannel):
            self._direct[message.channel.id] = message.channel
            self._direct.move_to_end(message.channel.id)
            if len(self._direct) > REMEMBERED_DMS:
                self._direct.popitem(last=False)

    @commands.Cog.listener()
    async def on_shard_connect(self, shard: int) -> None:
        """A session begins; unless it is the shard's first, there is a gap before it."""
        now = discord.utils.time_snowflake(discord.utils.utcnow())
        newest = self._newest.setdefault(shard, now)
        if newest != now:
            self._gaps.setdefault(shard, newest)

    @commands.Cog.listener()
    async def on_shard_ready(self, shard: int) -> None:
        """Its servers are known again: read what was said in the gap."""
        after = self._gaps.pop(shard, None)
        if after is None:
            return
        started = time.monotonic()
        count = 0
        for place in self._places(shard, after):
            count += await self._read(place, after)
        seconds = time.monotonic() - started
        log.info("shard %d: %d missed messages read in %.1f s", shard, count, seconds)

    def _places(self, shard: int, after: int) -> Iterator[Readable | discord.DMChannel]:
        """First those of which it is known that something new stands there, the newest first."""
        places: list[Readable] = []
        for guild in self._bot.guilds:
            if guild.shard_id == shard:
                places += [*guild.text_channels, *guild.voice_channels, *guild.threads]
        missed = [place for place in places if _newest(place) > after and _may_read(place)]
        missed.sort(key=_newest, reverse=True)
        yield from missed[:MOST_PLACES]
        if shard == 0:
            yield from reversed(list(self._direct.values()))

    async def _read(self, place: Readable | discord.DMChannel, after: int) -> int:
        count = 0
        try:
            async with self._budget.errand(lane_of("GET", f"/channels/{place.id}/messages")):
                missed = place.history(after=discord.Object(after), limit=MOST_MESSAGES)
                async for message in missed:
                    self._bot.dispatch("message", message)
                    count += 1
        except UNREACHABLE as error:
            log.warning("missed messages could not be read: %s", error)
        return count


def _newest(place: Readable) -> int:
    return place.last_message_id or 0


def _may_read(place: Readable) -> bool:
    may = place.permissions_for(place.guild.me)
    return may.view_channel and may.read_message_history
