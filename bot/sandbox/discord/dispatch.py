"""Which gateway events a happening becomes, and which sessions may see them.

Source: Discord's documentation, "Gateway", "List of Intents", and "Gateway Events".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from typing import Any

from bot.sandbox.discord import events, message_payloads, payloads
from bot.sandbox.discord.state import Channel, ChannelType, Guild, Json, Message
from bot.sandbox.discord.world import World


class Intent(IntFlag):
    """The gateway intents, by Discord's bits."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_MODERATION = 1 << 2
    GUILD_EXPRESSIONS = 1 << 3
    GUILD_INTEGRATIONS = 1 << 4
    GUILD_WEBHOOKS = 1 << 5
    GUILD_INVITES = 1 << 6
    GUILD_VOICE_STATES = 1 << 7
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    GUILD_MESSAGE_REACTIONS = 1 << 10
    GUILD_MESSAGE_TYPING = 1 << 11
    DIRECT_MESSAGES = 1 << 12
    DIRECT_MESSAGE_REACTIONS = 1 << 13
    DIRECT_MESSAGE_TYPING = 1 << 14
    MESSAGE_CONTENT = 1 << 15
    GUILD_SCHEDULED_EVENTS = 1 << 16
    AUTO_MODERATION_CONFIGURATION = 1 << 20
    AUTO_MODERATION_EXECUTION = 1 << 21
    GUILD_MESSAGE_POLLS = 1 << 24
    DIRECT_MESSAGE_POLLS = 1 << 25


@dataclass(frozen=True, slots=True)
class Delivery:
    """One gateway event for every session that qualifies.

    Attributes:
        name: its name, such as MESSAGE_CREATE.
        intent: the intent a session must have; none for what everybody gets.
        guild: decides the shard; None (DMs) is shard 0.
        payload: makes the `d` object for a session with these intents.
    """

    name: str
    intent: Intent
    guild: Guild | None
    payload: Callable[[Intent], Json]


_EVERYBODY = Intent(0)


def deliveries(world: World, event: events.Event) -> list[Delivery]:
    """The gateway events of a happening; none for what no bot is told."""
    render = _BY_TYPE.get(type(event))
    return [] if render is None else render(world, event)


def sees(world: World, channel: Channel) -> bool:
    """Whether the bot may view a channel."""
    return bool(channel.permissions_of(world.application.bot.id))


def _created(world: World, event: events.MessageCreated) -> list[Delivery]:
    return _message("MESSAGE_CREATE", world, event.message)


def _edited(world: World, event: events.MessageEdited) -> list[Delivery]:
    return _message("MESSAGE_UPDATE", world, event.message)


def _message(name: str, world: World, message: Message) -> list[Delivery]:
    """An ephemeral message of the bot's comes by the intent for direct messages."""
    direct = message.channel.guild is None or message.ephemeral_for is not None
    if not direct and not sees(world, message.channel):
        return []

    def payload(intents: Intent) -> Json:
        content = Intent.MESSAGE_CONTENT in intents
        return message_payloads.message_event(world, message, sees_content=content)

    intent = Intent.DIRECT_MESSAGES if direct else Intent.GUILD_MESSAGES
    return [Delivery(name, intent, message.channel.guild, payload)]


def _deleted(world: World, event: events.MessagesDeleted) -> list[Delivery]:
    channel = event.channel
    if not sees(world, channel):
        return []
    body: Json = {"channel_id": str(channel.id)} | _guild_id(channel)
    intent = Intent.DIRECT_MESSAGES if channel.guild is None else Intent.GUILD_MESSAGES
    if event.bulk:
        bulk = body | {"ids": [str(one.id) for one in event.messages]}
        return [Delivery("MESSAGE_DELETE_BULK", intent, channel.guild, lambda _: bulk)]
    return [
        Delivery(
            "MESSAGE_DELETE",
            Intent.DIRECT_MESSAGES if one.ephemeral_for is not None else intent,
            channel.guild,
            lambda _, one=one: body | {"id": str(one.id)},  # type: ignore[misc] # mypy cannot infer a lambda's default
        )
        for one in event.messages
    ]


def _typing(world: World, event: events.TypingStarted) -> list[Delivery]:
    channel, user = event.channel, event.user
    if not sees(world, channel):
        return []
    body: Json = {
        "channel_id": str(channel.id),
        "user_id": str(user.id),
        "timestamp": int(event.at),
    } | _guild_id(channel)
    if channel.guild is not None:
        body["member"] = payloads.member(channel.guild.members[user.id])
    direct = channel.guild is None
    intent = Intent.DIRECT_MESSAGE_TYPING if direct else Intent.GUILD_MESSAGE_TYPING
    return [Delivery("TYPING_START", intent, channel.guild, lambda _: body)]


def _reaction(world: World, event: events.ReactionChanged) -> list[Delivery]:
    message, channel = event.message, event.message.channel
    if not sees(world, channel):
        return []
    body: Json = {
        "user_id": str(event.user.id),
        "channel_id": str(channel.id),
        "message_id": str(message.id),
        "emoji": message_payloads.emoji_object(event.emoji),
        "burst": False,
        "type": 0,
    } | _guild_id(channel)
    if event.added:
        body["message_author_id"] = str(message.author.id)
        if channel.guild is not None:
            body["member"] = payloads.member(channel.guild.members[event.user.id])
    direct = channel.guild is None
    intent = Intent.DIRECT_MESSAGE_REACTIONS if direct else Intent.GUILD_MESSAGE_REACTIONS
    name = "MESSAGE_REACTION_ADD" if event.added else "MESSAGE_REACTION_REMOVE"
    return [Delivery(name, intent, channel.guild, lambda _: body)]


