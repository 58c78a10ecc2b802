"""Discord's permissions: the flags, and the order in which roles and overwrites decide.

Source: Discord's documentation, "Permissions", "Permission Hierarchy" and "Permission Overwrites".
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntFlag


class Permission(IntFlag):
    """The permissions that matter to a bot that talks; bits as Discord numbers them."""

    KICK_MEMBERS = 1 << 1
    BAN_MEMBERS = 1 << 2
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    ADD_REACTIONS = 1 << 6
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    SEND_TTS_MESSAGES = 1 << 12
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    CHANGE_NICKNAME = 1 << 26
    MANAGE_NICKNAMES = 1 << 27
    MANAGE_ROLES = 1 << 28
    MANAGE_WEBHOOKS = 1 << 29
    USE_APPLICATION_COMMANDS = 1 << 31
    MANAGE_THREADS = 1 << 34
    CREATE_PUBLIC_THREADS = 1 << 35
    CREATE_PRIVATE_THREADS = 1 << 36
    SEND_MESSAGES_IN_THREADS = 1 << 38
    MODERATE_MEMBERS = 1 << 40
    PIN_MESSAGES = 1 << 51


ALL = Permission((1 << 53) - 1)
NONE = Permission(0)

EVERYONE_DEFAULT = (
    Permission.ADD_REACTIONS
    | Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.ATTACH_FILES
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_EXTERNAL_EMOJIS
    | Permission.CHANGE_NICKNAME
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.CREATE_PRIVATE_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What the @everyone role of a new server may do (mentioning everyone left out, as most do)."""

IN_DM = EVERYONE_DEFAULT | Permission.SEND_TTS_MESSAGES | Permission.MENTION_EVERYONE
"""What everybody may do in a direct message."""


@dataclass(frozen=True, slots=True)
class Overwrite:
    """What a channel allows and denies to one role or member beyond their roles."""

    target: int
    is_role: bool
    allow: Permission = NONE
    deny: Permission = NONE


def in_guild(everyone: Permission, roles: Iterable[Permission], *, owner: bool) -> Permission:
    """What a member may do in the whole guild."""
    if owner:
        return ALL
    granted = everyone
    for role in roles:
        granted |= role
    return ALL if Permission.ADMINISTRATOR in granted else granted


def in_channel(
    base: Permission,
    overwrites: Mapping[int, Overwrite],
    *,
    everyone_id: int,
    role_ids: Iterable[int],
    user_id: int,
) -> Permission:
    """What a member with `base` in the guild may do in a channel.

    The overwrite for everyone comes first, then those of the roles together (a role's allow wins
    over another role's deny), then the member's own. Without View Channel nothing is left.
    """
    if Permission.ADMINISTRATOR in base:
        return ALL
    granted = _apply(base, [overwrites[everyone_id]] if everyone_id in overwrites else [])
    granted = _apply(granted, [overwrites[role] for role in role_ids if role in overwrites])
    granted = _apply(granted, [overwrites[user_id]] if user_id in overwrites else [])
    return granted if Permission.VIEW_CHANNEL in granted else NONE


def _apply(base: Permission, overwrites: list[Overwrite]) -> Permission:
    allow, deny = NONE, NONE
    for overwrite in overwrites:
        allow |= overwrite.allow
        deny |= overwrite.deny
    return (base & ~deny) | allow
