"""`/config access …`: who may ask, and where."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import discord
from discord import app_commands

from bot.core.access import AccessRules, Entry, Listed
from bot.core.choices import Choices
from bot.core.errors import InvalidInput
from bot.discord_app.config.rules import RuleChanges, bulleted, gone
from bot.discord_app.errors import think
from bot.discord_app.turns import AnyInteraction, place_of

EVERYBODY = "Everybody may ask me everywhere. `/config access allow` and `deny` change that."
LISTED = "**Who may ask me, and where**"
MODERATORS = "-# A thread counts as its channel. Moderators (Manage Server) are never locked out."
UNCHANGED = "That is so already."
NOTHING_NAMED = "Name a channel, a role or a member."
NOT_LISTED = "That is in neither list."


class PlaceToAsk(app_commands.Transformer):
    """A channel in which, or in whose threads, questions are asked.

    discord.py would offer media channels with the forums, which Discord's own description of its
    API does not know.
    """

    type = discord.AppCommandOptionType.channel
    channel_types = [  # noqa: RUF012 - as discord.py declares it
        discord.ChannelType.text,
        discord.ChannelType.news,
        discord.ChannelType.voice,
        discord.ChannelType.stage_voice,
        discord.ChannelType.forum,
    ]

    async def transform(self, _: AnyInteraction, value: Any, /) -> app_commands.AppCommandChannel:
        """The channel as Discord resolved it."""
        channel: app_commands.AppCommandChannel = value
        return channel


Channel = app_commands.Transform[app_commands.AppCommandChannel, PlaceToAsk]


class AccessCommands(app_commands.Group, name="access", description="Who may ask me, and where"):
    """Allows and denies channels, roles and members; whoever has left is one of those, too.

    Args:
        choices: has the lists.
    """

    def __init__(self, choices: Choices) -> None:
        super().__init__()
        self._choices = choices
        self._changes = RuleChanges(choices, "access")

    @app_commands.command(name="allow", description="Only what is allowed may use me, then")
    @app_commands.describe(
        channel="Only in allowed channels",
        role="Only members with an allowed role, and allowed members",
        member="Only allowed members, and members with an allowed role",
    )
    async def allow(
        self,
        interaction: AnyInteraction,
        channel: Channel | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """`/config access allow`."""
        entries = _entries(channel, role, member)
        await self._change(interaction, lambda rules: rules.with_entries(allow=entries))

    @app_commands.command(name="deny", description="What is denied may not use me")
    @app_commands.describe(
        channel="Not in this channel", role="Nobody with this role", member="Not this member"
    )
    async def deny(
        self,
        interaction: AnyInteraction,
        channel: Channel | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """`/config access deny`."""
        entries = _entries(channel, role, member)
        await self._change(interaction, lambda rules: rules.with_entries(deny=entries))

    @app_commands.command(name="remove", description="Take something out of both lists")
    @app_commands.describe(
        channel="A channel in a list", role="A role in a list", member="A member in a list"
    )
    async def remove(
        self,
        interaction: AnyInteraction,
        channel: Channel | None = None,
        role: discord.Role | None = None,
        member: discord.User | None = None,
    ) -> None:
        """`/config access remove`."""
        entries = _entries(channel, role, member)
        await self._change(interaction, lambda rules: rules.without(entries), NOT_LISTED)

    @app_commands.command(name="show", description="Who may ask me, and where")
    async def show(self, interaction: AnyInteraction) -> None:
        """`/config access show`."""
        await think(interaction, private=True)
        await self._tell(interaction)

    async def _change(
        self,
        interaction: AnyInteraction,
        change: Callable[[AccessRules], AccessRules],
        unchanged: str = UNCHANGED,
    ) -> None:
        changed = await self._changes.change(
            interaction, lambda before: change(AccessRules.of(before)).stored()
        )
        await self._tell(interaction, "" if changed else unchanged)

    async def _tell(self, interaction: AnyInteraction, first: str = "") -> None:
        options = await self._choices.of(place_of(interaction))
        lists = AccessRules.of(options.values.get("access"))
        sentences = lists.sentences()
        rules = f"{LISTED}\n{bulleted(sentences)}\n{MODERATORS}" if sentences else EVERYBODY
        told = "\n".join(filter(None, [first, rules, _gone(interaction.guild, lists)]))
        await interaction.followup.send(told, ephemeral=True)


def _gone(guild: discord.Guild | None, lists: AccessRules) -> str:
    both = lists.allow | lists.deny
    roles, channels = (
        [id_ for kind, id_ in both if kind is wanted] for wanted in (Listed.ROLES, Listed.CHANNELS)
    )
    return gone(guild, roles=roles, channels=channels)


def _entries(
    channel: Channel | None, role: discord.Role | None, member: discord.User | None
) -> frozenset[Entry]:
    named = {Listed.CHANNELS: channel, Listed.ROLES: role, Listed.MEMBERS: member}
    entries = frozenset((kind, one.id) for kind, one in named.items() if one is not None)
    if not entries:
        raise InvalidInput(text=NOTHING_NAMED)
    return entries
