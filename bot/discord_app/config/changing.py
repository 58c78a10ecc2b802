"""Changes of options, and what whoever made one is told of it; for commands and the panel alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import discord

from bot.core.choices import NO_SUCH_SCOPE, Choices
from bot.core.conversation import GuildId, Place, UserId
from bot.core.errors import InvalidInput, InvalidOption
from bot.core.option_kinds import OPTIONS, Kind, Option
from bot.core.options import Change, Scope, scopes_of
from bot.core.phrases import counted
from bot.core.ports.weryai import ModelCatalogue
from bot.discord_app.config.log_channel import LogChannel
from bot.discord_app.config.wording import (
    HERE,
    applying,
    goes_before,
    in_words,
    is_weryais,
    shown,
)
from bot.discord_app.models import ORIGIN

SAME = "**{title}** of {here} is {value} already."
NOTHING_SET = "Nothing is set for {here}."
MOST_LISTED = 15  # names of options in one sentence


class Changing:
    """Changes options as moderators ask for it."""

    def __init__(
        self, choices: Choices, catalogue: ModelCatalogue, log_channel: LogChannel
    ) -> None:
        self._choices = choices
        self._catalogue = catalogue
        self._log_channel = log_channel

    async def choose(
        self, place: Place, scope: Scope, option: Option, value: Any, *, by: UserId
    ) -> str:
        """Set an option, or with None go back to what is inherited; what to tell of it.

        Raises:
            InvalidInput: `place` has no such scope, or the option does not take this.
            StorageError: the database does not answer.
        """
        changed = await self._choices.choose(place, scope, option.name, value, by=by)
        here = HERE[scope]
        if not changed:
            told = self._unchanged(option, scope, value)
        else:
            before = in_words(option, changed[0].before, self._catalogue)
            after = in_words(option, changed[0].after, self._catalogue)
            told = f"**{option.title}** of {here}: {before} → {after}."
        return "\n".join([told, *await self._besides(place, scope, option, value)])

    async def set_for(self, place: Place, scope: Scope) -> list[Change]:
        """Everything that is set for a scope of a place.

        Raises:
            InvalidInput: `place` has no such scope.
            StorageError: the database does not answer.
        """
        scopes = scopes_of(place)
        if scope not in scopes:
            raise InvalidInput(text=NO_SUCH_SCOPE.format(scope=scope.value))
        values = dict(await self._choices.layers(place))[scope]
        return [Change(scope, scopes[scope], name, value) for name, value in values.items()]

    async def reset(self, place: Place, scope: Scope, *, by: UserId) -> str:
        """Go back to what is inherited with everything of a scope; what to tell of it.

        Raises:
            InvalidInput: `place` has no such scope.
            StorageError: the database does not answer.
        """
        nothing = [
            Change(one.scope, one.scope_id, one.name, None)
            for one in await self.set_for(place, scope)
        ]
        changed = await self._choices.change(place.guild_id, nothing, by=by)
        if not changed:
            return NOTHING_SET.format(here=HERE[scope])
        names = listed([one.name for one in changed])
        told = f"{HERE[scope].capitalize()} goes back to what is inherited: {names}."
        return "\n".join([told, *self._trouble(place.guild_id)])

    async def apply(self, guild: GuildId, changes: Sequence[Change], *, by: UserId) -> str:
        """Make the changes of a file; what to tell of it.

        Raises:
            StorageError: the database does not answer.
        """
        changed = await self._choices.change(guild, changes, by=by)
        if not changed:
            return "Everything is as in the file already: nothing was changed."
        scopes = len({(one.scope, one.scope_id) for one in changed})
        told = (
            f"Done: {counted(len(changed), 'change')} in {counted(scopes, 'place')}. What the file "
            "names is set as it says and what it leaves out there is inherited; places it does not "
            "name are as before. `/config log` tells each change."
        )
        return "\n".join([told, *self._trouble(guild)])

    def _unchanged(self, option: Option, scope: Scope, value: Any) -> str:
        if value is None:
            return f"**{option.title}** was not set for {HERE[scope]}."
        _, value = self._choices.checked(scope, option.name, value)
        value = in_words(option, value, self._catalogue)
        return SAME.format(title=option.title, here=HERE[scope], value=value)

    async def _besides(self, place: Place, scope: Scope, option: Option, value: Any) -> list[str]:
        """What else there is to know: what applies, and whether the change was announced."""
        options = await self._choices.of(place)
        now = applying(option, options, self._catalogue)
        source = options.sources.get(option.name)
        told = []
        if source is None:
            told.append(f"Now {now} applies." if is_weryais(option) else "Nothing is inherited.")
        elif goes_before(source, scope):
            why = ORIGIN[source]
            told.append(f"Here, a more particular choice goes before it: {now}, {why}.")
        elif value is None:
            told.append(f"Now {now} applies: {ORIGIN[source]}.")
        return [*told, *self._trouble(place.guild_id)]

    def _trouble(self, guild: GuildId | None) -> list[str]:
        trouble = "" if guild is None else self._log_channel.trouble(guild)
        return [f"⚠️ {trouble}"] if trouble else []


def listed(names: Sequence[str]) -> str:
    """Options by their titles, not too many of them."""
    titles = [OPTIONS[name].title if name in OPTIONS else name for name in names]
    more = len(titles) - MOST_LISTED
    if more > 0:
        titles = [*titles[:MOST_LISTED], f"{more} more"]
    return ", ".join(titles)


def require_own_command(option: Option) -> None:
    """Refuse an option that is not set by its value.

    Raises:
        InvalidInput: names the command that changes it.
    """
    if option.kind is Kind.RULES:
        raise InvalidInput(
            text=f"**{option.title}** has a command of its own: `/config {option.name}`."
        )


def require_in(guild: discord.Guild | None, option: Option, value: Any) -> None:
    """Refuse a channel that is not the server's, or in which nobody can write.

    Raises:
        InvalidOption: says what it takes.
    """
    if option.kind is not Kind.CHANNEL:
        return
    found = None if guild is None else guild.get_channel_or_thread(value)
    if not isinstance(found, discord.abc.Messageable):
        expected = "a channel of this server in which people write"
        raise InvalidOption(option.name, expected, shown(option, value).strip("`"))
