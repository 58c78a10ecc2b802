"""The buttons of a reply: how they look, and what a press does.

A button's custom id names the reply and what to do with it, so that it works after a restart.
Who may press is decided by the service, from what Discord says of the presser and of where they
are: an id can be made up, and may name an answer somewhere else.
"""

from __future__ import annotations

import re
from typing import Any, Self

import discord

from bot.core.conversation import EventId, ReplyId
from bot.core.ports.discord_app import ReplySurface
from bot.core.replies import ReplyRecord
from bot.core.service import ChatService
from bot.discord_app.errors import report
from bot.discord_app.surfaces import ReplySurfaces
from bot.discord_app.turns import AnyInteraction, presser_at


class Presses:
    """Does what the buttons say."""

    def __init__(self, service: ChatService, surfaces: ReplySurfaces) -> None:
        self._service = service
        self._surfaces = surfaces

    async def press(self, interaction: AnyInteraction, reply: ReplyId, label: str) -> None:
        """Stop, Regenerate or Continue; whatever fails is told the presser alone."""
        try:
            await interaction.response.defer()
            if label == "Stop":
                await self._service.stop(reply, presser_at(interaction))
            else:
                await self._again(interaction, reply, goes_on=label == "Continue")
        except Exception as error:  # noqa: BLE001 - whatever it is, the presser is told
            await report(interaction, error)

    async def page(self, interaction: AnyInteraction, reply: ReplyId, variant: int) -> None:
        """Show another variant, by its index; whatever fails is told the presser alone."""

        def surface_of(record: ReplyRecord) -> ReplySurface:
            return self._surfaces.to_page(interaction, record)

        try:
            await interaction.response.defer()
            trigger = EventId(interaction.id)
            by = presser_at(interaction)
            await self._service.show_variant(reply, by, variant, trigger, surface_of)
        except Exception as error:  # noqa: BLE001 - whatever it is, the presser is told
            await report(interaction, error)

    async def _again(self, interaction: AnyInteraction, reply: ReplyId, *, goes_on: bool) -> None:
        def surface_of(record: ReplyRecord) -> ReplySurface:
            return self._surfaces.to_press(interaction, record, goes_on=goes_on)

        do = self._service.resume if goes_on else self._service.regenerate
        await do(reply, presser_at(interaction), EventId(interaction.id), surface_of)


class VariantButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"reply:(?P<reply>\d{1,18}):variant:(?P<number>\d{1,2})",
):
    """A press of ◀ or ▶, whenever that was shown; each names the variant that it leads to."""

    def __init__(self, reply: ReplyId, number: int, button: discord.ui.Button[Any]) -> None:
        super().__init__(button)
        self._reply = reply
        self._number = number

    @classmethod
    async def from_custom_id(
        cls, _: AnyInteraction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that this custom id belongs to."""
        assert isinstance(item, discord.ui.Button)
        return cls(ReplyId(int(match["reply"])), int(match["number"]), item)

    async def callback(self, interaction: AnyInteraction) -> None:
        """Show that variant."""
        presses: Presses = interaction.client.presses
        await presses.page(interaction, self._reply, self._number - 1)


class ReplyButton(
    discord.ui.DynamicItem[discord.ui.Button[Any]],
    template=r"reply:(?P<reply>\d{1,18}):(?P<action>stop|regenerate|continue)",
):
    """A press of one of a reply's buttons, whenever that was shown."""

    def __init__(self, reply: ReplyId, label: str, button: discord.ui.Button[Any]) -> None:
        super().__init__(button)
        self._reply = reply
        self._label = label

    @classmethod
    async def from_custom_id(
        cls, _: AnyInteraction, item: discord.ui.Item[Any], match: re.Match[str], /
    ) -> Self:
        """The button that this custom id belongs to."""
        assert isinstance(item, discord.ui.Button)
        return cls(ReplyId(int(match["reply"])), match["action"].capitalize(), item)

    async def callback(self, interaction: AnyInteraction) -> None:
        """Do what it says."""
        presses: Presses = interaction.client.presses
        await presses.press(interaction, self._reply, self._label)
