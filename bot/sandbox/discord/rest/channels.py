"""Channels and threads: show, change, start, join, leave."""

from __future__ import annotations

from bot.sandbox.discord import payloads, posting, rules
from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.posting import Draft
from bot.sandbox.discord.rest import access
from bot.sandbox.discord.rest.routing import Answer, Call, Result, Routes
from bot.sandbox.discord.state import Channel, ChannelType, Json, MessageType
from bot.sandbox.discord.threads import change_thread, make_thread

THREAD_SETTINGS = {
    "name": "name",
    "archived": "archived",
    "locked": "locked",
    "invitable": "invitable",
    "auto_archive_duration": "auto_archive_minutes",
    "rate_limit_per_user": "slowmode",
}
CHANNEL_SETTINGS = {
    "name": "name",
    "topic": "topic",
    "nsfw": "nsfw",
    "position": "position",
    "rate_limit_per_user": "slowmode",
}


def show(call: Call) -> Result:
    """GET /channels/{channel_id}."""
    return payloads.thread_for(access.channel(call), call.bot)


def edit(call: Call) -> Result:
    """PATCH /channels/{channel_id}."""
    channel = access.channel(call)
    if channel.guild is None:
        raise Refusal.NOT_IN_DM.error()
    rules.check_thread(call.body, editing=True)
    if channel.is_thread:
        _require_may_edit_thread(call, channel)
    else:
        access.require(channel, call.bot, Permission.MANAGE_CHANNELS)
    settings = THREAD_SETTINGS if channel.is_thread else CHANNEL_SETTINGS
    changes = {settings[key]: value for key, value in call.body.items() if key in settings}
    if channel.is_thread:
        change_thread(call.world, channel, call.bot, **changes)
    else:
        call.world.change_channel(channel, **changes)
    return payloads.thread_for(channel, call.bot)


def _require_may_edit_thread(call: Call, thread: Channel) -> None:
    """Its starter may edit it, except for locking; anybody may reopen one that is not locked."""
    manager = Permission.MANAGE_THREADS in thread.permissions_of(call.bot.id)
    reopening = call.body.get("archived") is False
    if thread.archived and not reopening:
        raise Refusal.THREAD_ARCHIVED.error()
    if manager:
        return
    locks = "locked" in call.body or thread.locked
    own = thread.owner_id == call.bot.id
    only_reopens = reopening and set(call.body) == {"archived"}
    if locks or not (own or only_reopens):
        raise Refusal.MISSING_PERMISSIONS.error()


def delete(call: Call) -> Result:
    """DELETE /channels/{channel_id}."""
    channel = access.channel(call)
    needed = Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
    if channel.guild is not None:
        access.require(channel, call.bot, needed)
    payload = payloads.channel(channel)
    call.world.remove_channel(channel)
    return payload


def start_from_message(call: Call) -> Result:
    """POST /channels/{channel_id}/messages/{message_id}/threads; the thread has the message's id."""
    channel = access.channel(call)
    _require_can_hold_threads(channel)
    message = access.message(call, channel)
    rules.check_thread(call.body)
    access.require(channel, call.bot, Permission.CREATE_PUBLIC_THREADS)
    if message.thread is not None:
        raise Refusal.THREAD_EXISTS.error()
    thread = make_thread(
        call.world, channel, call.bot, call.body["name"], message=message, **_settings(call.body)
    )
    return Answer(201, payloads.thread_for(thread, call.bot))


def start(call: Call) -> Result:
    """POST /channels/{channel_id}/threads: without a message, private unless `type` says so."""
    channel = access.channel(call)
    _require_can_hold_threads(channel)
    rules.check_thread(call.body)
    kind = ChannelType(call.body.get("type") or ChannelType.PRIVATE_THREAD)
    public = kind is ChannelType.PUBLIC_THREAD
    needed = Permission.CREATE_PUBLIC_THREADS if public else Permission.CREATE_PRIVATE_THREADS
    access.require(channel, call.bot, needed)
    thread = make_thread(
        call.world, channel, call.bot, call.body["name"], kind=kind, **_settings(call.body)
    )
    if public:
        draft = Draft(content=thread.name, type=MessageType.THREAD_CREATED)
        posting.post(call.world, channel, call.bot, draft)
    return Answer(201, payloads.thread_for(thread, call.bot))


def _require_can_hold_threads(channel: Channel) -> None:
    if channel.guild is None or channel.is_thread:
        raise Refusal.WRONG_CHANNEL_TYPE.error()


