"""What one person sees of the local Discord, in the shapes that `protocol` describes."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import quote

from bot.sandbox.discord.people import Person
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.state import (
    Attachment,
    Channel,
    Guild,
    Interaction,
    InteractionType,
    Json,
    Member,
    Message,
    MessageFlag,
    Role,
    User,
)
from bot.sandbox.discord.world import World

SUBCOMMAND, GROUP = 1, 2


def names(granted: Permission) -> list[str]:
    """The names of permissions, in the order of their bits."""
    return [one.name for one in Permission if one in granted and one.name is not None]


def user(one: User) -> Json:
    """A `User`."""
    return {"id": str(one.id), "name": one.name, "display": one.display_name, "bot": one.bot}


def display_name(author: User, channel: Channel) -> str:
    """The name others see in a channel."""
    member = None if channel.guild is None else channel.guild.members.get(author.id)
    return author.display_name if member is None else member.display_name


def interaction(one: Interaction, nonce: str | None) -> Json:
    """An `Interaction`; only for the person whose it is."""
    return {
        "id": str(one.id),
        "kind": int(one.type),
        "name": _name(one),
        "user": str(one.user.id),
        "channel": str(one.channel.id),
        "at": one.created_at,
        "state": one.state.value,
        "source": _id(one.source),
        "ephemeral": one.ephemeral,
        "response": _id(one.original),
        "modal": one.modal,
        "nonce": nonce,
    }


def versions(message: Message) -> list[Json]:
    """Every state a message was in, the oldest first."""
    return [
        {
            "at": one.at,
            "content": one.content,
            "thinking": one.thinking,
            "components": len(one.components),
            "embeds": len(one.embeds),
        }
        for one in message.versions
    ]


class View:
    """The local Discord through somebody's eyes."""

    def __init__(self, world: World, person: Person) -> None:
        self._world = world
        self._person = person

    def places(self) -> Json:
        """`Places`: the servers they are in with all that is shown to them there, and their DMs."""
        mine = [one for one in self._world.guilds.values() if self._person.id in one.members]
        dm = self._world.dms.get(self._person.id)
        return {
            "users": {str(one.id): user(one) for one in self._world.users.values()},
            "guilds": [self._guild(one) for one in mine],
            "dms": [] if dm is None else [self._channel(dm)],
        }

    def message(self, one: Message) -> Json:
        """A `Message` that they see."""
        version, metadata = one.versions[-1], one.interaction
        return {
            "id": str(one.id),
            "channel": str(one.channel.id),
            "author": user(one.author),
            "display": display_name(one.author, one.channel),
            "type": int(one.type),
            "at": one.versions[0].at,
            "edited_at": one.edited_at,
            "content": version.content,
            "embeds": version.embeds,
            "components": version.components,
            "attachments": [_file(file) for file in version.attachments],
            "thinking": version.thinking,
            "ephemeral": one.ephemeral_for is not None,
            "v2": MessageFlag.IS_COMPONENTS_V2 in version.flags,
            "flags": int(version.flags),
            "mentions": {
                "users": [str(each) for each in one.mentions.users],
                "roles": [str(each) for each in one.mentions.roles],
                "everyone": one.mentions.everyone,
            },
            "pings_you": self._pings(one),
            "reply_to": None if one.reference is None else _quoted(one.reference),
            "command": None
            if metadata is None or metadata.type is not InteractionType.COMMAND
            else {"user": str(metadata.user.id), "name": _name(metadata)},
            "thread": _id(one.thread),
            "reactions": [
                {"emoji": emoji, "count": len(users), "mine": self._person.id in users}
                for emoji, users in one.reactions.items()
            ],
            "versions": len(one.versions),
            "version_at": version.at,
        }

    def _pings(self, one: Message) -> bool:
        if one.author is self._person.user:
            return False
        member = (
            None if one.channel.guild is None else one.channel.guild.members.get(self._person.id)
        )
        roles = set() if member is None else set(member.role_ids)
        return (
            one.pings.everyone
            or self._person.id in one.pings.users
            or bool(roles & {*one.pings.roles})
        )

    def _guild(self, guild: Guild) -> Json:
        return {
            "id": str(guild.id),
            "name": guild.name,
            "owner": str(guild.owner_id),
            "roles": [_role(one) for one in guild.roles.values()],
            "members": [_member(one) for one in guild.members.values()],
            "channels": self._channels(guild.channels.values()),
            "threads": self._channels(guild.threads.values()),
            "can": names(guild.permissions_of(self._person.id)),
        }

    def _channels(self, channels: Iterable[Channel]) -> list[Json]:
        return [self._channel(one) for one in channels if self._person.may_view(one)]

    def _channel(self, channel: Channel) -> Json:
        members = [*channel.thread_members, *(one.id for one in channel.recipients)]
        return {
            "id": str(channel.id),
            "type": int(channel.type),
            "name": channel.name,
            "topic": channel.topic,
            "guild": _id(channel.guild),
            "parent": _id(channel.parent),
            "position": channel.position,
            "archived": channel.archived,
            "locked": channel.locked,
            "owner": None if channel.owner_id is None else str(channel.owner_id),
            "members": [str(one) for one in members],
            "last_message": None
            if channel.last_message_id is None
            else str(channel.last_message_id),
            "can": names(channel.permissions_of(self._person.id)),
            "bot_can": names(channel.permissions_of(self._world.application.bot.id)),
            "overwrites": [
                {
                    "target": str(one.target),
                    "is_role": one.is_role,
                    "allow": names(one.allow),
                    "deny": names(one.deny),
                }
                for one in channel.overwrites.values()
            ],
        }


def _id(one: Message | Channel | Guild | None) -> str | None:
    return None if one is None else str(one.id)


def _role(role: Role) -> Json:
    return {
        "id": str(role.id),
        "name": role.name,
        "position": role.position,
        "permissions": names(role.permissions),
    }


def _member(member: Member) -> Json:
    return {
        "user": str(member.user.id),
        "display": member.display_name,
        "roles": [str(one) for one in member.role_ids],
    }


def _quoted(message: Message) -> Json:
    return {
        "id": str(message.id),
        "channel": str(message.channel.id),
        "author": user(message.author),
        "display": display_name(message.author, message.channel),
        "content": "" if message.deleted else message.content,
        "deleted": message.deleted,
    }


def _file(file: Attachment) -> Json:
    return {
        "id": str(file.id),
        "name": file.filename,
        "type": file.content_type,
        "size": len(file.data),
        "description": file.description,
        "url": f"files/{file.id}/{quote(file.filename, safe='')}",
    }


def _name(one: Interaction) -> str:
    """A command with its subcommands, or a component's or modal's custom id."""
    if "name" not in one.data:
        return str(one.data.get("custom_id", ""))
    path, options = [str(one.data["name"])], one.data.get("options") or []
    while options and options[0]["type"] in (SUBCOMMAND, GROUP):
        path.append(str(options[0]["name"]))
        options = options[0].get("options") or []
    return " ".join(path)
