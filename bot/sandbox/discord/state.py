"""What the local Discord remembers: plain dataclasses, found by id in O(1).

Ids are integers here and strings on the wire. Times are Unix seconds of the sandbox's clock.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, IntEnum, IntFlag
from typing import Any

from bot.sandbox.discord import permissions
from bot.sandbox.discord.permissions import Overwrite, Permission

Json = dict[str, Any]


class ChannelType(IntEnum):
    """The kinds of channel the sandbox has; numbers are Discord's."""

    TEXT = 0
    DM = 1
    ANNOUNCEMENT = 5
    PUBLIC_THREAD = 11
    PRIVATE_THREAD = 12


class MessageType(IntEnum):
    """The kinds of message the sandbox has; numbers are Discord's."""

    DEFAULT = 0
    CHANNEL_NAME_CHANGE = 4
    CHANNEL_PINNED_MESSAGE = 6
    USER_JOIN = 7
    THREAD_CREATED = 18
    REPLY = 19
    CHAT_INPUT_COMMAND = 20
    THREAD_STARTER_MESSAGE = 21
    CONTEXT_MENU_COMMAND = 23


class MessageFlag(IntFlag):
    """The message flags the sandbox knows; bits are Discord's."""

    SUPPRESS_EMBEDS = 1 << 2
    HAS_THREAD = 1 << 5
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    IS_COMPONENTS_V2 = 1 << 15


@dataclass(slots=True, eq=False)
class User:
    """A person or a bot; `accepts_dms` False: their settings let no bot write to them."""

    id: int
    name: str
    display_name: str
    bot: bool = False
    accepts_dms: bool = True


@dataclass(slots=True, eq=False)
class Role:
    """A role of a guild; the one with the guild's id is @everyone."""

    id: int
    name: str
    permissions: Permission
    position: int = 0
    mentionable: bool = False


@dataclass(slots=True, eq=False)
class Member:
    """A user in a guild."""

    user: User
    joined_at: float
    role_ids: list[int] = field(default_factory=list)
    nick: str | None = None

    @property
    def display_name(self) -> str:
        """The name others see in this guild."""
        return self.nick or self.user.display_name


@dataclass(slots=True, eq=False)
class Guild:
    """A server."""

    id: int
    name: str
    owner_id: int
    joined_at: float
    roles: dict[int, Role] = field(default_factory=dict, repr=False)
    members: dict[int, Member] = field(default_factory=dict, repr=False)
    channels: dict[int, Channel] = field(default_factory=dict, repr=False)
    threads: dict[int, Channel] = field(default_factory=dict, repr=False)

    def permissions_of(self, user_id: int) -> Permission:
        """What a member may do in the guild as a whole; nothing for a stranger."""
        member = self.members.get(user_id)
        if member is None:
            return permissions.NONE
        roles = (self.roles[role].permissions for role in member.role_ids)
        everyone = self.roles[self.id].permissions
        return permissions.in_guild(everyone, roles, owner=user_id == self.owner_id)


@dataclass(slots=True, eq=False)
class Channel:
    """A text channel, a thread, or a direct message (then without a guild)."""

    id: int
    type: ChannelType
    name: str
    guild: Guild | None = field(default=None, repr=False)
    parent: Channel | None = field(default=None, repr=False)
    topic: str | None = None
    position: int = 0
    slowmode: int = 0
    nsfw: bool = False
    overwrites: dict[int, Overwrite] = field(default_factory=dict, repr=False)
    recipients: list[User] = field(default_factory=list)
    messages: dict[int, Message] = field(default_factory=dict, repr=False)
    last_message_id: int | None = None
    owner_id: int | None = None
    thread_members: dict[int, float] = field(default_factory=dict, repr=False)
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    archive_changed_at: float = 0.0
    auto_archive_minutes: int = 1440
    message_count: int = 0

    @property
    def is_thread(self) -> bool:
        """Whether this is a thread, public or private."""
        return self.type in (ChannelType.PUBLIC_THREAD, ChannelType.PRIVATE_THREAD)

    @property
    def mention(self) -> str:
        """How a message mentions this channel."""
        return f"<#{self.id}>"

    def permissions_of(self, user_id: int) -> Permission:
        """What somebody may do here; threads take their parent's overwrites.

        Nothing for a stranger, and nothing in a private thread that one was not added to.
        """
        if self.guild is None:
            known = any(user.id == user_id for user in self.recipients)
            return permissions.IN_DM if known else permissions.NONE
        member = self.guild.members.get(user_id)
        if member is None:
            return permissions.NONE
        granted = permissions.in_channel(
            self.guild.permissions_of(user_id),
            (self.parent or self).overwrites,
            everyone_id=self.guild.id,
            role_ids=member.role_ids,
            user_id=user_id,
        )
        if self.type is ChannelType.PRIVATE_THREAD and not (
            user_id in self.thread_members or Permission.MANAGE_THREADS in granted
        ):
            return permissions.NONE
        return granted


