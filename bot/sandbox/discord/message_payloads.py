"""Messages and interactions as Discord's JSON, as far as their viewer may see them.

Shapes: Discord's documentation, "Message Resource" and "Receiving and Responding to Interactions".
"""

from __future__ import annotations

from bot.sandbox.discord import payloads
from bot.sandbox.discord.clock import iso
from bot.sandbox.discord.snowflakes import made_at
from bot.sandbox.discord.state import (
    Attachment,
    Channel,
    Interaction,
    InteractionType,
    Json,
    Message,
    MessageType,
)
from bot.sandbox.discord.world import World

ATTACHMENT_LIMIT = 10 * 1024 * 1024
"""Bytes a message's files may have without a boosted server (10 MiB)."""


def message(world: World, message: Message, *, sees_content: bool = True) -> Json:
    """A message object.

    Args:
        world: where it was sent.
        message: what to show.
        sees_content: whether the viewer has the message content intent. Without it Discord blanks
            the content, embeds, files and components of what was not meant for the bot.
    """
    payload = _bare(world, message, sees_content=sees_content)
    reference = message.reference
    if reference is None:
        return payload
    payload["message_reference"] = {
        "type": 0,
        "message_id": str(reference.id),
        "channel_id": str(reference.channel.id),
    }
    if reference.channel.guild is not None:
        payload["message_reference"]["guild_id"] = str(reference.channel.guild.id)
    if message.type in (MessageType.REPLY, MessageType.THREAD_STARTER_MESSAGE):
        gone = reference.deleted
        payload["referenced_message"] = (
            None if gone else _bare(world, reference, sees_content=sees_content)
        )
    return payload


def message_event(world: World, message_: Message, *, sees_content: bool) -> Json:
    """A message as the gateway sends it: with its guild and its author's membership.

    An ephemeral message comes "directly", without either, as if it were in a DM.
    """
    payload = message(world, message_, sees_content=sees_content)
    guild = message_.channel.guild
    if guild is None or message_.ephemeral_for is not None:
        return payload
    payload["guild_id"] = str(guild.id)
    if (author := guild.members.get(message_.author.id)) is not None:
        payload["member"] = payloads.member(author, with_user=False)
    for one in payload["mentions"]:
        if (mentioned := guild.members.get(int(one["id"]))) is not None:
            one["member"] = payloads.member(mentioned, with_user=False)
    return payload


def attachment(world: World, channel: Channel, file: Attachment) -> Json:
    """An attachment object, whose address the sandbox serves itself."""
    url = f"{world.cdn_url}/attachments/{channel.id}/{file.id}/{file.filename}"
    payload: Json = {
        "id": str(file.id),
        "filename": file.filename,
        "size": len(file.data),
        "url": url,
        "proxy_url": url,
        "content_type": file.content_type,
    }
    if file.description is not None:
        payload["description"] = file.description
    return payload


def interaction(world: World, one: Interaction) -> Json:
    """The INTERACTION_CREATE event's object."""
    channel, guild = one.channel, one.channel.guild
    bot = world.application.bot
    payload: Json = {
        "version": 1,
        "type": int(one.type),
        "token": one.token,
        "id": str(one.id),
        "application_id": str(world.application.id),
        "locale": one.locale,
        "channel_id": str(channel.id),
        "channel": {
            **payloads.channel(channel),
            "permissions": str(int(channel.permissions_of(one.user.id))),
        },
        "data": one.data,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "attachment_size_limit": ATTACHMENT_LIMIT,
        "app_permissions": str(int(channel.permissions_of(bot.id))),
        "context": 1 if guild is None else 0,
        "authorizing_integration_owners": {"0": "0" if guild is None else str(guild.id)},
    }
    if guild is None:
        payload["user"] = payloads.user(one.user)
    else:
        payload["guild_id"] = str(guild.id)
        payload["guild"] = {"id": str(guild.id), "locale": payloads.LOCALE, "features": []}
        payload["guild_locale"] = payloads.LOCALE
        payload["member"] = {
            **payloads.member(guild.members[one.user.id]),
            "permissions": str(int(channel.permissions_of(one.user.id))),
        }
    if one.source is not None:
        payload["message"] = message(world, one.source)
    return payload


def _bare(world: World, message: Message, *, sees_content: bool) -> Json:
    version = message.versions[-1]
    shown = sees_content or _meant_for_bot(world, message)
    edited = message.edited_at
    payload: Json = {
        "id": str(message.id),
        "channel_id": str(message.channel.id),
        "type": int(message.type),
        "author": payloads.user(message.author),
        "timestamp": iso(made_at(message.id)),
        "edited_timestamp": None if edited is None else iso(edited),
        "content": version.content if shown else "",
        "embeds": version.embeds if shown else [],
        "components": version.components if shown else [],
        "attachments": [
            attachment(world, message.channel, file) for file in version.attachments if shown
        ],
        "flags": int(version.flags),
        "mentions": [
            payloads.user(world.users[one]) for one in message.mentions.users if one in world.users
        ],
        "mention_roles": [str(one) for one in message.mentions.roles],
        "mention_everyone": message.mentions.everyone,
        "pinned": False,
        "tts": message.tts,
    }
    if message.nonce is not None:
        payload["nonce"] = message.nonce
    if message.application_id is not None:
        payload["application_id"] = str(message.application_id)
    if message.webhook_id is not None:
        payload["webhook_id"] = str(message.webhook_id)
    if message.interaction is not None:
        payload["interaction_metadata"] = _metadata(message.interaction, message)
    if message.thread is not None:
        payload["thread"] = payloads.channel(message.thread)
    if message.reactions:
        payload["reactions"] = _reactions(world, message)
    return payload


def _meant_for_bot(world: World, message: Message) -> bool:
    """Discord's exceptions: the bot's own messages, DMs, and messages that mention it."""
    bot = world.application.bot
    return (
        message.author is bot or message.channel.guild is None or bot.id in message.mentions.users
    )


def _metadata(one: Interaction, message: Message | None = None) -> Json:
    payload: Json = {
        "id": str(one.id),
        "type": int(one.type),
        "user": payloads.user(one.user),
        "authorizing_integration_owners": {
            "0": "0" if one.channel.guild is None else str(one.channel.guild.id)
        },
    }
    if one.type is InteractionType.COMMAND:
        payload["name"] = one.data["name"]
        payload["command_type"] = one.data["type"]
    if message is not None and one.original is not None and one.original is not message:
        payload["original_response_message_id"] = str(one.original.id)
    if one.source is not None:
        payload["interacted_message_id"] = str(one.source.id)
    if one.trigger is not None:
        payload["triggering_interaction_metadata"] = _metadata(one.trigger)
    return payload


def _reactions(world: World, message: Message) -> list[Json]:
    bot = world.application.bot
    return [
        {
            "emoji": emoji_object(emoji),
            "count": len(users),
            "count_details": {"burst": 0, "normal": len(users)},
            "burst_colors": [],
            "me": bot.id in users,
            "me_burst": False,
        }
        for emoji, users in message.reactions.items()
    ]


def emoji_object(emoji: str) -> Json:
    """A partial emoji object from a Unicode emoji, or from `name:id`."""
    name, _, snowflake = emoji.partition(":")
    return {"id": snowflake or None, "name": name}
