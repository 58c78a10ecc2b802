"""`/config log`: who changed what and when, page by page."""

from __future__ import annotations

from typing import Any

import discord

from bot.core.choices import Choices
from bot.core.conversation import GuildId
from bot.core.options import Changed
from bot.discord_app.config.authority import Authority
from bot.discord_app.config.log_channel import announced
from bot.discord_app.private_view import Press, PrivateView
from bot.discord_app.turns import AnyInteraction

PAGE = 10  # changes
TITLE = "### Changes"
EMPTY = "Nothing has been changed in this server yet."


class LogPages(PrivateView):
    """The newest changes first; ◀ and ▶ lead to newer and older ones."""

    def __init__(self, authority: Authority, guild: GuildId, choices: Choices, *, run: str) -> None:
        super().__init__(authority.check, run=run, again="`/config log`")
        self._guild = guild
        self._choices = choices
        self._page = 0
        self._text = EMPTY

    async def draw(self) -> discord.ui.Item[Any]:
        """One page, with buttons if there are others."""
        found = await self._choices.log(self._guild, limit=PAGE + 1, skip=self._page * PAGE)
        older = len(found) > PAGE
        self._text = "\n".join([TITLE, *(_line(one) for one in found[:PAGE])]) if found else EMPTY
        if self._page or older:
            self._text += f"\n-# Page {self._page + 1}"
        container: discord.ui.Container[PrivateView] = discord.ui.Container(
            discord.ui.TextDisplay(self._text)
        )
        if self._page or older:
            newer = Press("◀ Newer", self.custom_id("newer"), self._newer, disabled=not self._page)
            further = Press("Older ▶", self.custom_id("older"), self._older, disabled=not older)
            container.add_item(discord.ui.ActionRow(newer, further))
        return container

    def remains(self) -> discord.ui.Item[Any]:
        """The page that was shown."""
        return discord.ui.Container(discord.ui.TextDisplay(self._text))

    async def _newer(self, interaction: AnyInteraction) -> None:
        await self._turn(interaction, -1)

    async def _older(self, interaction: AnyInteraction) -> None:
        await self._turn(interaction, 1)

    async def _turn(self, interaction: AnyInteraction, step: int) -> None:
        async def turn() -> None:
            self._page = max(0, self._page + step)

        await self.act(interaction, turn)


def _line(one: Changed) -> str:
    return f"- <t:{int(one.at)}:R> {announced(one)}"
