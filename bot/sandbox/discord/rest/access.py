"""What the bot may see and do: the checks before anything is done on its behalf."""

from __future__ import annotations

from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.rest.routing import Call
from bot.sandbox.discord.state import Channel, Guild, Message, User


def channel(call: Call) -> Channel:
    """The path's channel; raises 10003, or 50001 where the bot may not view it."""
    found = call.world.channel(call.id("channel_id"))
    if Permission.VIEW_CHANNEL not in found.permissions_of(call.bot.id):
        raise Refusal.MISSING_ACCESS.error()
    return found


def message(call: Call, place: Channel) -> Message:
    """The path's message; an ephemeral one is unknown to the channel's routes (10008)."""
    found = call.world.message(place, call.id("message_id"))
    if found.ephemeral_for is not None:
        raise Refusal.UNKNOWN_MESSAGE.error()
    return found


def guild(call: Call) -> Guild:
    """The path's guild; raises 10004 also where the bot is no member."""
    return call.world.guild(call.id("guild_id"))


def require(place: Channel, user: User, needed: Permission) -> None:
    """Raise 50013 unless the user has all of these permissions in the channel."""
    if needed not in place.permissions_of(user.id):
        raise Refusal.MISSING_PERMISSIONS.error()


def require_can_send(place: Channel, user: User, *, files: bool, embeds: bool) -> None:
    """Raise what Discord answers to somebody who may not send such a message here.

    An archived thread opens again when written to, unless it is locked: then only those who
    manage threads can.
    """
    granted = place.permissions_of(user.id)
    in_thread = Permission.SEND_MESSAGES_IN_THREADS
    needed = in_thread if place.is_thread else Permission.SEND_MESSAGES
    if files:
        needed |= Permission.ATTACH_FILES
    if embeds:
        needed |= Permission.EMBED_LINKS
    require(place, user, needed)
    if place.locked and Permission.MANAGE_THREADS not in granted:
        refusal = Refusal.THREAD_ARCHIVED if place.archived else Refusal.THREAD_LOCKED
        raise refusal.error()


def require_open(place: Channel) -> None:
    """Raise 50083 where a thread is archived: nothing in it can be changed."""
    if place.archived:
        raise Refusal.THREAD_ARCHIVED.error()


def require_can_edit(place: Channel, user: User) -> None:
    """Raise what Discord answers to somebody who may not change a message of theirs here.

    Source: Discord's change log of 10 February 2023, "Update to Locked Threads".
    """
    require_open(place)
    if place.locked and Permission.MANAGE_THREADS not in place.permissions_of(user.id):
        raise Refusal.THREAD_LOCKED.error()


def require_answerable(place: Channel, user: User) -> None:
    """Raise 50083 where an interaction of this user's can have no new message any more.

    That takes no permission of the bot's, and opens an archived thread, but not one that is
    locked as well.
    """
    may_reopen = Permission.MANAGE_THREADS in place.permissions_of(user.id)
    if place.archived and place.locked and not may_reopen:
        raise Refusal.THREAD_ARCHIVED.error()