def _settings(body: Json) -> Json:
    """What a form says of a new thread beyond its name."""
    chosen = {key: body[key] for key in THREAD_SETTINGS if body.get(key) is not None}
    return {THREAD_SETTINGS[key]: value for key, value in chosen.items() if key != "name"}


def join(call: Call) -> Result:
    """PUT /channels/{channel_id}/thread-members/@me."""
    thread = _thread(call)
    access.require_open(thread)
    call.world.join_thread(thread, call.bot)
    return None


def leave(call: Call) -> Result:
    """DELETE /channels/{channel_id}/thread-members/@me."""
    thread = _thread(call)
    access.require_open(thread)
    call.world.leave_thread(thread, call.bot)
    return None


def add_member(call: Call) -> Result:
    """PUT /channels/{channel_id}/thread-members/{user_id}."""
    thread = _thread(call)
    access.require_open(thread)
    access.require(thread, call.bot, Permission.SEND_MESSAGES_IN_THREADS)
    user = call.world.users.get(call.id("user_id"))
    assert thread.guild is not None
    if user is None or user.id not in thread.guild.members:
        raise Refusal.UNKNOWN_USER.error()
    call.world.join_thread(thread, user)
    return None


def remove_member(call: Call) -> Result:
    """DELETE /channels/{channel_id}/thread-members/{user_id}."""
    thread = _thread(call)
    access.require_open(thread)
    access.require(thread, call.bot, Permission.MANAGE_THREADS)
    user = call.world.users.get(call.id("user_id"))
    if user is None:
        raise Refusal.UNKNOWN_USER.error()
    call.world.leave_thread(thread, user)
    return None


def member(call: Call) -> Result:
    """GET /channels/{channel_id}/thread-members/{user_id}."""
    thread, user_id = _thread(call), call.id("user_id")
    if user_id not in thread.thread_members:
        raise Refusal.UNKNOWN_MEMBER.error()
    return payloads.thread_member(thread, user_id)


def members(call: Call) -> Result:
    """GET /channels/{channel_id}/thread-members."""
    thread = _thread(call)
    return [payloads.thread_member(thread, one) for one in thread.thread_members]


def active(call: Call) -> Result:
    """GET /guilds/{guild_id}/threads/active."""
    found = access.guild(call).threads.values()
    return _threads(call, [one for one in found if not one.archived])


def archived(call: Call) -> Result:
    """GET /channels/{channel_id}/threads/archived/public."""
    channel = access.channel(call)
    assert channel.guild is not None
    access.require(channel, call.bot, Permission.READ_MESSAGE_HISTORY)
    public = ChannelType.PUBLIC_THREAD
    threads = channel.guild.threads.values()
    own = [one for one in threads if one.parent is channel and one.type is public]
    latest = sorted(own, key=lambda one: one.archive_changed_at, reverse=True)
    return _threads(call, [one for one in latest if one.archived]) | {"has_more": False}


def _threads(call: Call, threads: list[Channel]) -> Json:
    seen = [one for one in threads if one.permissions_of(call.bot.id)]
    joined = [one for one in seen if call.bot.id in one.thread_members]
    return {
        "threads": [payloads.channel(one) for one in seen],
        "members": [payloads.thread_member(one, call.bot.id) for one in joined],
    }


def _thread(call: Call) -> Channel:
    thread = access.channel(call)
    if not thread.is_thread:
        raise Refusal.WRONG_CHANNEL_TYPE.error()
    return thread


_CHANNEL = "/channels/{channel_id}"
_MEMBERS = _CHANNEL + "/thread-members"

ROUTES: Routes = {
    ("GET", _CHANNEL): show,
    ("PATCH", _CHANNEL): edit,
    ("DELETE", _CHANNEL): delete,
    ("POST", _CHANNEL + "/messages/{message_id}/threads"): start_from_message,
    ("POST", _CHANNEL + "/threads"): start,
    ("GET", _CHANNEL + "/threads/archived/public"): archived,
    ("GET", _MEMBERS): members,
    ("GET", _MEMBERS + "/{user_id}"): member,
    ("PUT", _MEMBERS + "/@me"): join,
    ("DELETE", _MEMBERS + "/@me"): leave,
    ("PUT", _MEMBERS + "/{user_id}"): add_member,
    ("DELETE", _MEMBERS + "/{user_id}"): remove_member,
    ("GET", "/guilds/{guild_id}/threads/active"): active,
}
