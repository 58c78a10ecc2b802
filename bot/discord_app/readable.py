"""What a person wrote, as a model can read it: names in the place of Discord's ids."""

from __future__ import annotations

import re
from collections.abc import Callable

import discord

_TAG = re.compile(r"<(?P<kind>@!?|@&|#)(?P<id>\d{1,20})>|<a?:(?P<emoji>\w{1,32}):\d{1,20}>")

NameOf = Callable[[str, int], str | None]


def readable(text: str, name_of: NameOf) -> str:
    """Replace mentions and custom emojis by what people see.

    Args:
        text: the raw content.
        name_of: given "@", "@&" (a role) or "#" and an id, the name, or None if it is not known;
            the mention then stays as it is.
    """

    def replaced(tag: re.Match[str]) -> str:
        if tag["emoji"] is not None:
            return f":{tag['emoji']}:"
        kind = "@" if tag["kind"] == "@!" else tag["kind"]
        name = name_of(kind, int(tag["id"]))
        return tag[0] if name is None else f"{kind[0]}{name}"

    return _TAG.sub(replaced, text)


def words_of(message: discord.Message, me: int) -> str:
    """A message's text, without the bot's own mention at its beginning or end."""
    mine = rf"<@!?{me}>"
    content = re.sub(rf"^(?:\s*{mine})+\s*[,:]?\s*|\s*{mine}\s*$", "", message.content)
    people = {user.id: user.display_name for user in message.mentions}
    roles = {role.id: role.name for role in message.role_mentions}
    in_guild = names_in(message.guild)

    def name_of(kind: str, id_: int) -> str | None:
        known = {"@": people, "@&": roles}.get(kind, {})
        return known.get(id_) or in_guild(kind, id_)

    return readable(content, name_of).strip()


def names_in(guild: discord.Guild | None) -> NameOf:
    """The names that the cache knows in a server: roles, channels, threads and the bot itself."""

    def name_of(kind: str, id_: int) -> str | None:
        if guild is None:
            return None
        found: discord.Role | discord.Member | discord.abc.GuildChannel | discord.Thread | None
        if kind == "@&":
            found = guild.get_role(id_)
        elif kind == "#":
            found = guild.get_channel_or_thread(id_)
        else:
            found = guild.get_member(id_)
        if isinstance(found, discord.Member):
            return found.display_name
        return None if found is None else found.name

    return name_of
