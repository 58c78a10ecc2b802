"""Users, guilds and their members, the bot's application, and where the gateway is."""

from __future__ import annotations

from bot.sandbox.discord import payloads
from bot.sandbox.discord.errors import Refusal
from bot.sandbox.discord.rest import access
from bot.sandbox.discord.rest.routing import Call, Result, Routes, snowflake
from bot.sandbox.discord.state import Member

MAX_MEMBERS_PAGE = 1000


def me(call: Call) -> Result:
    """GET /users/@me."""
    return payloads.own_user(call.world.application)


def user(call: Call) -> Result:
    """GET /users/{user_id}."""
    found = call.world.users.get(call.id("user_id"))
    if found is None:
        raise Refusal.UNKNOWN_USER.error()
    return payloads.user(found)


def my_guilds(call: Call) -> Result:
    """GET /users/@me/guilds."""
    bot = call.bot
    return [
        {
            "id": str(one.id),
            "name": one.name,
            "icon": None,
            "banner": None,
            "owner": one.owner_id == bot.id,
            "permissions": str(int(one.permissions_of(bot.id))),
            "features": [],
        }
        for one in call.world.guilds.values()
    ]


def open_dm(call: Call) -> Result:
    """POST /users/@me/channels."""
    recipient = call.world.users.get(snowflake(call.body.get("recipient_id"), "recipient_id"))
    if recipient is None:
        raise Refusal.UNKNOWN_USER.error()
    if recipient.bot:
        raise Refusal.CANNOT_MESSAGE_USER.error()
    return payloads.channel(call.world.dm_with(recipient))


def application(call: Call) -> Result:
    """GET /applications/@me."""
    return payloads.application(call.world.application) | {
        "approximate_guild_count": len(call.world.guilds)
    }


def guild(call: Call) -> Result:
    """GET /guilds/{guild_id}."""
    found = access.guild(call)
    payload = payloads.guild(found)
    if call.asked("with_counts"):
        count = len(found.members)
        payload |= {"approximate_member_count": count, "approximate_presence_count": count}
    return payload


def channels(call: Call) -> Result:
    """GET /guilds/{guild_id}/channels."""
    return [payloads.channel(one) for one in access.guild(call).channels.values()]


def roles(call: Call) -> Result:
    """GET /guilds/{guild_id}/roles."""
    return [payloads.role(one) for one in access.guild(call).roles.values()]


def member(call: Call) -> Result:
    """GET /guilds/{guild_id}/members/{user_id}."""
    found = access.guild(call).members.get(call.id("user_id"))
    if found is None:
        raise Refusal.UNKNOWN_MEMBER.error()
    return payloads.member(found)


def members(call: Call) -> Result:
    """GET /guilds/{guild_id}/members, which takes the privileged members intent."""
    found = access.guild(call)
    if not call.world.application.guild_members:
        raise Refusal.MISSING_ACCESS.error()
    after = snowflake(call.query.get("after", "0"), "after")
    limit = call.limit(1, MAX_MEMBERS_PAGE)
    later: list[Member] = [found.members[one] for one in sorted(found.members) if one > after]
    return [payloads.member(one) for one in later[:limit]]


ROUTES: Routes = {
    ("GET", "/users/@me"): me,
    ("GET", "/users/{user_id}"): user,
    ("GET", "/users/@me/guilds"): my_guilds,
    ("POST", "/users/@me/channels"): open_dm,
    ("GET", "/applications/@me"): application,
    ("GET", "/oauth2/applications/@me"): application,
    ("GET", "/guilds/{guild_id}"): guild,
    ("GET", "/guilds/{guild_id}/channels"): channels,
    ("GET", "/guilds/{guild_id}/roles"): roles,
    ("GET", "/guilds/{guild_id}/members"): members,
    ("GET", "/guilds/{guild_id}/members/{user_id}"): member,
}
