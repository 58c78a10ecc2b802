"""`/usage …`: what answers have cost; members see their own, moderators the server's."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping
from io import BytesIO
from typing import Literal

import discord
from discord import app_commands
from discord.ext import commands

from bot.core.charts import Chart
from bot.core.errors import PictureFailed
from bot.core.limits import Limits
from bot.core.phrases import counted
from bot.core.ports.charts import Painter
from bot.core.ports.storage import UsageStore
from bot.core.ports.weryai import ModelCatalogue
from bot.core.usage import By, Key, Period, Sums, total
from bot.discord_app.errors import think
from bot.discord_app.turns import AnyInteraction, place_of, presser_of
from bot.discord_app.usage.breakdown import Breakdown, by_rank, over_time
from bot.discord_app.usage.export import export
from bot.discord_app.usage.naming import naming_for
from bot.discord_app.usage.view import Scope, View, view_of
from bot.discord_app.usage.wording import LONGEST, limits_told, listing, summary, tokens

log = logging.getLogger(__name__)

ROOM = 10 * 1024 * 1024  # bytes; Discord takes more from servers that pay, memory does not
PeriodName = Literal["today", "7 days", "30 days", "12 months", "all"]
ByName = Literal["day", "model", "member", "channel"]
CUT = " Older ones have no room in a file of 10 MB: choose a shorter period."
ABOUT_PERIOD = "Which time: the last 30 days, if you leave it out"
ABOUT_SCOPE = "Whose: yours, or for moderators the server's (which they see if they leave it out)"


@app_commands.allowed_contexts(guilds=True, dms=True, private_channels=False)
@app_commands.allowed_installs(guilds=True, users=False)
class Usage(commands.GroupCog, group_name="usage", group_description="What answers have cost"):
    """Tells usage to whoever it concerns, and to nobody else.

    Args:
        store: what was used.
        catalogue: how models are called.
        painter: draws pictures.
        limits: what members may use.
        clock: Unix seconds.
    """

    def __init__(
        self,
        store: UsageStore,
        catalogue: ModelCatalogue,
        painter: Painter,
        limits: Limits,
        *,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._painter = painter
        self._limits = limits
        self._clock = clock

    @app_commands.command(name="show", description="How many tokens answers took, with a picture")
    @app_commands.describe(
        period=ABOUT_PERIOD,
        by="Broken down by what: by day, if you leave it out",
        scope=ABOUT_SCOPE,
    )
    async def show(
        self,
        interaction: AnyInteraction,
        period: PeriodName = "30 days",
        by: ByName = "day",
        scope: Scope | None = None,
    ) -> None:
        """`/usage show`."""
        view = view_of(interaction, Period(period), scope, self._clock())
        await think(interaction, private=True)
        groups = await self._store.sums(view.account, view.since, By(by))
        limits = await self._limits_told(interaction, view)
        if not groups:
            await interaction.followup.send(view.nothing + limits, ephemeral=True)
            return
        told = await self._broken_down(interaction, view, By(by), groups)
        sums = total(groups)
        said = summary(view, sums)
        picture = await self._picture(told.chart)
        end = limits if picture else f"{limits}\n-# {PictureFailed.text}"
        said += listing(told.heading, told.lines, LONGEST - len(said) - len(end)) + end
        file = discord.utils.MISSING
        if picture:
            in_words = f"{told.chart.title}. {told.chart.subtitle}: {tokens(sums)}."
            file = discord.File(BytesIO(picture), "usage.png", description=in_words)
        await interaction.followup.send(said, file=file, ephemeral=True)

    @app_commands.command(
        name="export", description="The same as a CSV file, a row for each answer"
    )
    @app_commands.describe(period=ABOUT_PERIOD, scope=ABOUT_SCOPE)
    async def export(
        self,
        interaction: AnyInteraction,
        period: PeriodName = "30 days",
        scope: Scope | None = None,
    ) -> None:
        """`/usage export`."""
        view = view_of(interaction, Period(period), scope, self._clock())
        await think(interaction, private=True)
        room = min(ROOM, interaction.filesize_limit)
        exported = await export(self._store, view.account, view.since, room=room)
        if not exported.rows:
            await interaction.followup.send(view.nothing, ephemeral=True)
            return
        rows = counted(exported.rows, "answer")
        said = f"**{view.whose} {view.when}**: {rows}, the newest first."
        if exported.cut:
            said += CUT
        file = discord.File(BytesIO(exported.content), "usage.csv")
        await interaction.followup.send(said, file=file, ephemeral=True)

    async def _broken_down(
        self, interaction: AnyInteraction, view: View, by: By, groups: Mapping[Key, Sums]
    ) -> Breakdown:
        if by is By.DAY:
            return over_time(view, {int(day): sums for day, sums in groups.items()})
        return await by_rank(view, by, groups, naming_for(by, interaction, self._catalogue))

    async def _limits_told(self, interaction: AnyInteraction, view: View) -> str:
        """What whoever looks at their own usage may use, and what is left of it."""
        if view.account.member is None:
            return ""
        place, by = place_of(interaction), presser_of(interaction)
        return limits_told(await self._limits.standing(place, by))

    async def _picture(self, chart: Chart) -> bytes:
        """The chart as a PNG; empty if it cannot be drawn, which keeps nobody from the numbers."""
        try:
            return await self._painter.draw(chart)
        except PictureFailed as error:
            log.warning("a picture of usage could not be drawn: %s", error)
            return b""
