"""The local Discord's state as one JSON file, kept from run to run.

Of a message the first and the newest version are kept, not those in between. What concerns only
one run is not kept: requests, faults, latency, rate limits and the gateway's sessions.
"""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from pathlib import Path

import orjson

from bot.sandbox.discord.events import Event, RequestServed
from bot.sandbox.discord.loading import FORMAT, restore
from bot.sandbox.discord.state import (
    Channel,
    Guild,
    Interaction,
    InteractionType,
    Json,
    Mentions,
    Message,
    MessageVersion,
    User,
)
from bot.sandbox.discord.world import World

SAVED_EVERY = 5.0
"""Real seconds between two savings while something happens."""


class Unreadable(Exception):
    """A file holds no state of the local Discord."""


@asynccontextmanager
async def kept(world: World, path: Path) -> AsyncIterator[None]:
    """Keep a file up to date with a world, until the end."""
    changed = asyncio.Event()

    def note(event: Event) -> None:
        if not isinstance(event, RequestServed):
            changed.set()

    stop = world.feed.listen(note)
    saving = asyncio.create_task(_save_when(changed, world, path), name="saving")
    try:
        yield
    finally:
        stop()
        saving.cancel()
        await asyncio.gather(saving, return_exceptions=True)  # what it could not do, this tells
        save(world, path)


def load(world: World, path: Path) -> None:
    """Fill an empty world from a file, if it is there; raises `Unreadable`."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    try:
        restore(world, orjson.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise Unreadable(f"{path} holds no state of the local Discord: {error}") from error


def save(world: World, path: Path) -> None:
    """Write a world to a file, which is there in full at every moment."""
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_bytes(orjson.dumps(snapshot(world)))
    unfinished.replace(path)


async def _save_when(changed: asyncio.Event, world: World, path: Path) -> None:
    while True:
        await changed.wait()
        changed.clear()
        save(world, path)
        await asyncio.sleep(SAVED_EVERY)


def snapshot(world: World) -> Json:
    """A world as JSON."""
    application = world.application
    channels = [one for one in world.channels.values() if _lasts(world, one)]
    messages = [one for channel in channels for one in channel.messages.values()]
    # Webhooks write messages, but are no users of the world's.
    users = {one.id: one for one in (*world.users.values(), *(each.author for each in messages))}
    return {
        "format": FORMAT,
        "application": {
            "bot": application.bot.id,
            "owner": application.owner.id,
            "token": application.token,
        },
        "users": [_user(one) | {"known": one.id in world.users} for one in users.values()],
        "guilds": [_guild(one) for one in world.guilds.values()],
        "channels": [_channel(one) for one in channels],
        "files": [
            {
                "id": one.id,
                "filename": one.filename,
                "content_type": one.content_type,
                "data": base64.b64encode(one.data).decode(),
                "description": one.description,
            }
            for one in world.files.values()
        ],
        "messages": [_message(one) for one in messages],
        "interactions": [
            _interaction(one)
            for one in world.interactions.values()
            if one.type is not InteractionType.AUTOCOMPLETE and _lasts(world, one.channel)
        ],
        "commands": [
            {
                "id": one.id,
                "guild_id": one.guild_id,
                "version": one.version,
                "payload": one.payload,
            }
            for one in world.commands.values()
        ],
    }


def _lasts(world: World, channel: Channel) -> bool:
    """Whether a channel is still there, in a server that the bot is still in."""
    there = channel.guild is None or channel.guild.id in world.guilds
    return there and channel.id in world.channels


def _user(one: User) -> Json:
    return _plain(one, "id name display_name bot accepts_dms")


def _guild(one: Guild) -> Json:
    return {
        **_plain(one, "id name owner_id joined_at"),
        "roles": [
            {**_plain(each, "id name position mentionable"), "permissions": int(each.permissions)}
            for each in one.roles.values()
        ],
        "members": [
            {**_plain(each, "joined_at role_ids nick"), "user": each.user.id}
            for each in one.members.values()
        ],
    }


def _channel(one: Channel) -> Json:
    return {
        **_plain(
            one,
            "id name topic position slowmode nsfw last_message_id owner_id archived locked"
            " invitable archive_changed_at auto_archive_minutes message_count",
        ),
        "type": int(one.type),
        "guild": None if one.guild is None else one.guild.id,
        "parent": None if one.parent is None else one.parent.id,
        "recipients": [each.id for each in one.recipients],
        "thread_members": list(one.thread_members.items()),
        "overwrites": [
            {
                **_plain(each, "target is_role"),
                "allow": int(each.allow),
                "deny": int(each.deny),
            }
            for each in one.overwrites.values()
        ],
    }


def _message(one: Message) -> Json:
    versions = one.versions if len(one.versions) == 1 else [one.versions[0], one.versions[-1]]
    return {
        **_plain(
            one,
            "id application_id webhook_id ephemeral_for nonce enforce_nonce tts deleted_at"
            " late_edits",
        ),
        "channel": one.channel.id,
        "author": one.author.id,
        "type": int(one.type),
        "versions": [_version(each) for each in versions],
        "pings": _mentions(one.pings),
        "mentions": _mentions(one.mentions),
        "reference": None if one.reference is None else one.reference.id,
        "interaction": None if one.interaction is None else one.interaction.id,
        "thread": None if one.thread is None else one.thread.id,
        "reactions": [[emoji, list(users.items())] for emoji, users in one.reactions.items()],
    }


def _version(one: MessageVersion) -> Json:
    return {
        **_plain(one, "at content embeds components"),
        "attachments": [each.id for each in one.attachments],
        "flags": int(one.flags),
    }


def _mentions(one: Mentions) -> Json:
    return _plain(one, "users roles everyone")


def _interaction(one: Interaction) -> Json:
    return {
        **_plain(one, "id token created_at data locale callback_type ephemeral modal"),
        "type": int(one.type),
        "user": one.user.id,
        "channel": one.channel.id,
        "source": None if one.source is None else one.source.id,
        "trigger": None if one.trigger is None else one.trigger.id,
        "state": one.state.value,
        "original": None if one.original is None else one.original.id,
        "responses": _ids(one.responses),
    }


def _ids(messages: Iterable[Message]) -> list[int]:
    return [one.id for one in messages]


def _plain(one: object, names: str) -> Json:
    return {name: getattr(one, name) for name in names.split()}
