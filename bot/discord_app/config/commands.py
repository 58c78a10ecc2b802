"""`/config …`: moderators choose what applies in their server, a channel or a thread."""

from __future__ import annotations

import io
from collections.abc import Sequence
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.choices import Choices
from bot.core.conversation import ChannelId, GuildId, UserId
from bot.core.errors import InvalidFile, InvalidInput
from bot.core.option_kinds import option_named
from bot.core.options import Scope
from bot.core.ports.weryai import ModelCatalogue
from bot.core.text import utf16_len
from bot.core.transfer import LARGEST_FILE, TOO_LARGE, Places, exported, parsed, planned
from bot.discord_app.config.authority import Authority
from bot.discord_app.config.changing import Changing, require_in, require_own_command
from bot.discord_app.config.confirmation import Confirmation
from bot.discord_app.config.log_channel import LogChannel
from bot.discord_app.config.log_pages import LogPages
from bot.discord_app.config.panel import Panel
from bot.discord_app.config.suggestions import Suggestions, options_like, values_like
from bot.discord_app.errors import UNREACHABLE, think
from bot.discord_app.turns import AnyInteraction, place_of

Where = Literal["server", "channel", "thread"]
WHERE = "Where: the whole server (if you leave it out), this channel, or this thread"
CONTENT = 2000  # UTF-16 units of a message
EXPORTED = "Everything that is set in this server. `/config import` takes it back."
NOT_FETCHED = "I could not fetch the file from Discord. Please try again."
NOT_IMPORTED = "Nothing was changed: {count} in the file."


