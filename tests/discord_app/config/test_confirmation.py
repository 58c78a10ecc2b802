"""`/config reset` without an option: everything of a scope, after a confirmation."""

from __future__ import annotations

import pytest

from bot.core.conversation import GuildId
from bot.core.options import Scope
from bot.sandbox.discord.components import words
from tests.discord_app.config.using import done, part, parts, press, set_there, shown, told
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


async def some_choices(home: Home) -> None:
    for option, value, scope in (
        ("seed", "1", "server"),
        ("top_p", "1", "server"),
        ("seed", "2", "channel"),
    ):
        await told(home.mo, home.channel, "config set", option=option, value=value, scope=scope)


async def test_it_asks_first_and_resets_that_scope_alone(home: Home, inside: Inside) -> None:
    await some_choices(home)
    message = await shown(home.mo, home.channel, "config reset")
    assert words(message) == (
        "Shall this server go back to what is inherited? That resets 2 options: Seed, Top p."
    )
    assert len(await inside.options.chosen_in(GuildId(home.guild.id))) == 3

    await press(home.mo, message, "reset")

    assert words(message) == "This server goes back to what is inherited: Seed, Top p."
    assert parts(message) == []
    assert await set_there(inside.options, Scope.SERVER, home.guild.id) == {}
    assert await set_there(inside.options, Scope.CHANNEL, home.channel.id) == {"seed": 2}


async def test_it_can_be_kept(home: Home, inside: Inside) -> None:
    await some_choices(home)
    message = await shown(home.mo, home.channel, "config reset", scope="channel")

    await press(home.mo, message, "keep")

    assert words(message) == "Nothing was changed."
    assert await set_there(inside.options, Scope.CHANNEL, home.channel.id) == {"seed": 2}


@pytest.mark.parametrize("second", ["reset", "keep"])
async def test_pressed_twice_the_first_counts_and_what_it_did_is_what_shows(
    home: Home, inside: Inside, second: str
) -> None:
    await some_choices(home)
    message = await shown(home.mo, home.channel, "config reset")
    buttons = [part(message, what)["custom_id"] for what in ("reset", second)]

    before = len(message.versions)
    presses = [await home.mo.click(message, button) for button in buttons]
    for one in presses:
        await done(one, message, before + 1)

    assert words(message) == "This server goes back to what is inherited: Seed, Top p."
    assert await set_there(inside.options, Scope.SERVER, home.guild.id) == {}


async def test_where_nothing_is_set_there_is_nothing_to_ask(home: Home) -> None:
    message = await shown(home.mo, home.channel, "config reset")

    assert words(message) == "Nothing is set for this server."
    assert parts(message) == []
