"""The channel in which the operator is told what concerns the bot as a whole."""

from __future__ import annotations

import logging

from bot.core.conversation import ChannelId
from bot.core.errors import ReplyDelayed
from bot.discord_app.rest import DiscordRest, Refused
from bot.discord_app.routes import ChannelRoutes

log = logging.getLogger(__name__)


class OperatorsChannel:
    """Says sentences there.

    Args:
        rest: the requests.
        channel: its id; None: there is none, so that everything has been said.
    """

    def __init__(self, rest: DiscordRest, channel: int | None) -> None:
        self._rest = rest
        self._channel = channel

    async def tell(self, sentence: str) -> bool:
        """Say it; whether it got through, or never will."""
        channel = self._channel
        if channel is None:
            return True
        try:
            await ChannelRoutes(self._rest, ChannelId(channel)).say(f"⚠️ {sentence}")
        except Refused as error:
            log.warning("the operator's channel %d takes nothing: %s", channel, error)
        except ReplyDelayed as error:
            log.warning("the operator's channel %d was not told: %s", channel, error)
            return False
        return True
