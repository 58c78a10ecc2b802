"""What a person does with messages and places; each function is one action of `protocol`."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping

from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.message_payloads import ATTACHMENT_LIMIT
from bot.sandbox.discord.permissions import NONE, Overwrite, Permission
from bot.sandbox.discord.rest import access
from bot.sandbox.discord.state import ChannelType, Guild, Json, Message
from bot.sandbox.page.asking import Asked
from bot.sandbox.page.views import View, versions

Action = Callable[[Asked], Awaitable[Json]]

MOST_AT_ONCE = 2000
"""How many messages `history` gives at once."""
FEWEST_AT_ONCE = 100
MAX_NAME = 100
"""Discord's limit for the name of a channel or thread."""
_PERMISSIONS = Permission.__members__


# Looking


async def history(asked: Asked) -> Json:
    """Messages of a channel."""
    channel, view = asked.channel(), View(asked.world, asked.person)
    limit = int(asked.number("limit", 1, MOST_AT_ONCE, default=FEWEST_AT_ONCE))
    before = asked.id("before") if "before" in asked else None
    found: list[Message] = []
    for one in reversed(channel.messages.values()):
        if (before is None or one.id < before) and asked.person.can_see(one):
            found.append(one)
        if len(found) > limit:  # one more shows that there is more
            break
    shown = [view.message(one) for one in reversed(found[:limit])]
    return {"messages": shown, "more": len(found) > limit}


async def show_versions(asked: Asked) -> Json:
    """Every state a message was in."""
    return {"versions": versions(asked.message())}


# Messages


async def send(asked: Asked) -> Json:
    """Send a message."""
    files = [asked.upload(one) for one in asked.array("files")]
    if sum(len(one.data) for one in files) > ATTACHMENT_LIMIT:
        raise Refusal.BODY_TOO_LARGE.error()
    message = await asked.person.send(
        asked.channel(),
        asked.text("content"),
        reply_to=asked.message("reply_to") if "reply_to" in asked else None,
        ping=asked.flag("ping", default=True),
        files=files,
    )
    return {"message": str(message.id)}


async def edit(asked: Asked) -> Json:
    """Edit a message of theirs."""
    message, content = asked.message(), asked.text("content")
    if not content.strip() and not message.attachments:
        raise NotPossible("there is nothing left of the message: delete it instead")
    await asked.person.edit(message, content)
    return {}


async def delete(asked: Asked) -> Json:
    """Delete messages."""
    await asked.person.delete(*asked.messages())
    return {}


async def react(asked: Asked) -> Json:
    """Add a reaction."""
    await asked.person.react(asked.message(), asked.text("emoji"))
    return {}


async def unreact(asked: Asked) -> Json:
    """Take a reaction away."""
    await asked.person.unreact(asked.message(), asked.text("emoji"))
    return {}


async def begin_to_type(asked: Asked) -> Json:
    """Begin to type."""
    await asked.person.type(asked.channel())
    return {}


# Places


async def start_thread(asked: Asked) -> Json:
    """Start a thread in a channel or on a message."""
    where = asked.message() if "message" in asked else asked.channel()
    private = asked.flag("private", default=False)
    thread = await asked.person.start_thread(where, _name(asked), private=private)
    return {"channel": str(thread.id)}


async def change_thread(asked: Asked) -> Json:
    """Rename, archive or lock a thread."""
    thread = asked.channel()
    if not thread.is_thread:
        raise Refusal.WRONG_CHANNEL_TYPE.error()
    changes: Json = {one: asked.flag(one) for one in ("archived", "locked") if one in asked}
    if "name" in asked:
        changes["name"] = _name(asked)
    await asked.person.change_thread(thread, **changes)
    return {}


async def join(asked: Asked) -> Json:
    """Join a thread."""
    await asked.person.join(asked.channel())
    return {}


async def add_member(asked: Asked) -> Json:
    """Add somebody to a thread."""
    await asked.person.add_to_thread(asked.channel(), asked.user())
    return {}


