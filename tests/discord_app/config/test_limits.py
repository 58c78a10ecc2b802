"""`/config limits …`, by moderators and by members."""

from __future__ import annotations

from typing import Any

import pytest

from bot.core.conversation import GuildId, UserId
from bot.core.options import Change, Scope
from bot.core.quotas import What
from bot.discord_app.config.limits import NO_SUCH, NOT_YET, NOTHING, ROLE_OR_SERVER, UNCHANGED
from bot.discord_app.config.rules import GONE
from bot.sandbox.discord.handles import NotPossible
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.config import using
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")

QUESTIONS = "questions per minute"


async def told(home: Home, command: str, **options: Any) -> str:
    return await using.told(home.mo, home.channel, f"config limits {command}", **options)


async def stored(inside: Inside, home: Home) -> Any:
    values = await using.set_there(inside.options, Scope.SERVER, home.guild.id)
    return values.get("limits")


async def test_limits_of_members_a_role_and_the_server_are_set_and_listed(
    home: Home, inside: Inside, sandbox: DiscordSandbox
) -> None:
    vip = sandbox.add_role(home.guild, "VIP")
    assert await told(home, "show") == NOTHING

    await told(home, "set", what=QUESTIONS, most=5)
    await told(home, "set", what="tokens per day", most=50_000, role=vip)
    text = await told(home, "set", what="answers at once", most=3, who="server")

    assert text == (
        "**Limits of this server**\n"
        "- Each member: 5 questions per minute\n"
        f"- Each member with <@&{vip.id}>: 50,000 tokens per day\n"
        "- The whole server: 3 answers at once\n"
        "- Moderators (Manage Server) are exempt"
    )
    assert await told(home, "show") == text
    assert await stored(inside, home) == {
        "members": {"questions_per_minute": 5},
        "roles": {str(vip.id): {"tokens_per_day": 50_000}},
        "server": {"answers_at_once": 3},
        "moderators_exempt": True,
    }


async def test_each_change_is_in_the_log(home: Home, inside: Inside) -> None:
    await told(home, "set", what=QUESTIONS, most=5)
    await told(home, "set", what=QUESTIONS, most=7)

    newest, first = await inside.options.changes(GuildId(home.guild.id), limit=9)

    assert (newest.by, newest.name) == (UserId(home.mo.id), "limits")
    assert newest.before == first.after
    assert newest.after["members"] == {"questions_per_minute": 7}


async def test_a_limit_is_removed_and_with_the_last_one_all_of_them(
    home: Home, inside: Inside
) -> None:
    await told(home, "set", what=QUESTIONS, most=5)
    assert (await told(home, "remove", what="tokens per day")).startswith(NO_SUCH)

    assert await told(home, "remove", what=QUESTIONS) == NOTHING
    assert await stored(inside, home) is None


async def test_limits_of_a_role_that_is_gone_come_with_how_to_take_them_out(
    home: Home, inside: Inside
) -> None:
    limits = {"roles": {"7": {"questions_per_minute": 5}}}
    there = Change(Scope.SERVER, GuildId(home.guild.id), "limits", limits)
    await inside.options.change(GuildId(home.guild.id), [there], by=UserId(home.mo.id))
    assert GONE in await told(home, "show")


async def test_what_is_so_already_is_said(home: Home) -> None:
    await told(home, "set", what=QUESTIONS, most=5)
    assert (await told(home, "set", what=QUESTIONS, most=5)).startswith(UNCHANGED)


async def test_moderators_can_be_held_to_the_limits_too(home: Home, inside: Inside) -> None:
    assert await told(home, "moderators", exempt=False) == NOT_YET
    await told(home, "set", what=QUESTIONS, most=5)

    assert "not exempt" in await told(home, "moderators", exempt=False)
    assert (await stored(inside, home))["moderators_exempt"] is False


async def test_a_number_out_of_its_range_is_refused_with_the_range(
    home: Home, inside: Inside
) -> None:
    text = await told(home, "set", what=QUESTIONS, most=1001)
    assert "1 to 1,000" in text
    assert "`1001`" in text
    assert await stored(inside, home) is None


async def test_a_limit_is_for_a_role_or_for_the_server(home: Home, sandbox: DiscordSandbox) -> None:
    vip = sandbox.add_role(home.guild, "VIP")
    text = await told(home, "set", what=QUESTIONS, most=5, who="server", role=vip)
    assert text == ROLE_OR_SERVER


async def test_only_a_server_has_answers_at_once(home: Home) -> None:
    assert "whole server only" in await told(home, "set", what="answers at once", most=5)


async def test_moderators_see_what_the_server_has_used(home: Home, inside: Inside) -> None:
    guild = GuildId(home.guild.id)
    inside.memory.count(guild, None, What.TOKENS_A_DAY, 12_345)
    inside.memory.count(guild, UserId(home.ada.id), What.TOKENS_A_DAY, 99)

    assert (await told(home, "show")).endswith("-# Used by the whole server: 12,345 tokens today.")


async def test_a_long_list_is_cut_and_says_so(home: Home, sandbox: DiscordSandbox) -> None:
    for number in range(40):
        role = sandbox.add_role(home.guild, f"Role {number}")
        await told(home, "set", what="tokens per month", most=9_999_999_999, role=role)
    text = await told(home, "show")
    assert len(text) <= 2000
    assert "more (`/config export`)" in text


@pytest.mark.parametrize(
    ("command", "options"),
    [
        ("set", {"what": QUESTIONS, "most": 5}),
        ("remove", {"what": QUESTIONS}),
        ("moderators", {"exempt": False}),
        ("show", {}),
    ],
)
async def test_members_can_use_none_of_it(
    home: Home, command: str, options: dict[str, Any]
) -> None:
    with pytest.raises(NotPossible):
        await home.ada.slash(home.channel, f"config limits {command}", **options)
