"""What concerns the bot as a whole, said in the operator's channel."""

from __future__ import annotations

from bot.discord_app.operators_channel import OperatorsChannel
from bot.discord_app.rest import DiscordRest
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.conftest import Home


async def test_it_is_said_and_pings_nobody(rest: DiscordRest, home: Home) -> None:
    channel = OperatorsChannel(rest, home.channel.id)

    assert await channel.tell("@everyone, 5 credits are left.")

    [said] = home.answers()
    assert said.content == "⚠️ @everyone, 5 credits are left."
    assert not said.pings


async def test_without_a_channel_nothing_is_said(rest: DiscordRest, home: Home) -> None:
    assert await OperatorsChannel(rest, None).tell("5 credits are left.")
    assert home.answers() == []


async def test_a_channel_that_is_gone_is_not_tried_again(rest: DiscordRest, home: Home) -> None:
    assert await OperatorsChannel(rest, 4).tell("5 credits are left.")
    assert home.answers() == []


async def test_where_discord_does_not_answer_it_has_not_got_through(
    sandbox: DiscordSandbox, rest: DiscordRest, home: Home
) -> None:
    channel = OperatorsChannel(rest, home.channel.id)
    sandbox.faults.answer("POST", "/messages$", 503)

    assert not await channel.tell("5 credits are left.")
    assert await channel.tell("5 credits are left.")
    assert len(home.answers()) == 1
