"""The question before everything of a scope is reset."""

from __future__ import annotations

from typing import Any

import discord

from bot.core.conversation import Place
from bot.core.options import Change, Scope
from bot.core.phrases import counted
from bot.discord_app.config.authority import Authority
from bot.discord_app.config.changing import NOTHING_SET, Changing, listed
from bot.discord_app.config.wording import HERE
from bot.discord_app.private_view import Press, PrivateView
from bot.discord_app.turns import AnyInteraction

QUESTION = "Shall {here} go back to what is inherited? That resets {count}: {names}."
KEPT = "Nothing was changed."


class Confirmation(PrivateView):
    """Asks, and resets when told so."""

    def __init__(
        self, authority: Authority, place: Place, scope: Scope, changing: Changing, *, run: str
    ) -> None:
        super().__init__(authority.check, run=run, again="`/config reset`")
        self._authority = authority
        self._place = place
        self._scope = scope
        self._changing = changing
        self._done = ""
        self._asked = ""

    async def draw(self) -> discord.ui.Item[Any]:
        """The question with its buttons, or what became of it."""
        chosen = await self._changing.set_for(self._place, self._scope)
        if not self._done and not chosen:
            self._done = NOTHING_SET.format(here=HERE[self._scope])
        if self._done:
            return discord.ui.TextDisplay(self._done)
        self._asked = _question(self._scope, chosen)
        buttons: discord.ui.ActionRow[PrivateView] = discord.ui.ActionRow(
            Press("Reset", self.custom_id("reset"), self._reset, style=discord.ButtonStyle.danger),
            Press("Keep", self.custom_id("keep"), self._keep),
        )
        return discord.ui.Container(discord.ui.TextDisplay(self._asked), buttons)

    def remains(self) -> discord.ui.Item[Any]:
        """What was answered, or that nothing was."""
        return discord.ui.TextDisplay(self._done or KEPT)

    async def _reset(self, interaction: AnyInteraction) -> None:
        async def reset() -> None:
            if self._done:  # pressed once more before the buttons were gone
                return
            by = self._authority.user
            self._done = await self._changing.reset(self._place, self._scope, by=by)

        await self.act(interaction, reset)

    async def _keep(self, interaction: AnyInteraction) -> None:
        async def keep() -> None:
            self._done = self._done or KEPT

        await self.act(interaction, keep)


def _question(scope: Scope, chosen: list[Change]) -> str:
    count = counted(len(chosen), "option")
    names = listed([one.name for one in chosen])
    return QUESTION.format(here=HERE[scope], count=count, names=names)
