"""The buttons of a reply: what a press does.

A button's custom id names the reply and what to do with it, so that it works after a restart.
Who may press is decided by the service, from what Discord says of the presser and of where they
are: an id can be made up, and may name an answer somewhere else.
"""

from __future__ import annotations

import re
from functools import partial
from typing import Any, Self

import discord

from bot.core.conversation import EventId, ReplyId
from bot.core.service import ChatService
from bot.discord_app.errors import report
from bot.discord_app.surfaces import ReplySurfaces
from bot.discord_app.turns import AnyInteraction, presser_at


class Presses:
    """Does what the buttons say."""

    def __init__(self, service: ChatService, surfaces: ReplySurfaces) -> None:
        self._service = service
        self._surfaces = surfaces

    async def press(self, interaction: AnyInteraction, reply: ReplyId, action: str) -> None:
        """Do what a button is for; whatever fails is told the presser alone.

        Args:
            interaction: the press.
            reply: the answer it belongs to.
            action: as in the button's custom id.
        """
        try:
            await interaction.response.defer()
            await self._do(interaction, reply, action)
        except Exception as error:  # noqa: BLE001 - whatever it is, the presser is told
            await report(interaction, error)

    async def _do(self, interaction: AnyInteraction, reply: ReplyId, action: str) -> None:
        by, trigger = presser_at(interaction), EventId(interaction.id)
        to_press = partial(self._surfaces.to_press, interaction)
        to_page = partial(self._surfaces.to_page, interaction)
        match action.split(":"):
            case ["stop"]:
                await self._service.stop(reply, by)
            case ["regenerate"]:
                again = partial(to_press, goes_on=False)
                await self._service.regenerate(reply, by, trigger, again)
            case ["continue"]:
                further = partial(to_press, goes_on=True)
                await self._service.resume(reply, by, trigger, further)
            case ["variant", number]:  # counted from 1, as people see it
                await self._service.show_variant(reply, by, int(number) - 1, trigger, to_page)


class ReplyButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"reply:(?P<reply>\d{1,18}):(?P<action>stop|regenerate|continue|variant:\d{1,2})",
):
    """A press of one of a reply's buttons, whenever that was shown.

    Of ◀ and ▶ each names the variant that it leads to.
    """

    def __init__(self, reply: ReplyId, action: str, button: discord.ui.Button[Any]) -> None:
        super().__init__(button)
        self._reply = reply
        self._action = action

    @classmethod
    async def from_custom_id(
        cls, _: AnyInteraction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that this custom id belongs to."""
        assert isinstance(item, discord.ui.Button)
        return cls(ReplyId(int(match["reply"])), match["action"], item)

    async def callback(self, interaction: AnyInteraction) -> None:
        """Do what it is for."""
        presses: Presses = interaction.client.presses
        await presses.press(interaction, self._reply, self._action)
