"""The state as Discord's JSON: users, guilds, channels, applications and commands.

Shapes: Discord's documentation, the resource pages of API v10. Ids become strings.
"""

from __future__ import annotations

from bot.sandbox.discord.clock import iso
from bot.sandbox.discord.permissions import Overwrite
from bot.sandbox.discord.snowflakes import made_at
from bot.sandbox.discord.state import Channel, ChannelType, Command, Guild, Json, Member, Role, User
from bot.sandbox.discord.world import Application

LOCALE = "en-US"

_PRESENCE_FLAG = 1 << 12
_MEMBERS_FLAG = 1 << 14
_MESSAGE_CONTENT_FLAG = 1 << 18


def user(user: User) -> Json:
    """A user object."""
    return {
        "id": str(user.id),
        "username": user.name,
        "global_name": None if user.bot else user.display_name,
        "discriminator": f"{user.id % 9999 + 1:04}" if user.bot else "0",
        "avatar": None,
        "banner": None,
        "accent_color": None,
        "avatar_decoration_data": None,
        "bot": user.bot,
        "public_flags": 0,
        "flags": 0,
    }


def own_user(application: Application) -> Json:
    """The bot's own user object, with what only it may see."""
    private = {"verified": True, "mfa_enabled": True, "locale": LOCALE, "email": None}
    return {**user(application.bot), **private}


def member(member: Member, *, with_user: bool = True) -> Json:
    """A member object; the one inside a message comes without its user."""
    payload: Json = {
        "roles": [str(role) for role in member.role_ids],
        "nick": member.nick,
        "avatar": None,
        "banner": None,
        "joined_at": iso(member.joined_at),
        "premium_since": None,
        "communication_disabled_until": None,
        "deaf": False,
        "mute": False,
        "pending": False,
        "flags": 0,
    }
    if with_user:
        payload["user"] = user(member.user)
    return payload


def role(role: Role) -> Json:
    """A role object."""
    return {
        "id": str(role.id),
        "name": role.name,
        "description": None,
        "permissions": str(int(role.permissions)),
        "position": role.position,
        "color": 0,
        "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
        "hoist": False,
        "managed": False,
        "mentionable": role.mentionable,
        "icon": None,
        "unicode_emoji": None,
        "flags": 0,
    }


def guild(guild: Guild) -> Json:
    """A guild object as REST gives it."""
    return {
        "id": str(guild.id),
        "name": guild.name,
        "owner_id": str(guild.owner_id),
        "icon": None,
        "banner": None,
        "splash": None,
        "discovery_splash": None,
        "description": None,
        "features": [],
        "roles": [role(one) for one in guild.roles.values()],
        "emojis": [],
        "stickers": [],
        "region": "deprecated",
        "afk_channel_id": None,
        "afk_timeout": 300,
        "verification_level": 0,
        "default_message_notifications": 1,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw": False,
        "nsfw_level": 0,
        "application_id": None,
        "system_channel_id": None,
        "system_channel_flags": 0,
        "rules_channel_id": None,
        "public_updates_channel_id": None,
        "safety_alerts_channel_id": None,
        "max_members": 25_000_000,
        "max_presences": None,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "vanity_url_code": None,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": False,
        "preferred_locale": LOCALE,
        "widget_enabled": False,
        "widget_channel_id": None,
        "home_header": None,
        "hub_type": None,
        "incidents_data": None,
    }