async def open_dm(asked: Asked) -> Json:
    """Open the direct messages with the bot."""
    return {"channel": str((await asked.person.open_dm()).id)}


async def create_channel(asked: Asked) -> Json:
    """Make a text channel."""
    guild = asked.guild()
    _require(asked, guild, Permission.MANAGE_CHANNELS)
    name = _name(asked).lower().replace(" ", "-")  # as Discord's app spells text channels
    return {"channel": str(asked.world.add_channel(guild, name, ChannelType.TEXT).id)}


async def delete_channel(asked: Asked) -> Json:
    """Delete a channel or thread."""
    channel = asked.channel()
    if channel.guild is None:
        raise Refusal.NOT_IN_DM.error()
    needed = Permission.MANAGE_THREADS if channel.is_thread else Permission.MANAGE_CHANNELS
    access.require(channel, asked.person.user, needed)
    asked.world.remove_channel(channel)
    return {}


async def permit(asked: Asked) -> Json:
    """Allow or deny something to a role or member in one channel."""
    channel, target = asked.channel(), asked.id("target")
    if channel.guild is None or channel.is_thread:
        raise Refusal.WRONG_CHANNEL_TYPE.error()
    access.require(channel, asked.person.user, Permission.MANAGE_ROLES)
    is_role = target in channel.guild.roles
    if not is_role and target not in channel.guild.members:
        raise Refusal.UNKNOWN_MEMBER.error()
    permission = asked.one_of("permission", _PERMISSIONS)
    state = asked.one_of("state", {one: one for one in ("allow", "deny", "inherit")})
    old = channel.overwrites.get(target, Overwrite(target, is_role))
    allow, deny = old.allow & ~permission, old.deny & ~permission
    if state == "allow":
        allow |= permission
    elif state == "deny":
        deny |= permission
    asked.world.set_overwrite(channel, Overwrite(target, is_role, allow, deny))
    return {}


async def grant(asked: Asked) -> Json:
    """Let a role grant something in the whole server, or no longer."""
    guild = asked.guild()
    _require(asked, guild, Permission.MANAGE_ROLES)
    role = guild.roles.get(asked.id("role"))
    if role is None:
        raise Refusal.UNKNOWN_ROLE.error()
    permission = asked.one_of("permission", _PERMISSIONS)
    granted = permission if asked.flag("granted") else NONE
    asked.world.change_role(guild, role, (role.permissions & ~permission) | granted)
    return {}


async def throw_out(asked: Asked) -> Json:
    """Throw a member, or the bot, out of a server."""
    guild, user = asked.guild(), asked.user()
    _require(asked, guild, Permission.KICK_MEMBERS)
    if user.id not in guild.members:
        raise Refusal.UNKNOWN_MEMBER.error()
    if user.id == guild.owner_id:
        raise Refusal.MISSING_PERMISSIONS.error()
    if user is asked.world.application.bot:
        asked.world.remove_guild(guild)
    else:
        asked.world.remove_member(guild, user)
    return {}


def _require(asked: Asked, guild: Guild, needed: Permission) -> None:
    if needed not in guild.permissions_of(asked.person.id):
        raise Refusal.MISSING_PERMISSIONS.error()


def _name(asked: Asked) -> str:
    name = asked.text("name").strip()
    if not 1 <= len(name) <= MAX_NAME:
        raise NotPossible(f"a name takes 1 to {MAX_NAME} characters")
    return name


ACTIONS: Mapping[str, Action] = {
    "history": history,
    "versions": show_versions,
    "send": send,
    "edit": edit,
    "delete": delete,
    "react": react,
    "unreact": unreact,
    "type": begin_to_type,
    "start_thread": start_thread,
    "change_thread": change_thread,
    "join": join,
    "add_member": add_member,
    "open_dm": open_dm,
    "create_channel": create_channel,
    "delete_channel": delete_channel,
    "permit": permit,
    "grant": grant,
    "leave": throw_out,
}
