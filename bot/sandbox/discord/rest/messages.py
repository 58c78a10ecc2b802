"""Messages of a channel: send, read, edit, delete, react, and typing."""

from __future__ import annotations

from bot.sandbox.discord import message_payloads, posting, rules
from bot.sandbox.discord.errors import Refusal, unknown_reply
from bot.sandbox.discord.events import ReactionChanged, TypingStarted
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.rest import access, forms
from bot.sandbox.discord.rest.routing import Call, Result, Routes, snowflake
from bot.sandbox.discord.snowflakes import made_at
from bot.sandbox.discord.state import Channel, Json, Message, MessageFlag, MessageType

MAX_PAGE, DEFAULT_PAGE = 100, 50
BULK_DELETE = range(2, 101)
BULK_DELETE_SECONDS = 14 * 24 * 3600
"""Older messages than two weeks cannot be deleted in bulk."""
MAX_REACTIONS = 20


def create(call: Call) -> Result:
    """POST /channels/{channel_id}/messages."""
    channel = access.channel(call)
    rules.check_message(call.body, files=len(call.files))
    access.require_can_send(
        channel, call.bot, files=bool(call.files), embeds=bool(call.body.get("embeds"))
    )
    if channel.guild is None and not all(one.accepts_dms for one in channel.recipients):
        raise Refusal.CANNOT_MESSAGE_USER.error()
    draft = forms.draft(call.world, call.body, call.files)
    draft.reference = replied_to(call, channel)
    if draft.reference is not None:
        draft.type = MessageType.REPLY
    return _own(call, posting.post(call.world, channel, call.bot, draft))


def replied_to(call: Call, channel: Channel) -> Message | None:
    """The message this one replies to, which has to be in the same channel."""
    reference = call.body.get("message_reference")
    if not reference:
        return None
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(call.bot.id):
        raise Refusal.NO_HISTORY_TO_REPLY.error()
    message = channel.messages.get(snowflake(reference["message_id"], "message_reference"))
    if message is None or message.deleted or message.ephemeral_for is not None:
        if reference.get("fail_if_not_exists", True):
            raise unknown_reply()
        return None
    return message


def show(call: Call) -> Result:
    """GET /channels/{channel_id}/messages/{message_id}."""
    channel = access.channel(call)
    access.require(channel, call.bot, Permission.READ_MESSAGE_HISTORY)
    return _seen(call, access.message(call, channel))


def list_(call: Call) -> Result:
    """GET /channels/{channel_id}/messages, the newest first."""
    channel = access.channel(call)
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(call.bot.id):
        return []
    limit = call.limit(DEFAULT_PAGE, MAX_PAGE)
    there = [one for one in channel.messages.values() if not one.deleted and not one.ephemeral_for]
    return [_seen(call, one) for one in _page(call, there, limit)]