def guild_create(guild_: Guild, bot: User, *, with_members: bool) -> Json:
    """The GUILD_CREATE event's object; without the members intent only the bot is a member."""
    members = guild_.members.values()
    return {
        **guild(guild_),
        "joined_at": iso(guild_.members[bot.id].joined_at),
        "large": False,
        "unavailable": False,
        "member_count": len(guild_.members),
        "voice_states": [],
        "members": [member(one) for one in members if with_members or one.user is bot],
        "channels": [channel(one) for one in guild_.channels.values()],
        "threads": [
            thread_for(one, bot)
            for one in guild_.threads.values()
            if not one.archived and one.permissions_of(bot.id)
        ],
        "presences": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def overwrite(overwrite: Overwrite) -> Json:
    """A permission overwrite object."""
    return {
        "id": str(overwrite.target),
        "type": 0 if overwrite.is_role else 1,
        "allow": str(int(overwrite.allow)),
        "deny": str(int(overwrite.deny)),
    }


def channel(channel: Channel) -> Json:
    """A channel object: a guild's channel, a thread, or a DM."""
    last = channel.last_message_id
    payload: Json = {
        "id": str(channel.id),
        "type": int(channel.type),
        "last_message_id": None if last is None else str(last),
        "flags": 0,
    }
    if channel.guild is None:
        # A bot is shown only the other side of a DM.
        others = [one for one in channel.recipients if not one.bot]
        return {**payload, "recipients": [user(one) for one in others]}
    payload |= {
        "guild_id": str(channel.guild.id),
        "name": channel.name,
        "parent_id": None if channel.parent is None else str(channel.parent.id),
        "rate_limit_per_user": channel.slowmode,
    }
    if channel.is_thread:
        return payload | _thread_part(channel)
    return payload | {
        "topic": channel.topic,
        "nsfw": channel.nsfw,
        "position": channel.position,
        "permission_overwrites": [overwrite(one) for one in channel.overwrites.values()],
        "last_pin_timestamp": None,
    }


def _thread_part(thread: Channel) -> Json:
    metadata: Json = {
        "archived": thread.archived,
        "archive_timestamp": iso(thread.archive_changed_at),
        "auto_archive_duration": thread.auto_archive_minutes,
        "locked": thread.locked,
        "create_timestamp": iso(made_at(thread.id)),
    }
    if thread.type is ChannelType.PRIVATE_THREAD:
        metadata["invitable"] = thread.invitable
    return {
        "owner_id": str(thread.owner_id),
        "thread_metadata": metadata,
        "message_count": thread.message_count,
        "total_message_sent": thread.message_count,
        "member_count": min(len(thread.thread_members), 50),  # Discord counts no further
    }


def thread_member(thread: Channel, user_id: int) -> Json:
    """A thread member object."""
    return {
        "id": str(thread.id),
        "user_id": str(user_id),
        "join_timestamp": iso(thread.thread_members[user_id]),
        "flags": 0,
        "muted": False,
        "mute_config": None,
    }


def thread_for(thread: Channel, viewer: User) -> Json:
    """A thread as somebody sees it: with their own membership, if they are in it."""
    payload = channel(thread)
    if viewer.id in thread.thread_members:
        payload["member"] = thread_member(thread, viewer.id)
    return payload


def application(application: Application) -> Json:
    """The bot's application; its flags tell which privileged intents are enabled.

    A bot in fewer than 100 guilds has the "limited" form of each flag.
    """
    flags = (
        (_MESSAGE_CONTENT_FLAG << 1) * application.message_content
        | (_MEMBERS_FLAG << 1) * application.guild_members
        | (_PRESENCE_FLAG << 1) * application.presences
    )
    return {
        "id": str(application.id),
        "name": application.name,
        "icon": None,
        "description": "",
        "summary": "",
        "type": None,
        "bot": user(application.bot),
        "bot_public": True,
        "bot_require_code_grant": False,
        "verify_key": f"{application.id:064x}",
        "owner": user(application.owner),
        "team": None,
        "flags": flags,
        "hook": True,
        "redirect_uris": [],
        "interactions_endpoint_url": None,
        "role_connections_verification_url": None,
        "approximate_guild_count": 0,
        "approximate_user_install_count": 0,
        "integration_types_config": {"0": {}},
    }


_COMMAND_DEFAULTS: Json = {
    "type": 1,
    "description": "",
    "name_localizations": None,
    "description_localizations": None,
    "default_member_permissions": None,
    "nsfw": False,
    "integration_types": [0],
    "contexts": None,
}


def command(application: Application, command: Command) -> Json:
    """A command object, with Discord's defaults for what the bot left out."""
    payload: Json = {
        **_COMMAND_DEFAULTS,
        **command.payload,
        "id": str(command.id),
        "application_id": str(application.id),
        "version": str(command.version),
    }
    payload["dm_permission"] = command.payload.get("dm_permission", True)
    if command.guild_id is not None:
        payload["guild_id"] = str(command.guild_id)
    if not payload.get("options"):
        payload.pop("options", None)
    return payload