@app_commands.default_permissions(manage_guild=True)
@app_commands.allowed_contexts(guilds=True, dms=False, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Config(commands.GroupCog, group_name="config", group_description="Set up how I answer"):
    """Changes what applies in a server, a channel or a thread.

    Discord itself keeps others out: members with Manage Server may use it, until the server's
    own permission screen says otherwise.

    Args:
        choices: what applies, and changes it.
        catalogue: the models that can be chosen.
        log_channel: where changes are announced.
        run: names this run of the bot on its buttons.
        subgroups: `/config …` commands that live in files of their own.
    """

    def __init__(
        self,
        choices: Choices,
        catalogue: ModelCatalogue,
        log_channel: LogChannel,
        *,
        run: str,
        subgroups: Sequence[app_commands.Group] = (),
    ) -> None:
        self._choices = choices
        self._catalogue = catalogue
        self._changing = Changing(choices, catalogue, log_channel)
        self._run = run
        assert isinstance(self.app_command, app_commands.Group)
        for subgroup in subgroups:
            self.app_command.add_command(subgroup)

    @app_commands.command(name="show", description="What applies here, and buttons to change it")
    @app_commands.describe(scope=WHERE)
    async def show(self, interaction: AnyInteraction, scope: Where = "server") -> None:
        """`/config show`."""
        await think(interaction, private=True)
        panel = Panel(
            Authority.of(interaction),
            place_of(interaction),
            self._choices,
            self._changing,
            self._catalogue,
            scope=Scope(scope),
            run=self._run,
        )
        await panel.open(interaction)

    @app_commands.command(name="set", description="Set one option")
    @app_commands.describe(
        option="What to set", value="What to; what it takes is shown as you type", scope=WHERE
    )
    async def choose(
        self, interaction: AnyInteraction, option: str, value: str, scope: Where = "server"
    ) -> None:
        """`/config set`."""
        found = option_named(option)
        require_own_command(found)
        chosen = found.parsed(value)
        require_in(interaction.guild, found, chosen)
        await think(interaction, private=True)
        told = await self._changing.choose(
            place_of(interaction), Scope(scope), found, chosen, by=UserId(interaction.user.id)
        )
        await interaction.followup.send(told, ephemeral=True)

    @app_commands.command(name="reset", description="Go back to what is inherited")
    @app_commands.describe(option="What to reset; everything, if you leave it out", scope=WHERE)
    async def reset(
        self, interaction: AnyInteraction, option: str | None = None, scope: Where = "server"
    ) -> None:
        """`/config reset`."""
        found = None if option is None else option_named(option)
        await think(interaction, private=True)
        place, by = place_of(interaction), UserId(interaction.user.id)
        if found is None:
            authority = Authority.of(interaction)
            asked = Confirmation(authority, place, Scope(scope), self._changing, run=self._run)
            await asked.open(interaction)
            return
        told = await self._changing.choose(place, Scope(scope), found, None, by=by)
        await interaction.followup.send(told, ephemeral=True)

    @app_commands.command(name="export", description="Everything that is set in this server")
    async def export(self, interaction: AnyInteraction) -> None:
        """`/config export`."""
        await think(interaction, private=True)
        data = exported(await self._choices.chosen_in(_guild_of(interaction)))
        file = discord.File(io.BytesIO(data), "config.json")
        await interaction.followup.send(EXPORTED, file=file, ephemeral=True)

    @app_commands.command(name="import", description="Take back what was exported, as a whole")
    @app_commands.describe(file="A JSON file as /config export makes it")
    async def import_(self, interaction: AnyInteraction, file: discord.Attachment) -> None:
        """`/config import`."""
        await think(interaction, private=True)
        guild = _guild_of(interaction)
        try:
            document = parsed(await _content(file))
            changes = planned(
                document,
                guild=guild,
                chosen=await self._choices.chosen_in(guild),
                places=_places(interaction.guild),
                check=self._choices.checked,
            )
        except InvalidFile as refused:
            await _tell_problems(interaction, refused.problems)
            return
        told = await self._changing.apply(guild, changes, by=UserId(interaction.user.id))
        await interaction.followup.send(told, ephemeral=True)

    @app_commands.command(name="log", description="Who changed what, and when")
    async def log(self, interaction: AnyInteraction) -> None:
        """`/config log`."""
        await think(interaction, private=True)
        authority, guild = Authority.of(interaction), _guild_of(interaction)
        await LogPages(authority, guild, self._choices, run=self._run).open(interaction)

    @choose.autocomplete("option")
    async def _to_set(self, _: AnyInteraction, partial: str) -> Suggestions:
        return options_like(partial, rules=False)

    @reset.autocomplete("option")
    async def _to_reset(self, _: AnyInteraction, partial: str) -> Suggestions:
        return options_like(partial, rules=True)

    @choose.autocomplete("value")
    async def _values(self, interaction: AnyInteraction, partial: str) -> Suggestions:
        option = str(interaction.namespace.option or "")
        return values_like(option, partial, self._catalogue, interaction.user)


def _guild_of(interaction: AnyInteraction) -> GuildId:
    assert interaction.guild_id is not None  # Discord offers these commands in servers alone
    return GuildId(interaction.guild_id)


def _places(guild: discord.Guild | None) -> Places:
    if guild is None:
        return Places()
    categories = {one.id for one in guild.categories}
    return Places(
        channels=frozenset(ChannelId(one.id) for one in guild.channels if one.id not in categories),
        threads=frozenset(ChannelId(one.id) for one in guild.threads),
    )


async def _content(file: discord.Attachment) -> bytes:
    if file.size > LARGEST_FILE:
        raise InvalidFile([TOO_LARGE])
    try:
        return await file.read()
    except UNREACHABLE as error:
        raise InvalidInput(text=NOT_FETCHED) from error


async def _tell_problems(interaction: AnyInteraction, problems: Sequence[str]) -> None:
    """Name everything that is wrong; in a file, if a message does not hold it."""
    count = "1 thing is wrong" if len(problems) == 1 else f"{len(problems)} things are wrong"
    heading = NOT_IMPORTED.format(count=count)
    told = "\n".join([heading, *(f"- {problem}" for problem in problems)])
    if utf16_len(told) <= CONTENT:
        await interaction.followup.send(told, ephemeral=True)
        return
    file = discord.File(io.BytesIO("\n".join(problems).encode()), "problems.txt")
    await interaction.followup.send(heading, file=file, ephemeral=True)
