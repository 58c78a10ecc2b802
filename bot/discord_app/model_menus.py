"""Menus in which a model is chosen: first whose, then which."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence

import discord

from bot.core.phrases import counted
from bot.core.ports.weryai import ModelInfo
from bot.discord_app.models import NAME_LENGTH, tokens_of
from bot.discord_app.private_view import Menu
from bot.discord_app.shelves import Shelf
from bot.discord_app.turns import AnyInteraction


def shelf_menu(
    custom_id: str,
    shelves: Sequence[Shelf],
    now: Shelf | None,
    do: Callable[[AnyInteraction, list[str]], Awaitable[object]],
) -> Menu:
    """Whose models to choose from; `do` gets the shelf's name."""
    entries = [
        discord.SelectOption(
            label=one.name[:NAME_LENGTH],
            value=one.name[:NAME_LENGTH],
            description=counted(len(one.models), "model"),
            default=one is now,
        )
        for one in shelves
    ]
    return Menu("Whose models?", custom_id, entries, do)


def model_entry(model: ModelInfo, *, chosen: bool) -> discord.SelectOption:
    """A model in a menu, with its limits as far as they are known."""
    return discord.SelectOption(
        label=model.name[:NAME_LENGTH],
        value=model.key[:NAME_LENGTH],
        description=tokens_of(model) or None,
        default=chosen,
    )
