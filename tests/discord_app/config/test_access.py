"""`/config access …`, by moderators and by members."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation import GuildId, UserId
from bot.core.options import Change, Scope
from bot.discord_app.config.access import EVERYBODY, MODERATORS, NOT_LISTED, NOTHING_NAMED
from bot.discord_app.config.rules import GONE
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.config import using
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


async def told(home: Home, command: str, **options: Any) -> str:
    return await using.told(home.mo, home.channel, f"config access {command}", **options)


async def stored(inside: Inside, home: Home) -> Any:
    values = await using.set_there(inside.options, Scope.SERVER, home.guild.id)
    return values.get("access")


async def test_channels_roles_and_members_are_allowed_and_denied(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    vip = sandbox.add_role(home.guild, "VIP")
    assert await told(home, "show") == EVERYBODY

    await told(home, "allow", channel=home.channel)
    text = await told(home, "deny", role=vip, member=home.ada)

    assert text == (
        "**Who may ask me, and where**\n"
        f"- Only these channels are allowed: <#{home.channel.id}>\n"
        f"- These roles are denied: <@&{vip.id}>\n"
        f"- These members are denied: <@{home.ada.id}>\n"
        f"{MODERATORS}"
    )
    assert await told(home, "show") == text
    assert await stored(inside, home) == {
        "allow": {"channels": [home.channel.id]},
        "deny": {"roles": [vip.id], "members": [home.ada.id]},
    }


async def test_what_is_in_one_list_leaves_the_other(home: Home, inside: Inside) -> None:
    await told(home, "deny", member=home.ada)
    await told(home, "allow", member=home.ada)
    assert await stored(inside, home) == {"allow": {"members": [home.ada.id]}}


async def test_what_is_removed_is_in_no_list(home: Home, inside: Inside) -> None:
    await told(home, "deny", member=home.ada)
    assert (await told(home, "remove", channel=home.channel)).startswith(NOT_LISTED)

    assert await told(home, "remove", member=home.ada) == EVERYBODY
    assert await stored(inside, home) is None


async def test_who_is_not_in_the_server_any_more_is_denied_and_removed_all_the_same(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    gone = sandbox.add_person("Gone")
    assert f"<@{gone.id}>" in await told(home, "deny", member=gone)
    assert await stored(inside, home) == {"deny": {"members": [gone.id]}}
    assert await told(home, "remove", member=gone) == EVERYBODY


@pytest.mark.parametrize("kind", ["roles", "channels"])
async def test_what_the_server_has_no_more_comes_with_how_to_take_it_out(
    home: Home, inside: Inside, kind: str
) -> None:
    access = {"deny": {"members": [7], kind: [8]}}
    there = Change(Scope.SERVER, GuildId(home.guild.id), "access", access)
    await inside.options.change(GuildId(home.guild.id), [there], by=UserId(home.mo.id))
    assert (await told(home, "show")).endswith(GONE)


@pytest.mark.parametrize("command", ["allow", "deny", "remove"])
async def test_nothing_named_changes_nothing(home: Home, inside: Inside, command: str) -> None:
    assert await told(home, command) == NOTHING_NAMED
    assert await stored(inside, home) is None


async def test_each_change_is_in_the_log(home: Home, inside: Inside) -> None:
    await told(home, "deny", member=home.ada)
    [entry] = await inside.options.changes(GuildId(home.guild.id), limit=9)
    assert entry.by == home.mo.id
    assert entry.after == {"deny": {"members": [home.ada.id]}}


@pytest.mark.parametrize("command", ["allow", "deny", "remove", "show"])
async def test_members_can_use_none_of_it(home: Home, command: str) -> None:
    with pytest.raises(NotPossible):
        await home.ada.slash(home.channel, f"config access {command}")
