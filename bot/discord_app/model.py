"""`/model`: which model answers, why, and a member's own for private questions and DMs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.choices import Choices
from bot.core.conversation import Place, UserId
from bot.core.errors import InvalidInput
from bot.core.options import Resolved, Scope
from bot.core.ports.weryai import ModelCatalogue, ModelInfo
from bot.discord_app.errors import think
from bot.discord_app.model_menus import model_entry, shelf_menu
from bot.discord_app.models import in_force, named, tokens_of
from bot.discord_app.private_view import Menu, Press, PrivateView, only
from bot.discord_app.shelves import Shelf, shelf_of, shelves
from bot.discord_app.turns import AnyInteraction, place_of

HOW_TO_CHANGE = "-# Moderators change it with `/config show`, anybody for one question with `/ask`."
OWN = "Your private questions and direct messages"
SAME = f"{OWN} are answered by the same, until you choose another one for them:"
CHOSEN = "{own} are answered by {model}: you chose it."
NOT_NOW = (
    "{own} would be answered by {model}, as you chose, but you may not pick that here: the one "
    "above answers instead."
)
NOTHING_TO_PICK = f"{OWN} are answered by the same: members may not pick another model here."
NOT_PICKABLE = "You may not pick that model here any more. Choose another one."


class Models(commands.Cog):
    """Tells which model answers, and lets members choose their own.

    Args:
        choices: what applies, and changes it.
        catalogue: the models there are.
        run: names this run of the bot on its buttons.
    """

    def __init__(self, choices: Choices, catalogue: ModelCatalogue, *, run: str) -> None:
        self._choices = choices
        self._catalogue = catalogue
        self._run = run

    @app_commands.command(
        name="model", description="Which model answers here and why; choose your own"
    )
    @app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
    @app_commands.allowed_installs(guilds=True, users=False)
    async def model(self, interaction: AnyInteraction) -> None:
        """`/model`."""
        await think(interaction, private=True)
        by, place = UserId(interaction.user.id), place_of(interaction)
        view = OwnModel(by, place, self._choices, self._catalogue, run=self._run)
        await view.open(interaction)


class OwnModel(PrivateView):
    """What answers, and menus to choose another model for oneself."""

    def __init__(
        self, user: UserId, place: Place, choices: Choices, catalogue: ModelCatalogue, *, run: str
    ) -> None:
        super().__init__(only(user), run=run, again="`/model`")
        self._user = user
        self._place = place
        self._choices = choices
        self._catalogue = catalogue
        self._shelf: str | None = None
        self._text = ""

    async def draw(self) -> discord.ui.Item[Any]:
        """What answers here and in private, and the menus."""
        public = await self._choices.of(self._place)
        private = await self._choices.of(self._place, member=self._user)
        own = private.model if private.sources["model"] is Scope.MEMBER else None
        pickable = self._choices.pickable(public)
        self._text = self._answering(public)
        container: discord.ui.Container[Any] = discord.ui.Container(
            discord.ui.TextDisplay(self._text),
            discord.ui.Separator(),
            discord.ui.TextDisplay(self._own(own, pickable)),
        )
        for row in self._rows(own, pickable):
            container.add_item(row)
        return container

    def remains(self) -> discord.ui.Item[Any]:
        """What answers, without the menus."""
        return discord.ui.Container(discord.ui.TextDisplay(self._text))

    def _answering(self, public: Resolved) -> str:
        force = in_force(self._choices, self._catalogue, public)
        return "\n".join([force, *self._limits(public.model), HOW_TO_CHANGE])

    def _own(self, own: str | None, pickable: Sequence[ModelInfo]) -> str:
        if own is None:
            return SAME if pickable else NOTHING_TO_PICK
        model = named(self._catalogue, own)
        if own not in {one.key for one in pickable}:
            return NOT_NOW.format(own=OWN, model=model)
        return "\n".join([CHOSEN.format(own=OWN, model=model), *self._limits(own)])

    def _limits(self, key: str) -> list[str]:
        model = self._catalogue.find(key)
        return [f"-# It {tokens_of(model)}."] if model is not None and tokens_of(model) else []

    def _rows(
        self, own: str | None, pickable: Sequence[ModelInfo]
    ) -> list[discord.ui.ActionRow[Any]]:
        found = shelves(pickable)
        named_shelf = next((one for one in found if one.name == self._shelf), None)
        shelf = named_shelf or shelf_of(own or "", found)
        rows: list[discord.ui.ActionRow[Any]] = []
        if len(found) > 1:
            rows.append(discord.ui.ActionRow(self._vendors(found, shelf)))
        elif found:
            shelf = found[0]
        if shelf is not None:
            rows.append(discord.ui.ActionRow(self._models(shelf, own)))
        if own is not None:
            press = Press("Back to the server's", self.custom_id("back"), self._back)
            rows.append(discord.ui.ActionRow(press))
        return rows

    def _vendors(self, found: list[Shelf], shelf: Shelf | None) -> Menu:
        async def choose(interaction: AnyInteraction, values: list[str]) -> None:
            async def turn() -> None:
                self._shelf = values[0]

            await self.act(interaction, turn)

        return shelf_menu(self.custom_id("vendor"), found, shelf, choose)

    def _models(self, shelf: Shelf, own: str | None) -> Menu:
        async def choose(interaction: AnyInteraction, values: list[str]) -> None:
            await self.act(interaction, lambda: self._choose(values[0]))

        entries = [model_entry(one, chosen=one.key == own) for one in shelf.models]
        return Menu(f"{shelf.name}: which one?", self.custom_id("model"), entries, choose)

    async def _back(self, interaction: AnyInteraction) -> None:
        await self.act(interaction, lambda: self._choose(None))

    async def _choose(self, key: str | None) -> None:
        """Look once more whether it may be picked: that may have changed since it was shown."""
        pickable = self._choices.pickable(await self._choices.of(self._place))
        if key is not None and key not in {one.key for one in pickable}:
            raise InvalidInput(text=NOT_PICKABLE)
        await self._choices.choose(self._place, Scope.MEMBER, "model", key, by=self._user)
