"""Whom a message really pings: its text, seen through its `allowed_mentions`.

Source: Discord's documentation, "Message Resource", "Allowed Mentions Object".
"""

from __future__ import annotations

import re

from bot.sandbox.discord.permissions import Permission
from bot.sandbox.discord.state import Channel, Json, Mentions, Message, User

_USER = re.compile(r"<@!?(\d+)>")
_ROLE = re.compile(r"<@&(\d+)>")
_EVERYONE = re.compile(r"@(?:everyone|here)\b")


def evaluate(
    content: str,
    allowed: Json | None,
    *,
    channel: Channel,
    author: User,
    reply_to: Message | None = None,
) -> Mentions:
    """Whom this text mentions.

    Without `allowed_mentions` every mention counts; with them, those whose kind is in `parse` or
    whose id is listed. @everyone, and roles that are not mentionable, take the permission to
    mention everyone. The author of the message replied to counts unless `replied_user` is false.
    """
    everything: Json = {"parse": ["users", "roles", "everyone"], "replied_user": True}
    allowed = everything if allowed is None else allowed
    parse = allowed.get("parse") or []
    granted = channel.permissions_of(author.id)
    may_all = Permission.MENTION_EVERYONE in granted

    users = _listed(_USER, content, allowed.get("users"), parsed="users" in parse)
    if reply_to is not None and allowed.get("replied_user"):
        users = (*users, reply_to.author.id)
    roles = _listed(_ROLE, content, allowed.get("roles"), parsed="roles" in parse)
    guild = channel.guild
    known = guild.roles if guild is not None else {}
    return Mentions(
        tuple(dict.fromkeys(users)),
        tuple(role for role in roles if role in known and (may_all or known[role].mentionable)),
        everyone=may_all and "everyone" in parse and _EVERYONE.search(content) is not None,
    )


def _listed(
    pattern: re.Pattern[str], content: str, ids: list[str] | None, *, parsed: bool
) -> tuple[int, ...]:
    wanted = {int(one) for one in ids or ()}
    found = dict.fromkeys(int(one) for one in pattern.findall(content))
    return tuple(one for one in found if parsed or one in wanted)
