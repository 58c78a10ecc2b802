"""The form in which a text, a number or a list is written."""

from __future__ import annotations

import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from bot.core.option_kinds import Kind, Option
from bot.discord_app.private_view import Check, PrivateForm
from bot.discord_app.turns import AnyInteraction

LONGEST = 4000  # Discord's limit for a text field
LABEL, PLACEHOLDER = 45, 100  # Discord's limits for what stands above the field and in it
LONG = frozenset({Kind.TEXT, Kind.MODELS, Kind.ALLOWANCE})

Written = Callable[[AnyInteraction, str], Awaitable[object]]


class Form(PrivateForm):
    """Asks for one option's value.

    Args:
        option: whose value.
        current: what is set now, as it is written; None leaves the field empty.
        inherited: what applies without a value, in words.
        check: whether somebody may send it.
        custom_id: of this form, without what makes it one of a kind.
        written: called with what was written.
    """

    def __init__(
        self,
        option: Option,
        *,
        current: str | None,
        inherited: str,
        check: Check,
        custom_id: str,
        written: Written,
    ) -> None:
        super().__init__(
            check, title=option.title[:LABEL], custom_id=f"{custom_id}:{secrets.token_hex(8)}"
        )
        self._written = written
        style = discord.TextStyle.paragraph if option.kind in LONG else discord.TextStyle.short
        self._field: discord.ui.TextInput[Any] = discord.ui.TextInput(
            custom_id="value",
            style=style,
            default=current,
            placeholder=f"Empty: {inherited}"[:PLACEHOLDER],
            max_length=LONGEST,
            required=False,
        )
        expected = f"{option.expected[0].upper()}{option.expected[1:]}"
        self.add_item(discord.ui.TextDisplay(option.about))
        self.add_item(discord.ui.Label(text=expected[:LABEL], component=self._field))

    async def on_submit(self, interaction: AnyInteraction, /) -> None:
        """Hand over what was written."""
        await self._written(interaction, self._field.value)


def written(option: Option, value: Any) -> str | None:
    """A value as one would type it."""
    if value is None:
        return None
    if isinstance(value, list):
        return ", ".join(value)
    return str(value) if option.kind is Kind.TEXT else option.told(value)
