"""`/model`: which model answers, and why."""

from __future__ import annotations

from discord import app_commands
from discord.ext import commands

from bot.core.choices import Choices
from bot.core.ports import ModelCatalogue
from bot.discord_app.errors import think
from bot.discord_app.models import in_force
from bot.discord_app.turns import AnyInteraction, place_of

HOW_TO_CHANGE = (
    "-# Moderators change it with `/config model`, anybody for one question with `/ask`."
)


class Models(commands.Cog):
    """Tells which model answers."""

    def __init__(self, choices: Choices, catalogue: ModelCatalogue) -> None:
        self._choices = choices
        self._catalogue = catalogue

    @app_commands.command(name="model", description="Which model answers here, and why")
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def model(self, interaction: AnyInteraction) -> None:
        """`/model`."""
        await think(interaction, private=True)
        options = await self._choices.of(place_of(interaction))
        told = f"{in_force(self._catalogue, options)}\n{HOW_TO_CHANGE}"
        await interaction.followup.send(told, ephemeral=True)
