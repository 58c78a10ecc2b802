"""Sending, editing and deleting messages: what happens once it is known to be allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.sandbox.discord import mentions
from bot.sandbox.discord.errors import too_many_old_edits
from bot.sandbox.discord.events import MessageCreated, MessageEdited, MessagesDeleted
from bot.sandbox.discord.state import (
    Attachment,
    Channel,
    Interaction,
    Json,
    Mentions,
    Message,
    MessageFlag,
    MessageType,
    MessageVersion,
    User,
)
from bot.sandbox.discord.world import World

OLD_MESSAGE_SECONDS = 3600
"""From this age on Discord limits the edits of a message further (error 30046)."""
OLD_MESSAGE_EDITS = 5
"""How many edits the sandbox lets through then; Discord does not publish its figure."""

NONCE_SECONDS = 300
"""How far back an enforced nonce is looked for ("the past few minutes")."""

NO_FLAGS = MessageFlag(0)


@dataclass(slots=True)
class Draft:
    """A message about to be sent."""

    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    attachments: tuple[Attachment, ...] = ()
    flags: MessageFlag = NO_FLAGS
    type: MessageType = MessageType.DEFAULT
    reference: Message | None = None
    allowed_mentions: Json | None = None
    nonce: str | int | None = None
    enforce_nonce: bool = False
    tts: bool = False
    ephemeral_for: int | None = None
    interaction: Interaction | None = None
    webhook_id: int | None = None


@dataclass(slots=True)
class Revision:
    """What an edit changes; None leaves a part as it was."""

    content: str | None = None
    embeds: list[Json] | None = None
    components: list[Json] | None = None
    attachments: tuple[Attachment, ...] | None = None
    flags: MessageFlag | None = None
    allowed_mentions: Json | None = None


def post(world: World, channel: Channel, author: User, draft: Draft) -> Message:
    """Send a message; a thread that was archived opens again.

    With `enforce_nonce` the message already sent with the same nonce is given back instead.
    """
    if draft.enforce_nonce and (sent := _sent_with(channel, author, draft.nonce)):
        return sent
    flags = draft.flags | (MessageFlag.EPHEMERAL if draft.ephemeral_for else NO_FLAGS)
    version = MessageVersion(
        world.clock.now(),
        draft.content.strip(),
        draft.embeds,
        _numbered(draft.components),
        draft.attachments,
        flags,
    )
    pings = mentions.evaluate(
        version.content,
        draft.allowed_mentions,
        channel=channel,
        author=author,
        reply_to=draft.reference if draft.type is MessageType.REPLY else None,
    )
    message = Message(
        world.ids.make(),
        channel,
        author,
        draft.type,
        [version],
        pings=Mentions() if MessageFlag.SUPPRESS_NOTIFICATIONS in flags else pings,
        mentions=pings,
        reference=draft.reference,
        interaction=draft.interaction,
        application_id=world.application.id if draft.interaction else None,
        webhook_id=world.application.id if draft.interaction else draft.webhook_id,
        ephemeral_for=draft.ephemeral_for,
        nonce=draft.nonce,
        enforce_nonce=draft.enforce_nonce,
        tts=draft.tts,
    )
    channel.messages[message.id] = message
    world.files |= {file.id: file for file in draft.attachments}
    if message.ephemeral_for is None:
        channel.last_message_id = message.id
        channel.message_count += 1
        if channel.archived:
            world.change_channel(channel, archived=False)
        if channel.is_thread and author.id not in channel.thread_members:
            world.join_thread(channel, author)
    world.publish(MessageCreated(message))
    return message


def edit(world: World, message: Message, revision: Revision) -> Message:
    """Give a message its next version; raises 30046 for too many edits of an old one."""
    now = world.clock.now()
    if now - message.versions[0].at > OLD_MESSAGE_SECONDS:
        _count_late_edit(message, now)
    last = message.versions[-1]
    content = last.content if revision.content is None else revision.content.strip()
    components = revision.components
    flags = last.flags if revision.flags is None else revision.flags
    message.versions.append(
        MessageVersion(
            now,
            content,
            last.embeds if revision.embeds is None else revision.embeds,
            last.components if components is None else _numbered(components),
            last.attachments if revision.attachments is None else revision.attachments,
            flags & ~MessageFlag.LOADING,
        )
    )
    world.files |= {file.id: file for file in message.attachments}
    if revision.content is not None:
        message.mentions = mentions.evaluate(
            content, revision.allowed_mentions, channel=message.channel, author=message.author
        )
    world.publish(MessageEdited(message))
    return message


def delete(world: World, channel: Channel, messages: Sequence[Message], *, bulk: bool) -> None:
    """Delete messages; they stay in memory, marked, for whoever wants to look back."""
    for message in messages:
        message.deleted_at = world.clock.now()
    world.publish(MessagesDeleted(channel, tuple(messages), bulk=bulk))


def _sent_with(channel: Channel, author: User, nonce: str | int | None) -> Message | None:
    """Discord looks for the nonce among what the author sent in the last few minutes."""
    newest = next(reversed(channel.messages.values()), None)
    for message in reversed(channel.messages.values()):
        if message.author is author and message.enforce_nonce and message.nonce == nonce:
            return message
        if newest and newest.versions[0].at - message.versions[0].at > NONCE_SECONDS:
            break
    return None


def _count_late_edit(message: Message, now: float) -> None:
    recent = [at for at in message.late_edits if now - at < OLD_MESSAGE_SECONDS]
    if len(recent) >= OLD_MESSAGE_EDITS:
        raise too_many_old_edits(OLD_MESSAGE_SECONDS - (now - recent[0]))
    message.late_edits = [*recent, now]


def _numbered(components: list[Json]) -> list[Json]:
    """Give every component the `id` that Discord assigns in order where none was sent."""
    count = 0

    def number(component: Json) -> Json:
        nonlocal count
        count += 1
        numbered = {**component, "id": component.get("id") or count}
        if component.get("default_values"):  # Discord takes ids as numbers, and tells strings
            numbered["default_values"] = [
                {**one, "id": str(one["id"])} for one in component["default_values"]
            ]
        if "components" in component:
            numbered["components"] = [number(child) for child in component["components"]]
        for key in ("accessory", "component"):
            if isinstance(component.get(key), dict):
                numbered[key] = number(component[key])
        return numbered

    return [number(component) for component in components]