@dataclass(frozen=True, slots=True, eq=False)
class Attachment:
    """A file of a message."""

    id: int
    filename: str
    content_type: str
    data: bytes = field(repr=False)
    description: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class MessageVersion:
    """How a message looked from `at` until its next version."""

    at: float
    content: str
    embeds: list[Json]
    components: list[Json]
    attachments: tuple[Attachment, ...]
    flags: MessageFlag

    @property
    def thinking(self) -> bool:
        """Whether it shows "… is thinking" because its interaction was deferred."""
        return MessageFlag.LOADING in self.flags


@dataclass(frozen=True, slots=True)
class Mentions:
    """Whom a message mentions in a way that notifies them: user ids, role ids, everyone."""

    users: tuple[int, ...] = ()
    roles: tuple[int, ...] = ()
    everyone: bool = False

    def __bool__(self) -> bool:
        return bool(self.users or self.roles or self.everyone)


@dataclass(slots=True, eq=False)
class Message:
    """A message with every version it ever had, the newest last.

    Attributes:
        pings: who was notified when it was sent, or when a deferred answer got its first text (any
            other edit notifies nobody).
        mentions: whom the present content mentions.
        ephemeral_for: the only user who sees it, or None when everybody does.
        reference: the message replied to; its own `deleted_at` tells whether it is still there.
        deleted_at: when it was deleted, or None.
    """

    id: int
    channel: Channel
    author: User
    type: MessageType
    versions: list[MessageVersion]
    pings: Mentions = Mentions()
    mentions: Mentions = Mentions()
    reference: Message | None = field(default=None, repr=False)
    interaction: Interaction | None = field(default=None, repr=False)
    application_id: int | None = None
    webhook_id: int | None = None
    ephemeral_for: int | None = None
    nonce: str | int | None = None
    enforce_nonce: bool = False
    tts: bool = False
    deleted_at: float | None = None
    thread: Channel | None = field(default=None, repr=False)
    reactions: dict[str, dict[int, float]] = field(default_factory=dict, repr=False)
    late_edits: list[float] = field(default_factory=list)

    @property
    def content(self) -> str:
        """The text as it stands now."""
        return self.versions[-1].content

    @property
    def embeds(self) -> list[Json]:
        """The embeds as they stand now."""
        return self.versions[-1].embeds

    @property
    def components(self) -> list[Json]:
        """The buttons and other components as they stand now, as Discord's JSON."""
        return self.versions[-1].components

    @property
    def attachments(self) -> tuple[Attachment, ...]:
        """The files as they stand now."""
        return self.versions[-1].attachments

    @property
    def flags(self) -> MessageFlag:
        """The flags as they stand now."""
        return self.versions[-1].flags

    @property
    def thinking(self) -> bool:
        """Whether it shows "… is thinking" now."""
        return self.versions[-1].thinking

    @property
    def edited_at(self) -> float | None:
        """When it was last edited, or None."""
        return self.versions[-1].at if len(self.versions) > 1 else None

    @property
    def deleted(self) -> bool:
        """Whether it is gone."""
        return self.deleted_at is not None


class InteractionType(IntEnum):
    """What a person did; numbers are Discord's."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL_SUBMIT = 5


class InteractionState(Enum):
    """How far an interaction has come, as its person sees it.

    A deferred one shows "… is thinking" until its first text; a failed one was not acknowledged
    within three seconds, and its person read "The application did not respond".
    """

    PENDING = "pending"
    DEFERRED = "deferred"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Interaction:
    """One thing a person did with the bot's commands, buttons, menus or forms.

    Attributes:
        data: Discord's `data` object for it.
        source: the message whose component was used, if any.
        trigger: the interaction whose modal was submitted, if any.
        original: the message that `@original` names, once there is one.
        responses: every message it led to, the original response first.
        modal: the form that was opened, as Discord's JSON.
        choices: what an autocomplete suggested.
        callback_type: the number of the callback that acknowledged it.
    """

    id: int
    token: str = field(repr=False)
    type: InteractionType
    user: User
    channel: Channel
    created_at: float
    data: Json = field(repr=False)
    locale: str = "en-US"
    source: Message | None = field(default=None, repr=False)
    trigger: Interaction | None = field(default=None, repr=False)
    state: InteractionState = InteractionState.PENDING
    callback_type: int | None = None
    ephemeral: bool = False
    original: Message | None = field(default=None, repr=False)
    responses: list[Message] = field(default_factory=list, repr=False)
    modal: Json | None = None
    choices: list[Json] | None = None


@dataclass(slots=True, eq=False)
class Command:
    """An application command as the bot registered it."""

    id: int
    guild_id: int | None
    version: int
    payload: Json

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.payload["name"])

    @property
    def type(self) -> int:
        """1 for slash commands, 2 for a user's menu, 3 for a message's menu."""
        return int(self.payload.get("type") or 1)
