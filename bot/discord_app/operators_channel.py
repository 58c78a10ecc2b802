"""The channel in which the operator is told what concerns the bot as a whole."""

from __future__ import annotations

import logging

from bot.core.errors import ReplyDelayed
from bot.discord_app.lanes import channel_lane
from bot.discord_app.rest import DiscordRest, Refused

_log = logging.getLogger(__name__)


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
        payload = {"content": f"⚠️ {sentence}", "allowed_mentions": {"parse": []}}
        lane = channel_lane("POST", channel, "/messages")
        try:
            await self._rest.send("POST", f"/channels/{channel}/messages", payload, lane=lane)
        except Refused as error:
            _log.warning("the operator's channel %d takes nothing: %s", channel, error)
        except ReplyDelayed as error:
            _log.warning("the operator's channel %d was not told: %s", channel, error)
            return False
        return True