def _interaction(world: World, event: events.InteractionCreated) -> list[Delivery]:
    one = event.interaction
    body = message_payloads.interaction(world, one)
    return [Delivery("INTERACTION_CREATE", _EVERYBODY, one.channel.guild, lambda _: body)]


def _channel(world: World, event: events.ChannelChanged) -> list[Delivery]:
    """Channels and threads; since v8 bots are not told that a DM was opened."""
    channel, change = event.channel, event.change
    if channel.guild is None:
        return []
    guild = channel.guild
    if not channel.is_thread:
        body = payloads.channel(channel)
        return [Delivery(f"CHANNEL_{change}", Intent.GUILDS, guild, lambda _: body)]
    if not sees(world, channel):
        return []
    if change == "DELETE":
        keys = ("id", "guild_id", "parent_id", "type")
        gone = {key: value for key, value in payloads.channel(channel).items() if key in keys}
        return [Delivery("THREAD_DELETE", Intent.GUILDS, guild, lambda _: gone)]
    body = payloads.thread_for(channel, world.application.bot)
    if change == "CREATE":
        body["newly_created"] = True
    return [Delivery(f"THREAD_{change}", Intent.GUILDS, guild, lambda _: body)]


def _thread_members(world: World, event: events.ThreadMembersChanged) -> list[Delivery]:
    """Without the members intent only the bot's own joining and leaving is told."""
    thread, bot = event.thread, world.application.bot
    guild = thread.guild
    if guild is None:
        return []

    def payload(intents: Intent) -> Json:
        everyone = Intent.GUILD_MEMBERS in intents
        return {
            "id": str(thread.id),
            "guild_id": str(guild.id),
            "member_count": min(len(thread.thread_members), 50),
            "added_members": [
                payloads.thread_member(thread, one)
                | {"member": payloads.member(guild.members[one]), "presence": None}
                for one in event.added
                if everyone or one == bot.id
            ],
            "removed_member_ids": [str(one) for one in event.removed if everyone or one == bot.id],
        }

    own = bot.id in (*event.added, *event.removed)
    result = [
        Delivery(
            "THREAD_MEMBERS_UPDATE",
            Intent.GUILDS if own else Intent.GUILD_MEMBERS,
            guild,
            payload,
        )
    ]
    if thread.type is ChannelType.PRIVATE_THREAD and bot.id in event.added:
        # Being added to a private thread is how the bot learns of it.
        body = payloads.thread_for(thread, bot)
        result.insert(0, Delivery("THREAD_CREATE", Intent.GUILDS, guild, lambda _: body))
    return result


def _threads_shown(world: World, event: events.ThreadsShown) -> list[Delivery]:
    """Discord sends the threads of channels that a bot gains access to."""
    bot, guild = world.application.bot, event.guild
    shown = [
        one
        for one in guild.threads.values()
        if one.parent in event.channels and not one.archived and sees(world, one)
    ]
    joined = [one for one in shown if bot.id in one.thread_members]
    body: Json = {
        "guild_id": str(guild.id),
        "channel_ids": [str(one.id) for one in event.channels],
        "threads": [payloads.channel(one) for one in shown],
        "members": [payloads.thread_member(one, bot.id) for one in joined],
    }
    return [Delivery("THREAD_LIST_SYNC", Intent.GUILDS, guild, lambda _: body)]


def _guild(world: World, event: events.GuildChanged) -> list[Delivery]:
    guild = event.guild
    if event.change == "CREATE":
        return [guild_create(world, guild)]
    body = {"id": str(guild.id)} if event.change == "DELETE" else payloads.guild(guild)
    return [Delivery(f"GUILD_{event.change}", Intent.GUILDS, guild, lambda _: body)]


def _role(_: World, event: events.RoleChanged) -> list[Delivery]:
    body = {"guild_id": str(event.guild.id), "role": payloads.role(event.role)}
    name = f"GUILD_ROLE_{event.change}"
    return [Delivery(name, Intent.GUILDS, event.guild, lambda _: body)]


def _member(world: World, event: events.MemberChanged) -> list[Delivery]:
    """A bot is told of its own changes without the members intent."""
    member = event.member
    body: Json = {"guild_id": str(event.guild.id)}
    own = member.user is world.application.bot and event.change == "UPDATE"
    if event.change == "REMOVE":
        body |= {"user": payloads.user(member.user)}
    else:
        body |= payloads.member(member)
    intent = Intent.GUILDS if own else Intent.GUILD_MEMBERS
    return [Delivery(f"GUILD_MEMBER_{event.change}", intent, event.guild, lambda _: body)]


def guild_create(world: World, guild: Guild) -> Delivery:
    """A guild as it is told to a bot that connects or comes in."""
    bot = world.application.bot
    return Delivery(
        "GUILD_CREATE",
        Intent.GUILDS,
        guild,
        lambda intents: payloads.guild_create(
            guild, bot, with_members=Intent.GUILD_MEMBERS in intents
        ),
    )


def _guild_id(channel: Channel) -> Json:
    return {} if channel.guild is None else {"guild_id": str(channel.guild.id)}


_BY_TYPE: dict[type, Callable[[World, Any], list[Delivery]]] = {
    events.MessageCreated: _created,
    events.MessageEdited: _edited,
    events.MessagesDeleted: _deleted,
    events.TypingStarted: _typing,
    events.ReactionChanged: _reaction,
    events.InteractionCreated: _interaction,
    events.ChannelChanged: _channel,
    events.ThreadMembersChanged: _thread_members,
    events.ThreadsShown: _threads_shown,
    events.GuildChanged: _guild,
    events.RoleChanged: _role,
    events.MemberChanged: _member,
}
