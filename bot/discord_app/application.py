"""The bot's application, as Discord describes it before the bot connects."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any, Literal

import discord

from bot.core.errors import ReplyDelayed
from bot.discord_app.errors import DiscordRefused
from bot.discord_app.rest import DiscordRest, Refused

log = logging.getLogger(__name__)

ContentIntent = Literal["auto", "on", "off"]

UNAUTHORIZED = 401

# Exactly what the bot needs: see README, "Set up a real server".
PERMISSIONS = discord.Permissions(
    view_channel=True,
    send_messages=True,
    send_messages_in_threads=True,
    create_public_threads=True,
    read_message_history=True,
    attach_files=True,
)
NOT_LET_IN = (
    "Discord does not accept DISCORD_TOKEN. Copy the token anew from the developer portal: your "
    "application, Bot, Reset Token."
)
CONTENT_OFF = (
    "The Message Content intent is off: in threads, only messages that mention the bot are "
    "answered. Switch it on in the developer portal: your application, Bot, Message Content "
    "Intent; then restart."
)


@dataclass(frozen=True, slots=True)
class Application:
    """What Discord says of the application.

    Attributes:
        id: its id; the bot's user has its own, though they mostly agree.
        name: its name.
        content_intent: whether it may ask for the content of all messages.
        elsewhere: whether its interactions go to a web address instead of the gateway.
    """

    id: int
    name: str
    content_intent: bool
    elsewhere: bool = False


async def identify(rest: DiscordRest) -> Application:
    """Ask Discord who the bot is.

    Raises:
        DiscordRefused: the token is wrong, or Discord does not answer.
    """
    try:
        answer: dict[str, Any] = await rest.send("GET", "/applications/@me")
    except Refused as refusal:
        said = NOT_LET_IN if refusal.status == UNAUTHORIZED else f"Discord refused: {refusal}"
        raise DiscordRefused(said) from refusal
    except ReplyDelayed as error:
        raise DiscordRefused(
            f"Discord does not answer ({error}). Check the network and DISCORD_API_URL."
        ) from error
    flags = discord.ApplicationFlags()
    flags.value = int(answer.get("flags") or 0)
    return Application(
        id=int(answer["id"]),
        name=str(answer.get("name", "")),
        content_intent=flags.gateway_message_content or flags.gateway_message_content_limited,
        elsewhere=bool(answer.get("interactions_endpoint_url")),
    )


def reads_everything(application: Application, setting: ContentIntent) -> bool:
    """Whether to ask for the Message Content intent; logs what is off without it.

    "on" asks for it in any case: Discord refuses the connection where it is not enabled.
    """
    wanted = setting == "on" or (setting == "auto" and application.content_intent)
    if not wanted:
        log.warning("%s", CONTENT_OFF)
    return wanted


def invite_link(application_id: int) -> str:
    """The link that adds the bot to a server, with exactly the permissions it needs."""
    return discord.utils.oauth_url(
        application_id, permissions=PERMISSIONS, scopes=("bot", "applications.commands")
    )