def _page(call: Call, there: list[Message], limit: int) -> list[Message]:
    def bound(name: str) -> int | None:
        value = call.query.get(name)
        return None if value is None else snowflake(value, name)

    if (around := bound("around")) is not None:
        older = [one for one in there if one.id <= around][-(limit // 2 + 1) :]
        newer = [one for one in there if one.id > around][: limit - len(older)]
        chosen = older + newer
    elif (after := bound("after")) is not None:
        chosen = [one for one in there if one.id > after][:limit]
    elif (before := bound("before")) is not None:
        chosen = [one for one in there if one.id < before][-limit:]
    else:
        chosen = there[-limit:]
    return chosen[::-1]


def edit(call: Call) -> Result:
    """PATCH /channels/{channel_id}/messages/{message_id}."""
    channel = access.channel(call)
    message = access.message(call, channel)
    if message.author is not call.bot:
        return _suppress(call, channel, message)
    access.require_can_edit(channel, call.bot)
    if call.files:
        access.require(channel, call.bot, Permission.ATTACH_FILES)
    revision = forms.revision(call.world, message, call.body, call.files)
    return _own(call, posting.edit(call.world, message, revision))


def _suppress(call: Call, channel: Channel, message: Message) -> Result:
    """Another's message: with Manage Messages its embeds can be hidden, nothing else."""
    if set(call.body) - {"flags"}:
        raise Refusal.NOT_THE_AUTHOR.error()
    access.require(channel, call.bot, Permission.MANAGE_MESSAGES)
    wanted = MessageFlag(call.body.get("flags") or 0) & MessageFlag.SUPPRESS_EMBEDS
    flags = (message.flags & ~MessageFlag.SUPPRESS_EMBEDS) | wanted
    posting.edit(call.world, message, posting.Revision(flags=flags))
    return _seen(call, message)


def delete(call: Call) -> Result:
    """DELETE /channels/{channel_id}/messages/{message_id}."""
    channel = access.channel(call)
    message = access.message(call, channel)
    if message.author is not call.bot:
        if channel.guild is None:
            raise Refusal.NOT_IN_DM.error()
        access.require(channel, call.bot, Permission.MANAGE_MESSAGES)
    posting.delete(call.world, channel, [message], bulk=False)
    return None


def bulk_delete(call: Call) -> Result:
    """POST /channels/{channel_id}/messages/bulk-delete; ids that are not there are passed over."""
    channel = access.channel(call)
    access.require(channel, call.bot, Permission.MANAGE_MESSAGES)
    ids = {snowflake(one, "messages") for one in call.body.get("messages", ())}
    if len(ids) not in BULK_DELETE:
        raise Refusal.BAD_BULK_DELETE.error()
    if any(call.world.clock.now() - made_at(one) > BULK_DELETE_SECONDS for one in ids):
        raise Refusal.TOO_OLD_TO_BULK_DELETE.error()
    found = [channel.messages[one] for one in sorted(ids) if one in channel.messages]
    there = [one for one in found if not one.deleted and one.ephemeral_for is None]
    posting.delete(call.world, channel, there, bulk=True)
    return None


def typing(call: Call) -> Result:
    """POST /channels/{channel_id}/typing."""
    channel = access.channel(call)
    access.require_can_send(channel, call.bot, files=False, embeds=False)
    call.world.publish(TypingStarted(channel, call.bot, call.world.clock.now()))
    return None


def react(call: Call) -> Result:
    """PUT …/reactions/{emoji_name}/@me."""
    channel = access.channel(call)
    message, emoji = access.message(call, channel), call.ids["emoji_name"]
    access.require_open(channel)
    access.require(channel, call.bot, Permission.READ_MESSAGE_HISTORY)
    if emoji not in message.reactions:
        access.require(channel, call.bot, Permission.ADD_REACTIONS)
        if len(message.reactions) >= MAX_REACTIONS:
            raise Refusal.TOO_MANY_REACTIONS.error()
    message.reactions.setdefault(emoji, {})[call.bot.id] = call.world.clock.now()
    call.world.publish(ReactionChanged(message, call.bot, emoji, added=True))
    return None


def unreact(call: Call) -> Result:
    """DELETE …/reactions/{emoji_name}/@me."""
    channel = access.channel(call)
    message, emoji = access.message(call, channel), call.ids["emoji_name"]
    if message.reactions.get(emoji, {}).pop(call.bot.id, None) is None:
        raise Refusal.UNKNOWN_EMOJI.error()
    if not message.reactions[emoji]:
        del message.reactions[emoji]
    call.world.publish(ReactionChanged(message, call.bot, emoji, added=False))
    return None


def _own(call: Call, message: Message) -> Json:
    return message_payloads.message(call.world, message)


def _seen(call: Call, message: Message) -> Json:
    """Without the privileged intent REST blanks messages just as the gateway does."""
    sees_content = call.world.application.message_content
    return message_payloads.message(call.world, message, sees_content=sees_content)


_ONE = "/channels/{channel_id}/messages/{message_id}"
_REACTION = _ONE + "/reactions/{emoji_name}/@me"

ROUTES: Routes = {
    ("POST", "/channels/{channel_id}/messages"): create,
    ("GET", "/channels/{channel_id}/messages"): list_,
    ("POST", "/channels/{channel_id}/messages/bulk-delete"): bulk_delete,
    ("GET", _ONE): show,
    ("PATCH", _ONE): edit,
    ("DELETE", _ONE): delete,
    ("POST", "/channels/{channel_id}/typing"): typing,
    ("PUT", _REACTION): react,
    ("DELETE", _REACTION): unreact,
}
