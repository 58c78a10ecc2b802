"""`/reset`: who may, and what is forgotten."""

from __future__ import annotations

import pytest

from bot.core.conversation import ChannelId, UserId
from bot.core.errors import DatabaseUnavailable
from bot.core.ports.storage import ListenedThread
from bot.sandbox.discord.server import DiscordSandbox
from tests.discord_app.conftest import Home, Inside

pytestmark = pytest.mark.usefixtures("bot")


async def test_a_moderator_makes_it_forget_a_channel(home: Home, inside: Inside) -> None:
    answer = await (await home.mo.slash(home.channel, "reset")).answered()

    assert "3 messages" in answer.content
    assert inside.service.forgotten == [home.channel.id]


async def test_a_member_may_not(sandbox: DiscordSandbox, home: Home, inside: Inside) -> None:
    await home.ada.slash(home.channel, "reset")
    await sandbox.until(home.answers)

    [told] = home.answers()
    assert "Only moderators" in told.content
    assert told.ephemeral_for == home.ada.id
    assert inside.service.forgotten == []


async def test_whoever_opened_a_thread_may_reset_it_and_nobody_else(
    home: Home, inside: Inside
) -> None:
    thread = await home.mo.start_thread(home.channel, "Talk")
    await inside.threads.listen(ListenedThread(ChannelId(thread.id), UserId(home.ada.id)))

    await (await home.ada.slash(thread, "reset")).answered()

    assert inside.service.forgotten == [thread.id]


async def test_a_direct_conversation_is_ones_own(home: Home, inside: Inside) -> None:
    direct = await home.ada.open_dm()

    await (await home.ada.slash(direct, "reset")).answered()

    assert inside.service.forgotten == [direct.id]


async def test_nobody_else_may_reset_a_thread(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    thread = await home.ada.start_thread(home.channel, "Talk")
    await inside.threads.listen(ListenedThread(ChannelId(thread.id), UserId(home.mo.id)))
    await home.ada.slash(thread, "reset")
    await sandbox.until(lambda: home.answers(thread))

    assert inside.service.forgotten == []


async def test_a_database_that_fails_is_told(
    sandbox: DiscordSandbox, home: Home, inside: Inside
) -> None:
    inside.service.refuses = DatabaseUnavailable("gone")
    await home.mo.slash(home.channel, "reset")
    await sandbox.until(lambda: any(one.content for one in home.mo.sees(home.channel)))

    assert home.mo.sees(home.channel)[-1].content == DatabaseUnavailable.text
