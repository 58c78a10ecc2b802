"""What models, members and channels are called."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence

import aiohttp
import discord

from bot.core.ports.weryai import ModelCatalogue
from bot.core.usage import By, Key
from bot.discord_app.models import named
from bot.discord_app.turns import AnyInteraction
from bot.discord_app.usage.breakdown import Name, Naming

log = logging.getLogger(__name__)

ASKING_TAKES = 3.0  # seconds that Discord gets to say who the members are
LAST_DIGITS = 10_000


def naming_for(by: By, interaction: AnyInteraction, catalogue: ModelCatalogue) -> Naming:
    """How the keys of a breakdown are named, where a command was used."""

    async def models(keys: Sequence[Key]) -> Mapping[Key, Name]:
        return {key: _model(str(key), catalogue) for key in keys}

    async def channels(keys: Sequence[Key]) -> Mapping[Key, Name]:
        return {key: _channel(int(key), interaction.guild) for key in keys}

    async def members(keys: Sequence[Key]) -> Mapping[Key, Name]:
        found = await asyncio.gather(*(_member(int(key), interaction) for key in keys))
        return dict(zip(keys, found, strict=True))

    return {By.MODEL: models, By.CHANNEL: channels, By.MEMBER: members}[by]


def _model(key: str, catalogue: ModelCatalogue) -> Name:
    model = catalogue.find(key)
    return Name(named(catalogue, key), key if model is None else model.name, key)


def _channel(id_: int, guild: discord.Guild | None) -> Name:
    if guild is None:
        return Name("here", "Here")
    channel = guild.get_channel_or_thread(id_)
    fallback = f"Channel {_end_of(id_)}"
    return Name(f"<#{id_}>", fallback if channel is None else f"#{channel.name}", fallback)


async def _member(id_: int, interaction: AnyInteraction) -> Name:
    """The bot keeps no members in memory, so Discord is asked; their name is for the picture."""
    fallback = f"Member {_end_of(id_)}"
    name = fallback
    if id_ == interaction.user.id:
        name = interaction.user.display_name
    elif interaction.guild is not None:
        try:
            async with asyncio.timeout(ASKING_TAKES):
                name = (await interaction.guild.fetch_member(id_)).display_name
        except (discord.HTTPException, aiohttp.ClientError, OSError) as error:  # perhaps left
            log.info("member %d: not named: %s", id_, type(error).__name__)
    return Name(f"<@{id_}>", name, fallback)


def _end_of(id_: int) -> str:
    return f"…{id_ % LAST_DIGITS:04}"
