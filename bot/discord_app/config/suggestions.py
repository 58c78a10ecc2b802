"""What `/config set` suggests while somebody types."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import discord
from discord import app_commands

from bot.core.errors import InvalidInput
from bot.core.option_kinds import ALL, NONE, OPTIONS, Kind, Option, option_named
from bot.core.phrases import shortened
from bot.core.ports.weryai import ModelCatalogue
from bot.discord_app.config.wording import MEANINGS
from bot.discord_app.models import NAME_LENGTH, SUGGESTIONS, completions

Suggestions = list[app_commands.Choice[str]]
_LAST_OF_LIST = re.compile(r"^(?P<before>.*[,;]\s*)?(?P<last>[^,;]*)$", re.DOTALL)


def options_like(partial: str, *, rules: bool) -> Suggestions:
    """The options whose name or title has what was typed in it.

    `rules` says whether those that commands of their own change are among them.
    """
    typed = partial.strip().lower()
    fitting = [
        option
        for option in OPTIONS.values()
        if (rules or option.kind is not Kind.RULES)
        and typed in f"{option.name} {option.title}".lower()
    ]
    return [suggestion(f"{one.title}: {one.about}", one.name) for one in fitting][:SUGGESTIONS]


def values_like(
    name: str, partial: str, catalogue: ModelCatalogue, user: discord.User | discord.Member
) -> Suggestions:
    """Values for an option, for whoever types; for numbers and texts, what they may be."""
    try:
        option = option_named(name)
    except InvalidInput:
        return []
    match option.kind:
        case Kind.SWITCH:
            found = _words(("on", "off"), {}, partial)
        case Kind.CHOICE:
            found = _words(option.words, MEANINGS[option.name], partial)
        case Kind.MODEL:
            found = completions(catalogue, partial)
        case Kind.MODELS | Kind.ALLOWANCE:
            found = _lists(option, partial, catalogue)
        case Kind.CHANNEL:
            found = _channels(partial, user)
        case _:
            found = _as_typed(option, partial)
    return found


def suggestion(name: str, value: str) -> app_commands.Choice[str]:
    """A suggestion within Discord's limits."""
    return app_commands.Choice(name=shortened(name, NAME_LENGTH), value=value)


def _words(words: Sequence[str], meanings: Mapping[str, str], partial: str) -> Suggestions:
    return [
        suggestion(f"{word}: {meanings[word]}" if word in meanings else word, word)
        for word in words
        if word.startswith(partial.strip().lower())
    ]


def _lists(option: Option, partial: str, catalogue: ModelCatalogue) -> Suggestions:
    """Models, each to go on with the list that has been typed so far."""
    match = _LAST_OF_LIST.match(partial)
    before, last = (match["before"] or "", match["last"]) if match else ("", partial)
    before = f"{before.strip()} " if before else ""
    found = [
        suggestion(f"{before}{one.name}", f"{before}{one.value}")
        for one in completions(catalogue, last.strip())
        if len(before) + len(one.value) <= NAME_LENGTH
    ]
    if option.kind is Kind.ALLOWANCE and not before:
        found = _words((ALL, NONE), {}, last) + found
    return found[:SUGGESTIONS]


def _channels(partial: str, user: discord.User | discord.Member) -> Suggestions:
    """The channels of a member's server that they see themselves."""
    if not isinstance(user, discord.Member):
        return []
    typed = partial.strip().lstrip("#").lower()
    return [
        suggestion(f"#{channel.name}", str(channel.id))
        for channel in user.guild.text_channels
        if (typed in channel.name.lower() or typed == str(channel.id))
        and channel.permissions_for(user).view_channel
    ][:SUGGESTIONS]


def _as_typed(option: Option, partial: str) -> Suggestions:
    """What was typed, with what the option takes beside it."""
    typed = partial.strip()
    if not typed or len(typed) > NAME_LENGTH:
        return []
    return [suggestion(f"{typed} ({option.expected})", typed)]
