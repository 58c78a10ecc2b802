"""The two ways a message of a reply reaches Discord: the channel's routes and a token's.

The bot's own channel routes need permissions and count towards the bot-wide limit. An
interaction's token needs neither, edits only what it made, and dies after 15 minutes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.core.conversation import ChannelId, MessageId
from bot.core.replies import File
from bot.discord_app.lanes import channel_lane, token_lane
from bot.discord_app.rest import DiscordRest

EPHEMERAL = 1 << 6  # message flag, "Message Flags" in Discord's documentation
ONE_MESSAGE = "/messages/{message_id}"
NO_PINGS: Mapping[str, Any] = {"parse": []}  # the `allowed_mentions` of whatever is sent


@dataclass(frozen=True, slots=True)
class Parcel:
    """What is sent for one message: its JSON, and perhaps a file."""

    payload: Mapping[str, Any]
    attachment: File | None = None


@dataclass(frozen=True, slots=True)
class Sent:
    """A message as Discord has it: with a nonce it has seen before, the one that was there."""

    id: MessageId
    content: str


class ChannelRoutes:
    """`/channels/{id}/messages`, as the bot itself."""

    def __init__(self, rest: DiscordRest, channel: ChannelId) -> None:
        self._rest = rest
        self.channel = channel
        self.creating = channel_lane("POST", channel, "/messages")
        self.editing = channel_lane("PATCH", channel, ONE_MESSAGE)
        self.typing_lane = channel_lane("POST", channel, "/typing")

    async def create(
        self, parcel: Parcel, *, nonce: str, reply_to: MessageId | None = None
    ) -> Sent:
        """Send a new message.

        Args:
            parcel: what it shows.
            nonce: at most 25 characters; sent again, Discord gives the same message once more,
                so that a lost answer does not make two messages.
            reply_to: the message it answers; one that is gone meanwhile does no harm.
        """
        payload = {**parcel.payload, "nonce": nonce, "enforce_nonce": True}
        if reply_to is not None:
            payload["message_reference"] = {
                "message_id": str(reply_to),
                "fail_if_not_exists": False,
            }
        message = await self._rest.send(
            "POST",
            f"/channels/{self.channel}/messages",
            payload,
            lane=self.creating,
            attachment=parcel.attachment,
        )
        return Sent(MessageId(int(message["id"])), message["content"])

    async def say(self, content: str) -> None:
        """Send a new message of nothing but text."""
        payload = {"content": content, "allowed_mentions": NO_PINGS}
        path = f"/channels/{self.channel}/messages"
        await self._rest.send("POST", path, payload, lane=self.creating)

    async def edit(self, message: MessageId, parcel: Parcel) -> None:
        """Change a message of the bot's."""
        await self._rest.send(
            "PATCH",
            f"/channels/{self.channel}/messages/{message}",
            parcel.payload,
            lane=self.editing,
            attachment=parcel.attachment,
        )

    async def delete(self, message: MessageId) -> None:
        """Take a message of the bot's away."""
        await self._rest.send("DELETE", f"/channels/{self.channel}/messages/{message}")

    async def typing(self) -> None:
        """Show the typing indicator for some ten seconds."""
        await self._rest.send("POST", f"/channels/{self.channel}/typing", lane=self.typing_lane)


class TokenRoutes:
    """`/webhooks/{application}/{token}`: an interaction's response and its followups."""

    def __init__(
        self, rest: DiscordRest, application_id: int, token: str, *, ephemeral: bool = False
    ) -> None:
        self._rest = rest
        self._path = f"/webhooks/{application_id}/{token}"
        self._flags = EPHEMERAL if ephemeral else 0
        self.creating = token_lane("POST", token, "")
        self.editing = token_lane("PATCH", token, ONE_MESSAGE)

    async def create(self, parcel: Parcel) -> MessageId:
        """Send a followup."""
        payload = {**parcel.payload, "flags": parcel.payload.get("flags", 0) | self._flags}
        message = await self._rest.send(
            "POST",
            f"{self._path}?wait=true",
            payload,
            lane=self.creating,
            attachment=parcel.attachment,
            as_bot=False,
        )
        return MessageId(int(message["id"]))

    async def edit(self, message: MessageId | None, parcel: Parcel) -> MessageId:
        """Change a message of this interaction; None is its original response."""
        edited = await self._rest.send(
            "PATCH",
            f"{self._path}/messages/{message or '@original'}",
            parcel.payload,
            lane=self.editing,
            attachment=parcel.attachment,
            as_bot=False,
        )
        return MessageId(int(edited["id"]))

    async def delete(self, message: MessageId) -> None:
        """Take a message of this interaction away."""
        await self._rest.send("DELETE", f"{self._path}/messages/{message}", as_bot=False)
