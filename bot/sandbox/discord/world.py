"""The world of the local Discord: who and what is there, and how it changes.

Every change is published on the feed. Who is allowed to change what is decided by the callers:
`rest` for the bot, `people` for persons.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from bot.sandbox.discord.clock import Clock
from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.events import (
    ChannelChanged,
    CommandsChanged,
    Event,
    Feed,
    GuildChanged,
    MemberChanged,
    RoleChanged,
    ThreadMembersChanged,
    ThreadsShown,
)
from bot.sandbox.discord.permissions import EVERYONE_DEFAULT, NONE, Overwrite, Permission
from bot.sandbox.discord.snowflakes import Snowflakes
from bot.sandbox.discord.state import (
    Attachment,
    Channel,
    ChannelType,
    Command,
    Guild,
    Interaction,
    Json,
    Member,
    Message,
    Role,
    User,
)


@dataclass(slots=True, eq=False)
class Application:
    """The bot's application in the developer portal.

    Attributes:
        message_content: whether the privileged message content intent is enabled.
        guild_members: whether the privileged members intent is enabled.
        presences: whether the privileged presence intent is enabled.
    """

    id: int
    name: str
    owner: User
    bot: User
    token: str
    message_content: bool = True
    guild_members: bool = False
    presences: bool = False


@dataclass(slots=True, eq=False)
class World:
    """Everything there is, by id."""

    clock: Clock
    application: Application
    ids: Snowflakes
    feed: Feed = field(default_factory=Feed)
    cdn_url: str = ""
    users: dict[int, User] = field(default_factory=dict)
    guilds: dict[int, Guild] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    dms: dict[int, Channel] = field(default_factory=dict)
    commands: dict[int, Command] = field(default_factory=dict)
    interactions: dict[int, Interaction] = field(default_factory=dict)
    by_token: dict[str, Interaction] = field(default_factory=dict)
    files: dict[int, Attachment] = field(default_factory=dict)

    @classmethod
    def new(cls, clock: Clock, *, bot_name: str) -> World:
        """A world that holds nothing but the bot and its owner."""
        ids = Snowflakes(clock.now)
        owner = User(ids.make(), "operator", "Operator")
        bot = User(ids.make(), bot_name.lower().replace(" ", "-"), bot_name, bot=True)
        # discord.py reads nothing out of a token; its form is Discord's all the same.
        token = (
            f"{secrets.token_urlsafe(18)}.{secrets.token_urlsafe(4)}.{secrets.token_urlsafe(28)}"
        )
        # As in every application made since 2016, the bot's user has the application's id.
        application = Application(bot.id, bot_name, owner, bot, token)
        world = cls(clock, application, ids)
        world.users = {owner.id: owner, bot.id: bot}
        return world

    def publish(self, *events: Event) -> None:
        """Tell the feed."""
        for event in events:
            self.feed.publish(event)

    def channel(self, channel_id: int) -> Channel:
        """A channel, thread or DM; raises 10003."""
        channel = self.channels.get(channel_id)
        if channel is None:
            raise Refusal.UNKNOWN_CHANNEL.error()
        return channel

    def message(self, channel: Channel, message_id: int) -> Message:
        """A message of a channel, unless deleted; raises 10008."""
        message = channel.messages.get(message_id)
        if message is None or message.deleted:
            raise Refusal.UNKNOWN_MESSAGE.error()
        return message

    def guild(self, guild_id: int) -> Guild:
        """A guild; raises 10004."""
        guild = self.guilds.get(guild_id)
        if guild is None:
            raise Refusal.UNKNOWN_GUILD.error()
        return guild

    def add_user(self, name: str, *, bot: bool = False) -> User:
        """A new user whose username is the lower-case form of `name`."""
        user = User(self.ids.make(), name.lower().replace(" ", "_"), name, bot=bot)
        self.users[user.id] = user
        return user

    def add_guild(self, name: str, owner: User, *, bot_permissions: Permission = NONE) -> Guild:
        """A new guild with @everyone, its owner, and the bot with a role of its own."""
        now = self.clock.now()
        guild = Guild(self.ids.make(), name, owner.id, now)
        guild.roles[guild.id] = Role(guild.id, "@everyone", EVERYONE_DEFAULT)
        bot = self.application.bot
        own = Role(self.ids.make(), bot.display_name, bot_permissions, position=1)
        guild.roles[own.id] = own
        guild.members[owner.id] = Member(owner, now)
        guild.members[bot.id] = Member(bot, now, [own.id])
        self.guilds[guild.id] = guild
        self.publish(GuildChanged(guild, "CREATE"))
        return guild

    def remove_guild(self, guild: Guild) -> None:
        """The bot is thrown out of a guild; its channels are still there, but not for it."""
        del self.guilds[guild.id]
        del guild.members[self.application.bot.id]
        self.publish(GuildChanged(guild, "DELETE"))

    def add_member(
        self, guild: Guild, user: User, permissions: Permission = NONE, roles: Iterable[Role] = ()
    ) -> Member:
        """Let a user in, with a role of their own where they get more than @everyone."""
        member = Member(user, self.clock.now(), [role.id for role in roles])
        if permissions:
            member.role_ids.append(self.add_role(guild, f"{user.name}'s role", permissions).id)
        guild.members[user.id] = member
        self.publish(MemberChanged(guild, member, "ADD"))
        return member

    def remove_member(self, guild: Guild, user: User) -> None:
        """A member leaves."""
        self.publish(MemberChanged(guild, guild.members.pop(user.id), "REMOVE"))

    def set_roles(self, guild: Guild, user: User, role_ids: list[int]) -> None:
        """Give a member other roles."""
        member = guild.members[user.id]
        with self._showing_threads(guild):
            member.role_ids = role_ids
            self.publish(MemberChanged(guild, member, "UPDATE"))

    def add_role(self, guild: Guild, name: str, permissions: Permission) -> Role:
        """A new role at the top."""
        role = Role(self.ids.make(), name, permissions, position=len(guild.roles))
        guild.roles[role.id] = role
        self.publish(RoleChanged(guild, role, "CREATE"))
        return role

    def change_role(self, guild: Guild, role: Role, permissions: Permission) -> None:
        """Let a role grant other permissions."""
        with self._showing_threads(guild):
            role.permissions = permissions
            self.publish(RoleChanged(guild, role, "UPDATE"))

    def add_channel(self, guild: Guild, name: str, kind: ChannelType) -> Channel:
        """A new channel of a guild."""
        channel = Channel(self.ids.make(), kind, name, guild, position=len(guild.channels))
        guild.channels[channel.id] = self.channels[channel.id] = channel
        self.publish(ChannelChanged(channel, "CREATE"))
        return channel

    def change_channel(self, channel: Channel, **changes: object) -> None:
        """Set attributes of a channel or thread."""
        for name, value in changes.items():
            setattr(channel, name, value)
        if {"archived", "locked"} & changes.keys():
            channel.archive_changed_at = self.clock.now()
        self.publish(ChannelChanged(channel, "UPDATE"))

    def set_overwrite(self, channel: Channel, overwrite: Overwrite) -> None:
        """Allow or deny something to a role or member in a channel."""
        assert channel.guild is not None
        with self._showing_threads(channel.guild):
            channel.overwrites[overwrite.target] = overwrite
            self.publish(ChannelChanged(channel, "UPDATE"))

    @contextmanager
    def _showing_threads(self, guild: Guild) -> Iterator[None]:
        """Tell of the threads in channels that the bot comes to view meanwhile."""
        before = self._viewed(guild)
        yield
        parents = {one.parent for one in guild.threads.values() if not one.archived}
        shown = [one for one in self._viewed(guild) - before if one in parents]
        if shown:
            self.publish(ThreadsShown(guild, tuple(shown)))

    def _viewed(self, guild: Guild) -> set[Channel]:
        bot_id = self.application.bot.id
        return {one for one in guild.channels.values() if one.permissions_of(bot_id)}

    def remove_channel(self, channel: Channel) -> None:
        """Delete a channel with its threads, or one thread."""
        guild = channel.guild
        if guild is None:
            return  # closing a DM takes it off one's list; it is still there
        threads = [thread for thread in guild.threads.values() if thread.parent is channel]
        for gone in (*threads, channel):
            del self.channels[gone.id]
            (guild.threads if gone.is_thread else guild.channels).pop(gone.id)
        self.publish(ChannelChanged(channel, "DELETE"))

    def dm_with(self, user: User) -> Channel:
        """The direct messages between the bot and a user, opened the first time."""
        channel = self.dms.get(user.id)
        if channel is None:
            people = [user, self.application.bot]
            channel = Channel(self.ids.make(), ChannelType.DM, user.name, recipients=people)
            self.dms[user.id] = self.channels[channel.id] = channel
            self.publish(ChannelChanged(channel, "CREATE"))
        return channel

    def add_thread(self, parent: Channel, thread: Channel, creator: User) -> None:
        """Put a thread into the world, with its creator as the first member."""
        guild = parent.guild
        assert guild is not None
        now = self.clock.now()
        thread.guild, thread.parent, thread.owner_id = guild, parent, creator.id
        thread.archive_changed_at = now
        thread.thread_members[creator.id] = now
        guild.threads[thread.id] = self.channels[thread.id] = thread
        self.publish(
            ChannelChanged(thread, "CREATE"), ThreadMembersChanged(thread, added=(creator.id,))
        )

    def join_thread(self, thread: Channel, user: User) -> None:
        """Add somebody to a thread; nothing happens to who is in it."""
        if user.id not in thread.thread_members:
            thread.thread_members[user.id] = self.clock.now()
            self.publish(ThreadMembersChanged(thread, added=(user.id,)))

    def leave_thread(self, thread: Channel, user: User) -> None:
        """Take somebody out of a thread."""
        if thread.thread_members.pop(user.id, None) is not None:
            self.publish(ThreadMembersChanged(thread, removed=(user.id,)))

    def put_command(self, guild_id: int | None, payload: Json) -> Command:
        """Register a command, in the place of the one of its name and type if there is one."""
        for command in self.commands.values():
            same_name = command.name == payload["name"] and command.guild_id == guild_id
            if same_name and command.type == int(payload.get("type") or 1):
                command.payload = payload
                command.version = self.ids.make()
                break
        else:
            command = Command(self.ids.make(), guild_id, self.ids.make(), payload)
            self.commands[command.id] = command
        self.publish(CommandsChanged())
        return command

    def remove_command(self, command: Command) -> None:
        """Take a command away."""
        del self.commands[command.id]
        self.publish(CommandsChanged())
