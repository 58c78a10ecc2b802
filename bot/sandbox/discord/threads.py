"""Starting threads, by the bot or by a person, once it is known to be allowed."""

from __future__ import annotations

from bot.sandbox.discord import posting
from bot.sandbox.discord.events import MessageEdited
from bot.sandbox.discord.posting import Draft
from bot.sandbox.discord.state import (
    Channel,
    ChannelType,
    Message,
    MessageFlag,
    MessageType,
    MessageVersion,
    User,
)
from bot.sandbox.discord.world import World


def make_thread(
    world: World,
    parent: Channel,
    creator: User,
    name: str,
    *,
    kind: ChannelType = ChannelType.PUBLIC_THREAD,
    message: Message | None = None,
    **settings: object,
) -> Channel:
    """Start a thread; one that hangs on a message takes its id and begins by quoting it."""
    thread_id = world.ids.make() if message is None else message.id
    thread = Channel(thread_id, kind, name)
    for key, value in settings.items():
        setattr(thread, key, value)
    world.add_thread(parent, thread, creator)
    if message is not None:
        message.thread = thread
        _mark(world, message)
        starter = Draft(type=MessageType.THREAD_STARTER_MESSAGE, reference=message)
        posting.post(world, thread, creator, starter)
        thread.message_count = 0  # Discord does not count the starter message
    return thread


def change_thread(world: World, thread: Channel, by: User, **changes: object) -> None:
    """Change a thread's settings; a new name is announced in it by a system message."""
    renamed = "name" in changes and changes["name"] != thread.name
    world.change_channel(thread, **changes)
    if renamed and not thread.archived:
        announcement = Draft(content=thread.name, type=MessageType.CHANNEL_NAME_CHANGE)
        posting.post(world, thread, by, announcement)


def _mark(world: World, message: Message) -> None:
    """The message shows its thread from now on, without counting as edited."""
    last = message.versions[-1]
    message.versions[-1] = MessageVersion(
        last.at,
        last.content,
        last.embeds,
        last.components,
        last.attachments,
        last.flags | MessageFlag.HAS_THREAD,
    )
    world.publish(MessageEdited(message))
