"""Everything that happens in the local Discord, as one stream of typed events.

The gateway turns them into what a bot is sent; watchers (tests, the terminal, a page) read them
as they are; and whoever waits for a condition has it looked at again upon each of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

from bot.sandbox.discord.state import Channel, Guild, Interaction, Member, Message, Role, User


@dataclass(frozen=True, slots=True)
class MessageCreated:
    """A message was sent (an ephemeral one too: see `message.ephemeral_for`)."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessageEdited:
    """A message has a new version."""

    message: Message


@dataclass(frozen=True, slots=True)
class MessagesDeleted:
    """One message was deleted, or several at once (`bulk`)."""

    channel: Channel
    messages: tuple[Message, ...]
    bulk: bool = False


@dataclass(frozen=True, slots=True)
class ReactionChanged:
    """A reaction was added or taken away."""

    message: Message
    user: User
    emoji: str
    added: bool


@dataclass(frozen=True, slots=True)
class TypingStarted:
    """Somebody began to type; Discord shows it for ten seconds."""

    channel: Channel
    user: User
    at: float


@dataclass(frozen=True, slots=True)
class ChannelChanged:
    """A channel or thread was made ("CREATE"), changed ("UPDATE") or taken away ("DELETE")."""

    channel: Channel
    change: str


@dataclass(frozen=True, slots=True)
class ThreadMembersChanged:
    """People joined or left a thread."""

    thread: Channel
    added: tuple[int, ...] = ()
    removed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ThreadsShown:
    """Roles or overwrites changed so that the bot now views channels with open threads."""

    guild: Guild
    channels: tuple[Channel, ...]


@dataclass(frozen=True, slots=True)
class GuildChanged:
    """The bot came into a guild ("CREATE"), left it ("DELETE"), or it changed ("UPDATE")."""

    guild: Guild
    change: str


@dataclass(frozen=True, slots=True)
class RoleChanged:
    """A role was made ("CREATE") or changed ("UPDATE")."""

    guild: Guild
    role: Role
    change: str


@dataclass(frozen=True, slots=True)
class MemberChanged:
    """A member came ("ADD"), changed ("UPDATE") or went ("REMOVE")."""

    guild: Guild
    member: Member
    change: str


@dataclass(frozen=True, slots=True)
class InteractionCreated:
    """A person used a command, a component, a modal, or typed into an autocompleted option."""

    interaction: Interaction


@dataclass(frozen=True, slots=True)
class InteractionChanged:
    """An interaction was acknowledged, deferred, answered, or failed."""

    interaction: Interaction


@dataclass(frozen=True, slots=True)
class CommandsChanged:
    """The bot registered other commands."""


@dataclass(frozen=True, slots=True)
class GatewayChanged:
    """A bot's session connected ("ready", "resumed") or lost its connection ("dropped")."""

    session_id: str
    change: str


@dataclass(frozen=True, slots=True)
class RequestServed:
    """One REST request and how it was answered.

    Attributes:
        at: Unix seconds at which it was answered.
        route: the path's template, such as `/channels/{channel_id}/messages`.
        bucket: the rate-limit bucket's name, if it has one.
        limit: how many requests the bucket takes at once.
        remaining: what was left in that bucket.
    """

    at: float
    method: str
    route: str
    path: str
    status: int
    bucket: str | None = None
    limit: int | None = None
    remaining: int | None = None


Event = (
    MessageCreated
    | MessageEdited
    | MessagesDeleted
    | ReactionChanged
    | TypingStarted
    | ChannelChanged
    | ThreadMembersChanged
    | ThreadsShown
    | GuildChanged
    | RoleChanged
    | MemberChanged
    | InteractionCreated
    | InteractionChanged
    | CommandsChanged
    | GatewayChanged
    | RequestServed
)


class Feed:
    """Hands each event to every listener at once, in the order in which things happened."""

    def __init__(self) -> None:
        self._listeners: dict[object, Callable[[Event], None]] = {}

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        """Call `listener` with every event from now on; returns what ends that."""
        key = object()
        self._listeners[key] = listener
        return lambda: self._listeners.pop(key, None) and None

    def publish(self, event: Event) -> None:
        """Tell everyone, before this returns."""
        for listener in tuple(self._listeners.values()):
            listener(event)

    def watch(self) -> Watch:
        """Every event from this call on; close it (`aclosing`) when done."""
        return Watch(self)

    async def until(self, predicate: Callable[[], object], *, timeout: float) -> bool:  # noqa: ASYNC109 - a limit is part of the question; its end is an answer
        """Wait until `predicate` holds; it is looked at now and upon every event.

        Returns:
            Whether it came to hold within `timeout` real seconds.
        """
        reached: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        def look(_: Event | None = None) -> None:
            try:
                if not reached.done() and predicate():
                    reached.set_result(None)
            except Exception as error:  # noqa: BLE001 - the waiter raises it, not the publisher
                reached.set_exception(error)

        stop = self.listen(look)
        try:
            look()
            async with asyncio.timeout(timeout):
                await reached
        except TimeoutError:
            if reached.done() and not reached.cancelled():
                raise  # the predicate's own
            return False
        else:
            return True
        finally:
            stop()


class Watch:
    """What has happened since it was made, one event after the other."""

    def __init__(self, feed: Feed) -> None:
        self._events: asyncio.Queue[Event] = asyncio.Queue()
        self._stop = feed.listen(self._events.put_nowait)

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Event:
        return await self._events.get()

    async def aclose(self) -> None:
        """Watch no longer."""
        self._stop()
