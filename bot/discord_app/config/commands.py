"""`/config …`: moderators choose what applies in their server, a channel or a thread."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from discord import app_commands
from discord.ext import commands

from bot.core.choices import Choices
from bot.core.conversation import UserId
from bot.core.options import Resolved, Scope
from bot.core.ports import ModelCatalogue
from bot.discord_app.errors import think
from bot.discord_app.models import completions, in_force, named
from bot.discord_app.turns import AnyInteraction, place_of


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
        subgroups: `/config …` commands that live in files of their own.
    """

    def __init__(
        self,
        choices: Choices,
        catalogue: ModelCatalogue,
        *,
        subgroups: Sequence[app_commands.Group] = (),
    ) -> None:
        self._choices = choices
        self._catalogue = catalogue
        assert isinstance(self.app_command, app_commands.Group)
        for subgroup in subgroups:
            self.app_command.add_command(subgroup)

    @app_commands.command(name="model", description="Choose the model, or go back to the inherited")
    @app_commands.describe(
        model="Who answers; leave it out to go back to the inherited one",
        scope="Where: the whole server (if you leave it out), this channel, or this thread",
    )
    async def model(
        self,
        interaction: AnyInteraction,
        model: str | None = None,
        scope: Literal["server", "channel", "thread"] = "server",
    ) -> None:
        """`/config model`."""
        key = None if model is None else self._choices.model(model).key
        await think(interaction, private=True)
        place, by = place_of(interaction), UserId(interaction.user.id)
        await self._choices.choose(place, Scope(scope), "model", key, by=by)
        options = await self._choices.of(place)
        told = self._told(key, Scope(scope), options)
        await interaction.followup.send(told, ephemeral=True)

    @app_commands.command(
        name="footer", description="Choose whether answers end with their tokens and seconds"
    )
    @app_commands.describe(
        details="Whether to show them; leave it out to go back to what is inherited",
        scope="Where: the whole server (if you leave it out), this channel, or this thread",
    )
    async def footer(
        self,
        interaction: AnyInteraction,
        details: bool | None = None,  # noqa: FBT001 - discord.py reads the option's type here
        scope: Literal["server", "channel", "thread"] = "server",
    ) -> None:
        """`/config footer`."""
        await think(interaction, private=True)
        place, by = place_of(interaction), UserId(interaction.user.id)
        value = None if details is None else ("details" if details else "on")
        await self._choices.choose(place, Scope(scope), "footer", value, by=by)
        options = await self._choices.of(place)
        now = "with" if options.values["footer"] == "details" else "without"
        told = f"Answers here end {now} their tokens and seconds from now on."
        await interaction.followup.send(told, ephemeral=True)

    @model.autocomplete("model")
    async def _models(self, _: AnyInteraction, partial: str) -> list[app_commands.Choice[str]]:
        return completions(self._catalogue, partial)

    def _told(self, key: str | None, scope: Scope, options: Resolved) -> str:
        now = in_force(self._catalogue, options)
        if key is None:
            return f"This {scope.value} has no model of its own any more. {now}"
        chosen = f"{named(self._catalogue, key)} answers in this {scope.value} from now on."
        if options.sources["model"] is scope:
            return chosen
        return f"{chosen} A more particular choice goes before it, though: {now}"
