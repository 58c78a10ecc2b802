"""Discord's messages and interactions as the core's turns."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import Any

import discord

from bot.core.conversation import (
    ChannelId,
    EventId,
    GuildId,
    MessageId,
    Names,
    Person,
    Place,
    Presser,
    Role,
    RoleId,
    Said,
    Turn,
    UserId,
)
from bot.core.pacing import EditBudget
from bot.discord_app.lanes import lane_of
from bot.discord_app.readable import names_in, readable, words_of

AnyInteraction = discord.Interaction[Any]
NOTHING = discord.Permissions.none()


def person_of(user: discord.User | discord.Member) -> Person:
    """Somebody, by the name that is displayed where they speak."""
    return Person(UserId(user.id), user.display_name)


def presser_of(interaction: AnyInteraction) -> Presser:
    """Who acts, and what they may do there."""
    return _presser(interaction.user, interaction.permissions)


def presser_at(interaction: AnyInteraction) -> Presser:
    """Who presses an answer's button, and in which conversation they may do what they may."""
    return replace(presser_of(interaction), at=place_of(interaction).conversation_id)


async def presser_by_message(message: discord.Message, budget: EditBudget) -> Presser:
    """Who has said something, and what they may do in the server.

    The gateway tells an author's roles with each message. Of one that was read later Discord does
    not tell them, so that they are asked for; who has left the server since has none.
    """
    author = message.author
    if message.guild is not None and not isinstance(author, discord.Member):
        lane = lane_of("GET", f"/guilds/{message.guild.id}/members/{author.id}")
        async with budget.errand(lane):
            with suppress(discord.NotFound):
                author = await message.guild.fetch_member(author.id)
    may = author.guild_permissions if isinstance(author, discord.Member) else NOTHING
    return _presser(author, may)


def _presser(user: discord.User | discord.Member, may: discord.Permissions) -> Presser:
    manager = may.administrator or may.manage_guild
    roles = user.roles if isinstance(user, discord.Member) else ()
    return Presser(
        UserId(user.id),
        moderator=manager or may.manage_messages,
        manager=manager,
        roles=frozenset(RoleId(role.id) for role in roles),
    )


def place_of(event: discord.Message | AnyInteraction) -> Place:
    """Where something was said or done."""
    channel = event.channel
    channel_id = ChannelId(0 if channel is None else channel.id)
    guild_id = None if event.guild is None else GuildId(event.guild.id)
    if isinstance(channel, discord.Thread):
        return Place(guild_id, ChannelId(channel.parent_id), thread_id=channel_id)
    return Place(guild_id, channel_id)


def names_of(event: discord.Message | AnyInteraction) -> Names:
    """What the place is called where something was said or done, as far as Discord says."""
    server = "" if event.guild is None else event.guild.name
    channel = event.channel.parent if isinstance(event.channel, discord.Thread) else event.channel
    return Names(server, getattr(channel, "name", None) or "")  # a direct message has none


def turn_of_message(
    message: discord.Message, me: int, *, gathers: bool = False, quoted: str | None = None
) -> Turn:
    """A message as a turn.

    Args:
        message: what was said to the bot.
        me: the bot's user id.
        gathers: whether it may be answered together with what is said meanwhile.
        quoted: what it is about, where the message does not itself reply to another.
    """
    text = words_of(message, me)
    quoted = _replied_to(message, me) or quoted
    if not text and quoted:  # nothing but a mention, in reply to a message: that is the question
        text, quoted = quoted, None
    asker = person_of(message.author)
    said = Said(MessageId(message.id), Role.USER, text, asker, quoted)
    return Turn(
        EventId(message.id),
        place_of(message),
        asker,
        (said,),
        gathers=gathers,
        names=names_of(message),
    )


def turn_of_prompt(
    interaction: AnyInteraction,
    prompt: str,
    *,
    place: Place | None = None,
    quoted: str | None = None,
    options: dict[str, object] | None = None,
    private: bool = False,
) -> Turn:
    """A command's prompt as a turn; it is asked where the command was used, unless `place`."""
    asker = person_of(interaction.user)
    text = readable(prompt, names_in(interaction.guild))
    said = Said(MessageId(interaction.id), Role.USER, text, asker, quoted)
    return Turn(
        EventId(interaction.id),
        place or place_of(interaction),
        asker,
        (said,),
        shared=not private,
        options=options or {},
        names=names_of(interaction),
    )


def _replied_to(message: discord.Message, me: int) -> str | None:
    if message.type is not discord.MessageType.reply or message.reference is None:
        return None
    referenced = message.reference.resolved
    if not isinstance(referenced, discord.Message):  # deleted, or not delivered
        return None
    return words_of(referenced, me) or None
