"""The panel's page on which models are chosen: first who makes them, then which."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, Protocol

import discord

from bot.core.option_kinds import ALL, NONE, Kind, Option
from bot.discord_app.config.editing import Hands, Items, Seen, heading
from bot.discord_app.model_menus import model_entry, shelf_menu
from bot.discord_app.private_view import Menu, Press
from bot.discord_app.shelves import Shelf, shelf_of, shelves
from bot.discord_app.turns import AnyInteraction


@dataclass(frozen=True, slots=True)
class ModelPage:
    """Which option models are chosen for, and from which shelf."""

    option: Option
    shelf: str | None = None


class ModelHands(Hands, Protocol):
    """What this page needs beyond what its parts do."""

    async def turn_to(self, interaction: AnyInteraction, page: ModelPage | None) -> None:
        """Show this page, or none: the group's again."""
        ...


def model_items(page: ModelPage, seen: Seen, hands: ModelHands) -> Items:
    """The page."""
    option = page.option
    all_shelves = shelves(hands.catalogue.models())
    # What is gone stands in no menu, where it could be taken away: the next choice leaves it out.
    chosen = [key for key in chosen_keys(option, seen) if hands.catalogue.find(key) is not None]
    shelf = _shelf(page, all_shelves, chosen)
    items: Items = [discord.ui.TextDisplay(heading(option, seen, hands.catalogue))]
    if all_shelves:
        items.append(discord.ui.ActionRow(_vendors(page, all_shelves, shelf, hands)))
    if shelf is not None:
        items.append(discord.ui.ActionRow(_models(option, shelf, chosen, hands)))
    items.append(discord.ui.ActionRow(*_buttons(option, hands)))
    return items


def chosen_keys(option: Option, seen: Seen) -> list[str]:
    """The models an option is set to; none where it is all or none."""
    value = seen.there.values.get(option.name)
    if option.kind is Kind.MODEL and value is not None:
        return [str(value)]
    return list(value) if isinstance(value, list) else []


def _shelf(page: ModelPage, all_shelves: list[Shelf], chosen: list[str]) -> Shelf | None:
    named = next((one for one in all_shelves if one.name == page.shelf), None)
    if named is not None or not chosen:
        return named
    return shelf_of(chosen[0], all_shelves)


def _vendors(
    page: ModelPage, all_shelves: list[Shelf], shelf: Shelf | None, hands: ModelHands
) -> Menu:
    async def choose(interaction: AnyInteraction, values: list[str]) -> None:
        await hands.turn_to(interaction, replace(page, shelf=values[0]))

    return shelf_menu(hands.custom_id("vendor"), all_shelves, shelf, choose)


def _models(option: Option, shelf: Shelf, chosen: list[str], hands: ModelHands) -> Menu:
    async def choose(interaction: AnyInteraction, values: list[str]) -> None:
        await hands.choose(interaction, option, _value(option, shelf, chosen, values))

    many = option.kind is not Kind.MODEL
    entries = [model_entry(one, chosen=one.key in chosen) for one in shelf.models]
    placeholder = f"{shelf.name}: {'which ones?' if many else 'which one?'}"
    return Menu(placeholder, hands.custom_id(f"set:{option.name}"), entries, choose, many=many)


def _value(option: Option, shelf: Shelf, chosen: list[str], values: list[str]) -> Any:
    """The option's new value when these are chosen of a shelf."""
    if option.kind is Kind.MODEL:
        return values[0]
    on_shelf = {one.key for one in shelf.models}
    kept = [key for key in chosen if key not in on_shelf or key in values]
    keys = kept + [key for key in values if key not in chosen]
    if option.kind is Kind.ALLOWANCE:
        return keys or NONE
    return keys or None


def _buttons(option: Option, hands: ModelHands) -> list[Press]:
    async def back(interaction: AnyInteraction) -> None:
        await hands.turn_to(interaction, None)

    async def write(interaction: AnyInteraction) -> None:
        await hands.write(interaction, option)

    buttons = [Press("◀ Back", hands.custom_id("back"), back)]
    if option.kind is Kind.ALLOWANCE:
        buttons += [_all_or_none(option, word, hands) for word in (ALL, NONE)]
    if option.kind is not Kind.MODEL:
        buttons.append(Press("Write a list", hands.custom_id(f"write:{option.name}"), write))
    return buttons


def _all_or_none(option: Option, word: str, hands: ModelHands) -> Press:
    async def choose(interaction: AnyInteraction) -> None:
        await hands.choose(interaction, option, word)

    return Press(word.capitalize(), hands.custom_id(f"{word}:{option.name}"), choose)
