"""One option on the panel: what it is set to, and what changes it, by its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import discord

from bot.core.option_kinds import Kind, Option
from bot.core.options import Layers, Resolved, Scope, resolve
from bot.core.ports.weryai import ModelCatalogue
from bot.discord_app.config.wording import (
    MEANINGS,
    applying,
    goes_before,
    in_words,
    shown,
)
from bot.discord_app.models import ORIGIN
from bot.discord_app.private_view import Menu, Press, PrivateView
from bot.discord_app.turns import AnyInteraction

Items = list[discord.ui.Item[Any]]
VALUE = 100  # characters of a value
TEXT, LINES = 300, 6  # characters and lines of a longer text


@dataclass(frozen=True, slots=True)
class Seen:
    """What applies, as one looks at it from a scope of a place.

    Attributes:
        scope: the one looked from.
        own: what is set for it.
        there: what applies in it.
        here: what applies in the place itself, which may have a more particular scope.
    """

    scope: Scope
    own: Mapping[str, Any]
    there: Resolved
    here: Resolved

    @classmethod
    def of(cls, layers: Layers, scope: Scope) -> Seen:
        """From what each scope of the place sets."""
        scopes = [one for one, _ in layers]
        from_there = layers[scopes.index(scope) :]
        return cls(scope, from_there[0][1], resolve(from_there), resolve(layers))


class Hands(Protocol):
    """What the parts of the panel do when they are used."""

    catalogue: ModelCatalogue

    def custom_id(self, what: str) -> str:
        """The id of a button or menu."""
        ...

    async def choose(self, interaction: AnyInteraction, option: Option, value: Any) -> None:
        """Set an option; None goes back to what is inherited."""
        ...

    async def write(self, interaction: AnyInteraction, option: Option) -> None:
        """Open the form for an option's value."""
        ...

    async def choose_models(self, interaction: AnyInteraction, option: Option) -> None:
        """Show the page on which models are chosen."""
        ...


def items_for(option: Option, seen: Seen, hands: Hands) -> Items:
    """An option with what changes it."""
    return _EDITORS[option.kind](option, seen, hands)


def resets(options: list[Option], seen: Seen, hands: Hands) -> Items:
    """A row with a button for each option that is set here, if one is."""
    buttons = [_reset(option, hands) for option in options if option.name in seen.own]
    return [discord.ui.ActionRow(*buttons)] if buttons else []


def heading(option: Option, seen: Seen, catalogue: ModelCatalogue) -> str:
    """What it is set to, what it does and where the value comes from."""
    lines = [
        f"**{option.title}**{_value(option, seen, catalogue)}",
        f"-# {_origin(option, seen)}{option.about}",
    ]
    narrower = seen.here.sources.get(option.name)
    if narrower is not None and goes_before(narrower, seen.scope):
        there = in_words(option, seen.here.values[option.name], catalogue, length=VALUE)
        lines.append(f"-# ⚠️ Here {there} goes before it, {ORIGIN[narrower]}.")
    return "\n".join(lines)


def _value(option: Option, seen: Seen, catalogue: ModelCatalogue) -> str:
    """What applies; a text as it was written, as far as there is room for it."""
    value = seen.there.values.get(option.name)
    if option.kind is Kind.CHOICE:  # what the word means is seen in the menu
        return f" · {shown(option, value)}"
    if option.kind is not Kind.TEXT or value is None:
        return f" · {applying(option, seen.there, catalogue, length=VALUE)}"
    text = "\n".join(value[:TEXT].splitlines()[:LINES])
    if len(text) < len(value):
        text = f"{text.rstrip()} …"
    return f"\n```\n{text.replace('```', chr(39) * 3)}\n```"


def _origin(option: Option, seen: Seen) -> str:
    source = seen.there.sources.get(option.name)
    if source is None:
        return ""
    why = ORIGIN[source]
    return f"*{why[0].upper()}{why[1:]}.* "


