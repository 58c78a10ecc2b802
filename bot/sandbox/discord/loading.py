"""A world out of the JSON that `saving` makes of one."""

from __future__ import annotations

import base64

from bot.sandbox.discord.permissions import Overwrite, Permission
from bot.sandbox.discord.state import (
    Attachment,
    Channel,
    ChannelType,
    Command,
    Guild,
    Interaction,
    InteractionState,
    InteractionType,
    Json,
    Member,
    Mentions,
    Message,
    MessageFlag,
    MessageType,
    MessageVersion,
    Role,
    User,
)
from bot.sandbox.discord.world import World

FORMAT = 1
"""Changes with the shape of the file."""


def restore(world: World, saved: Json) -> None:
    """Fill an empty world, before anybody is connected to it.

    Raises:
        ValueError, KeyError, TypeError: it is not what `saving` makes.
    """
    if saved["format"] != FORMAT:
        raise ValueError(f"its format is {saved['format']!r}, not {FORMAT}")
    _Restoring(world).all(saved)


class _Restoring:
    """Makes everything in an order in which each thing is there before what names it."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._users: dict[int, User] = {}
        self._messages: dict[int, Message] = {}

    def all(self, saved: Json) -> None:
        steps = (
            ("users", self._user),
            ("guilds", self._guild),
            ("channels", self._channel),
            ("channels", self._adopt),
            ("files", self._file),
            ("messages", self._message),
            ("interactions", self._interaction),
            ("messages", self._link),
            ("commands", self._command),
        )
        for kind, step in steps:
            for one in saved[kind]:
                self._world.ids.skip(one["id"])
                step(one)
        self._application(saved["application"])

    def _user(self, saved: Json) -> None:
        known = saved.pop("known")
        user = self._users[saved["id"]] = User(**saved)
        if known:
            self._world.users[user.id] = user

    def _file(self, saved: Json) -> None:
        data = base64.b64decode(saved["data"])
        self._world.files[saved["id"]] = Attachment(**{**saved, "data": data})

    def _command(self, saved: Json) -> None:
        self._world.commands[saved["id"]] = Command(**saved)

    def _application(self, saved: Json) -> None:
        world, application = self._world, self._world.application
        made = (application.bot, application.owner)
        application.bot = self._users[saved["bot"]]
        application.owner = self._users[saved["owner"]]
        application.id, application.name = application.bot.id, application.bot.display_name
        application.token = saved["token"]
        for one in made:
            world.users.pop(one.id, None)

    def _guild(self, saved: Json) -> None:
        guild = Guild(saved["id"], saved["name"], saved["owner_id"], saved["joined_at"])
        for one in saved["roles"]:
            guild.roles[one["id"]] = Role(**{**one, "permissions": Permission(one["permissions"])})
        for one in saved["members"]:
            guild.members[one["user"]] = Member(**{**one, "user": self._users[one["user"]]})
        self._world.guilds[guild.id] = guild

    def _channel(self, saved: Json) -> None:
        world = self._world
        guild = None if saved["guild"] is None else world.guilds[saved["guild"]]
        overwrites = {
            one["target"]: Overwrite(
                one["target"], one["is_role"], Permission(one["allow"]), Permission(one["deny"])
            )
            for one in saved["overwrites"]
        }
        channel = Channel(
            **{
                **saved,
                "type": ChannelType(saved["type"]),
                "guild": guild,
                "parent": None,  # it may come later
                "recipients": [self._users[one] for one in saved["recipients"]],
                "thread_members": dict(saved["thread_members"]),
                "overwrites": overwrites,
            }
        )
        world.channels[channel.id] = channel
        if guild is not None:
            (guild.threads if channel.is_thread else guild.channels)[channel.id] = channel
        for one in channel.recipients:
            if not one.bot:
                world.dms[one.id] = channel

    def _adopt(self, saved: Json) -> None:
        if saved["parent"] is not None:
            self._world.channels[saved["id"]].parent = self._world.channels[saved["parent"]]

    def _message(self, saved: Json) -> None:
        channel = self._world.channels[saved["channel"]]
        message = Message(
            **{
                **saved,
                "channel": channel,
                "author": self._users[saved["author"]],
                "type": MessageType(saved["type"]),
                "versions": [self._version(one) for one in saved["versions"]],
                "pings": _mentions(saved["pings"]),
                "mentions": _mentions(saved["mentions"]),
                "reference": None,  # what it names is made later; see `_link`
                "interaction": None,
                "thread": None,
                "reactions": {emoji: dict(users) for emoji, users in saved["reactions"]},
            }
        )
        channel.messages[message.id] = self._messages[message.id] = message

    def _version(self, saved: Json) -> MessageVersion:
        files = tuple(self._world.files[one] for one in saved["attachments"])
        flags = MessageFlag(saved["flags"])
        return MessageVersion(**{**saved, "attachments": files, "flags": flags})

    def _link(self, saved: Json) -> None:
        message, world = self._messages[saved["id"]], self._world
        # What was in a channel that is gone by now is not there any more.
        message.reference = self._messages.get(saved["reference"])
        message.interaction = world.interactions.get(saved["interaction"])
        message.thread = world.channels.get(saved["thread"])

    def _interaction(self, saved: Json) -> None:
        world, state = self._world, InteractionState(saved["state"])
        if state is InteractionState.PENDING:
            state = InteractionState.FAILED  # its three seconds are over
        responses = [self._messages[one] for one in saved["responses"] if one in self._messages]
        one = Interaction(
            **{
                **saved,
                "type": InteractionType(saved["type"]),
                "user": self._users[saved["user"]],
                "channel": world.channels[saved["channel"]],
                "source": self._messages.get(saved["source"]),
                "trigger": world.interactions.get(saved["trigger"]),
                "state": state,
                "original": self._messages.get(saved["original"]),
                "responses": responses,
            }
        )
        world.interactions[one.id] = world.by_token[one.token] = one


def _mentions(saved: Json) -> Mentions:
    return Mentions(tuple(saved["users"]), tuple(saved["roles"]), saved["everyone"])
