"""Messages with buttons and menus that only whoever used a command sees and may use."""

from __future__ import annotations

import asyncio
import logging
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.ext import commands

from bot.core.errors import NotAllowed
from bot.discord_app.errors import UNREACHABLE, report, tell
from bot.discord_app.turns import AnyInteraction

log = logging.getLogger(__name__)

# Seconds without a press. Discord takes changes of such a message for 15 minutes after the last
# one: the buttons have to be gone by then.
LIFETIME = 14.5 * 60
PREFIX = "private"  # of all custom ids here
NOT_YOURS = "Only whoever used the command may use this."
OUTDATED = "I was restarted since I showed you this. Please use the command once more."

Do = Callable[[AnyInteraction], Awaitable[object]]
Check = Callable[[AnyInteraction], None]


class PrivateView(discord.ui.LayoutView):
    """One private message, drawn anew after each press.

    Args:
        check: raises `NotAllowed` for a press by somebody who may not.
        run: names this run of the bot, so that a press from before a restart is known.
        again: the command that shows it once more.
    """

    def __init__(self, check: Check, *, run: str, again: str) -> None:
        super().__init__(timeout=LIFETIME)
        self._check = check
        self._run = run
        self._again = again
        self._one_at_a_time = asyncio.Lock()
        self._shown_by: AnyInteraction | None = None
        self._editable_until = 0.0
        self._closed = False

    @abstractmethod
    async def draw(self) -> discord.ui.Item[Any]:
        """What is shown now."""

    @abstractmethod
    def remains(self) -> discord.ui.Item[Any]:
        """What is left of it when its buttons are gone."""

    def custom_id(self, what: str) -> str:
        """The id of a button or menu of this view."""
        return f"{PREFIX}:{self._run}:{what}"

    async def open(self, interaction: AnyInteraction) -> None:
        """Show it in answer to a command that has been acknowledged, privately."""
        await self._redraw()
        await interaction.edit_original_response(view=self)
        self._shown(interaction)

    async def act(self, interaction: AnyInteraction, do: Callable[[], Awaitable[object]]) -> None:
        """Do what a press asks for, and show how things stand then.

        It is acknowledged before anything is done: the same press sent twice fails there.
        """
        await interaction.response.defer()
        async with self._one_at_a_time:
            await do()
            await self._redraw()
            if self._closed:  # a form was sent that had stayed open for longer
                self._close()
            await interaction.edit_original_response(view=self)
            self._shown(interaction)

    async def ask(self, interaction: AnyInteraction, form: discord.ui.Modal) -> None:
        """Open a form in answer to a press; the message itself stays as it is."""
        await interaction.response.send_modal(form)
        # Such an answer gives no new leave to change the message.
        self.timeout = max(1.0, self._editable_until - time.monotonic())

    async def interaction_check(self, interaction: AnyInteraction, /) -> bool:
        """Whether this press counts; raises what is told otherwise."""
        self._check(interaction)
        return True

    async def on_error(
        self, interaction: AnyInteraction, error: Exception, _: discord.ui.Item[Any], /
    ) -> None:
        """Tell whoever pressed; the message stays as it is."""
        await report(interaction, error)

    async def on_timeout(self) -> None:
        """Take the buttons away, and say so."""
        assert self._shown_by is not None
        self._closed = True
        self._close()
        try:
            await self._shown_by.edit_original_response(view=self)
        except UNREACHABLE as error:  # dismissed, or the bot is offline
            log.info("interaction %d: could not be closed: %s", self._shown_by.id, error)

    def _close(self) -> None:
        remains = self.remains()
        self.clear_items()
        self.add_item(remains)
        closed = f"-# Closed after 15 minutes. {self._again} opens it again."
        self.add_item(discord.ui.TextDisplay(closed))

    async def _redraw(self) -> None:
        drawn = await self.draw()
        self.clear_items()
        self.add_item(drawn)

    def _shown(self, interaction: AnyInteraction) -> None:
        if not self.is_dispatchable():  # its last word is said, and nothing left to close
            self.stop()
        self._shown_by = interaction
        self.timeout = LIFETIME
        self._editable_until = time.monotonic() + LIFETIME


class PrivateForm(discord.ui.Modal):
    """A form that a press opened.

    Args:
        check: as for the view.
        custom_id: of this very form.
    """

    def __init__(self, check: Check, *, title: str, custom_id: str) -> None:
        super().__init__(title=title, custom_id=custom_id, timeout=LIFETIME)
        self._check = check

    async def interaction_check(self, interaction: AnyInteraction, /) -> bool:
        """Whether what is sent counts; raises what is told otherwise."""
        self._check(interaction)
        return True

    async def on_error(self, interaction: AnyInteraction, error: Exception, /, *_: object) -> None:
        """Tell whoever sent it."""
        await report(interaction, error)


class Press(discord.ui.Button[PrivateView]):
    """A button that does something."""

    def __init__(
        self,
        label: str,
        custom_id: str,
        do: Do,
        *,
        style: discord.ButtonStyle = discord.ButtonStyle.secondary,
        disabled: bool = False,
    ) -> None:
        super().__init__(label=label, custom_id=custom_id, style=style, disabled=disabled)
        self._do = do

    async def callback(self, interaction: AnyInteraction, /) -> None:
        """Do it."""
        await self._do(interaction)


class Menu(discord.ui.Select[PrivateView]):
    """A menu of words; `do` is called with what was chosen."""

    def __init__(
        self,
        placeholder: str,
        custom_id: str,
        entries: list[discord.SelectOption],
        do: Callable[[AnyInteraction, list[str]], Awaitable[object]],
        *,
        many: bool = False,
    ) -> None:
        super().__init__(
            placeholder=placeholder,
            custom_id=custom_id,
            options=entries,
            min_values=0 if many else 1,
            max_values=len(entries) if many else 1,
        )
        self._do = do

    async def callback(self, interaction: AnyInteraction, /) -> None:
        """Do it."""
        await self._do(interaction, self.values)


def only(user: int) -> Check:
    """A check that lets one person through."""

    def check(interaction: AnyInteraction) -> None:
        if interaction.user.id != user:
            raise NotAllowed(text=NOT_YOURS)

    return check


class FromBefore(commands.Cog):
    """Answers presses of private messages that were shown before the bot was restarted."""

    def __init__(self, run: str) -> None:
        self._run = run

    @commands.Cog.listener()
    async def on_interaction(self, interaction: AnyInteraction) -> None:
        """Say that it is out of date; discord.py itself ignores such a press."""
        data: Any = interaction.data or {}
        custom_id = str(data.get("custom_id", ""))
        prefix, _, rest = custom_id.partition(":")
        if prefix == PREFIX and rest.partition(":")[0] != self._run:
            await tell(interaction, OUTDATED)