def _reset(option: Option, hands: Hands) -> Press:
    async def reset(interaction: AnyInteraction) -> None:
        await hands.choose(interaction, option, None)

    return Press(f"Reset {option.title}", hands.custom_id(f"reset:{option.name}"), reset)


def _switch(option: Option, seen: Seen, hands: Hands) -> Items:
    on = bool(seen.there.values.get(option.name))

    async def turn(interaction: AnyInteraction) -> None:
        await hands.choose(interaction, option, not on)

    label = "Turn off" if on else "Turn on"
    return [
        _section(option, seen, hands, Press(label, hands.custom_id(f"set:{option.name}"), turn))
    ]


def _written(option: Option, seen: Seen, hands: Hands) -> Items:
    async def write(interaction: AnyInteraction) -> None:
        await hands.write(interaction, option)

    press = Press("Change", hands.custom_id(f"write:{option.name}"), write)
    return [_section(option, seen, hands, press)]


def _models(option: Option, seen: Seen, hands: Hands) -> Items:
    async def choose(interaction: AnyInteraction) -> None:
        await hands.choose_models(interaction, option)

    press = Press("Choose", hands.custom_id(f"models:{option.name}"), choose)
    return [_section(option, seen, hands, press)]


def _choice(option: Option, seen: Seen, hands: Hands) -> Items:
    async def choose(interaction: AnyInteraction, values: list[str]) -> None:
        await hands.choose(interaction, option, values[0])

    now = seen.there.values.get(option.name)
    entries = [
        discord.SelectOption(label=MEANINGS[option.name][word], value=word, default=word == now)
        for word in option.words
    ]
    menu = Menu(option.title, hands.custom_id(f"set:{option.name}"), entries, choose)
    return [
        discord.ui.TextDisplay(heading(option, seen, hands.catalogue)),
        discord.ui.ActionRow(menu),
    ]


def _channel(option: Option, seen: Seen, hands: Hands) -> Items:
    async def choose(interaction: AnyInteraction, channel: int) -> None:
        await hands.choose(interaction, option, channel)

    menu = ChannelMenu(
        option.title,
        hands.custom_id(f"set:{option.name}"),
        seen.there.values.get(option.name),
        choose,
    )
    return [
        discord.ui.TextDisplay(heading(option, seen, hands.catalogue)),
        discord.ui.ActionRow(menu),
    ]


def _rules(option: Option, seen: Seen, hands: Hands) -> Items:
    return [discord.ui.TextDisplay(heading(option, seen, hands.catalogue))]


def _section(
    option: Option, seen: Seen, hands: Hands, press: Press
) -> discord.ui.Section[PrivateView]:
    return discord.ui.Section(heading(option, seen, hands.catalogue), accessory=press)


class ChannelMenu(discord.ui.ChannelSelect[PrivateView]):
    """A menu of the server's channels; `do` is called with the id of the one that was chosen."""

    def __init__(
        self,
        placeholder: str,
        custom_id: str,
        chosen: int | None,
        do: Callable[[AnyInteraction, int], Any],
    ) -> None:
        kind = discord.SelectDefaultValueType.channel
        super().__init__(
            placeholder=placeholder,
            custom_id=custom_id,
            channel_types=[
                discord.ChannelType.text,
                discord.ChannelType.news,
                discord.ChannelType.public_thread,
                discord.ChannelType.private_thread,
            ],
            default_values=[]
            if chosen is None
            else [discord.SelectDefaultValue(id=chosen, type=kind)],
        )
        self._do = do

    async def callback(self, interaction: AnyInteraction, /) -> None:
        """Do it."""
        await self._do(interaction, self.values[0].id)


_EDITORS: Mapping[Kind, Callable[[Option, Seen, Hands], Items]] = {
    Kind.SWITCH: _switch,
    Kind.CHOICE: _choice,
    Kind.TEXT: _written,
    Kind.INTEGER: _written,
    Kind.NUMBER: _written,
    Kind.MODEL: _models,
    Kind.MODELS: _models,
    Kind.ALLOWANCE: _models,
    Kind.CHANNEL: _channel,
    Kind.RULES: _rules,
}
