"""The channel in which a server's changes are announced, whatever made them."""

from __future__ import annotations

import logging
from collections.abc import Sequence

from bot.core.conversation import ChannelId, GuildId
from bot.core.errors import BotError, ReplyDelayed
from bot.core.option_kinds import OPTIONS
from bot.core.options import Changed, Scope
from bot.core.pacing import EditBudget
from bot.core.ports.storage import OptionStore
from bot.core.text import utf16_len
from bot.discord_app.config.wording import changed
from bot.discord_app.rest import DiscordRest, Refused
from bot.discord_app.routes import ChannelRoutes

log = logging.getLogger(__name__)

OPTION = "log_channel"
MOST_TOLD = 10  # changes in one announcement; an import may make hundreds
LONGEST = 1900  # UTF-16 units of them; a message holds 2,000
NOT_THERE = (
    "I could not announce this in <#{channel}>: I may not write there, or it is gone. Choose "
    "another channel with `/config set log_channel`."
)
NOT_NOW = "I could not announce this in <#{channel}>: Discord did not take it."


class LogChannel:
    """Announces changes.

    Args:
        rest: the requests.
        options: where the channel is chosen.
        budget: gives leave, so that many changes draw no 429.
    """

    def __init__(self, rest: DiscordRest, options: OptionStore, budget: EditBudget) -> None:
        self._rest = rest
        self._budget = budget
        self._options = options
        self._troubles: dict[GuildId, str] = {}

    def trouble(self, guild: GuildId) -> str:
        """Why the server's last announcement did not get through; empty if it did."""
        return self._troubles.get(guild, "")

    async def announce(self, guild: GuildId, changed: Sequence[Changed]) -> None:
        """Tell what has changed; never raises.

        A channel that is chosen no more is told that, too: nobody is left to watch unawares.
        """
        try:
            ((_, chosen),) = await self._options.layers({Scope.SERVER: guild})
        except BotError as error:
            log.warning("server %d: its log channel is not known: %s", guild, error)
            return
        self._troubles.pop(guild, None)
        for one in changed:
            if one.name == OPTION and one.before is not None:
                await self._send(guild, ChannelId(one.before), changed)
        self._troubles.pop(guild, None)  # what became of the former channel is nobody's trouble
        if chosen.get(OPTION) is not None:
            await self._send(guild, ChannelId(chosen[OPTION]), changed)

    async def _send(self, guild: GuildId, channel: ChannelId, changed: Sequence[Changed]) -> None:
        routes = ChannelRoutes(self._rest, channel)
        try:
            async with self._budget.errand(routes.creating):
                await routes.say(announcement(changed))
        except Refused as error:
            self._troubles[guild] = NOT_THERE.format(channel=channel)
            log.warning("server %d: its log channel %d takes nothing: %s", guild, channel, error)
        except ReplyDelayed as error:
            self._troubles[guild] = NOT_NOW.format(channel=channel)
            log.warning("server %d: its log channel %d was not told: %s", guild, channel, error)


def announcement(changed: Sequence[Changed]) -> str:
    """The changes in as many lines as a message takes."""
    text = ""
    for count, one in enumerate(changed):
        line = f"{announced(one)}\n"
        if count == MOST_TOLD or utf16_len(text + line) > LONGEST:
            return f"{text}-# … and {len(changed) - count} more: `/config log`"
        text += line
    return text.rstrip()


def announced(one: Changed) -> str:
    """A change in one line: who, where, what, from what to what."""
    return f"<@{one.by}> · {where(one)} · {told(one)}"


def where(one: Changed) -> str:
    """Where a change was made, for people who are elsewhere."""
    return "server" if one.scope is Scope.SERVER else f"<#{one.scope_id}>"


def told(one: Changed) -> str:
    """What a change changed."""
    option = OPTIONS.get(one.name)
    if option is None:  # an option of a former version
        return f"**{one.name}**"
    return f"**{option.title}**: {changed(option, one.before, one.after)}"
