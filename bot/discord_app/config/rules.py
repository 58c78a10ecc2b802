"""Changes of a server's rules (limits, access), which are read, changed and stored as a whole."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from typing import Any
from weakref import WeakValueDictionary

import discord

from bot.core.choices import Choices
from bot.core.conversation import GuildId, UserId
from bot.core.options import Scope
from bot.core.text import utf16_len
from bot.discord_app.errors import think
from bot.discord_app.turns import AnyInteraction, place_of

LONGEST = 1700  # UTF-16 units of a list; a message holds 2,000
GONE = (
    "-# Some of these are gone, which no command can name: `/config export`, take them out of the "
    "file, then `/config import`."
)


class RuleChanges:
    """Changes the rules of one option; in a server one change after the other: none is lost.

    A server's events come to one process only.
    """

    def __init__(self, choices: Choices, option: str) -> None:
        self._choices = choices
        self._option = option
        self._changing: WeakValueDictionary[GuildId | None, asyncio.Lock] = WeakValueDictionary()

    async def change(self, interaction: AnyInteraction, change: Callable[[Any], Any]) -> bool:
        """Acknowledge a command and do what it asks for; whether anything is different now.

        Args:
            interaction: the command.
            change: the stored rules as they are to be, from what they are; None: there are none.

        Raises:
            InvalidInput: the rules cannot be so; nothing was changed.
            StorageError: the database does not answer.
        """
        await think(interaction, private=True)
        place, by = place_of(interaction), UserId(interaction.user.id)
        async with self._changing.setdefault(place.guild_id, asyncio.Lock()):
            before = (await self._choices.of(place)).values.get(self._option)
            after = change(before)
            changed = await self._choices.choose(place, Scope.SERVER, self._option, after, by=by)
        return bool(changed)


def gone(
    guild: discord.Guild | None, *, roles: Iterable[int] = (), channels: Iterable[int] = ()
) -> str:
    """A hint where rules name what the server does not have any more; else nothing."""
    if guild is None or guild.unavailable:
        return ""
    missing = any(guild.get_role(id_) is None for id_ in roles)
    missing = missing or any(guild.get_channel(id_) is None for id_ in channels)
    return GONE if missing else ""


def bulleted(lines: Iterable[str]) -> str:
    """Lines as a list, as many as a message holds."""
    told: list[str] = []
    bullets = [f"- {line}" for line in lines]
    for bullet in bullets:
        if utf16_len("\n".join([*told, bullet])) > LONGEST:
            return "\n".join([*told, f"- … and {len(bullets) - len(told)} more (`/config export`)"])
        told.append(bullet)
    return "\n".join(told)
